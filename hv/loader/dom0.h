/*
 * loader/dom0.h - builds the initial domain. Layer: loader.
 */
#ifndef LOADER_DOM0_H
#define LOADER_DOM0_H

#include "domain/domain.h"
#include "loader/kernel.h"
#include "loader/layout.h"

/* A module of the boot loader's: its bytes and its name for messages. */
struct dom0_module {
    const void *data;
    size_t bytes;
    const char *name;
};

struct dom0_config {
    struct dom0_module kernel;
    struct dom0_module initrd; /* data NULL: none */
    const char *cmdline;
    uint32_t vcpus;
    uint64_t pages;           /* to begin with */
    uint64_t max_pages;       /* that it may grow to */
    const void *console_info; /* dom0_vga_console_info, or NULL */
    uint32_t console_info_bytes;
};

/* Up to this many runs of contiguous frames make a domain's first memory. */
#define DOM0_EXTENTS 512

struct dom0_extent {
    uint64_t pfn, mfn, frames;
};

/* What the builder knows while it builds. */
struct dom0_build {
    const struct dom0_config *config;
    struct domain *d;
    struct kernel kernel;
    struct dom0_layout layout;
    uint64_t scratch_pfn; /* from here on dom0's memory is used to unpack */
    uint32_t extents;
    struct dom0_extent extent[DOM0_EXTENTS];
};

/*
 * Builds dom0, vcpu 0 ready to be woken. Returns NULL with a sentence in
 * *error: what is wrong with which module, or with dom0_mem.
 */
struct domain *dom0_build(const struct dom0_config *config, const char **error);

/* loader/dom0_memory.c: the frames, and where each pfn is. */
bool dom0_alloc_memory(struct dom0_build *b);
mfn_t dom0_pfn_to_mfn(const struct dom0_build *b, uint64_t pfn);
void dom0_fill_m2p(const struct dom0_build *b);
/* Copies bytes to the domain's memory at a byte offset of pfn 0; src NULL:
 * zeroes. */
void dom0_copy(const struct dom0_build *b, uint64_t offset, const void *src,
               uint64_t bytes);

/* loader/dom0_tables.c: the initial mapping and the p2m. */
void dom0_make_tables(const struct dom0_build *b);

#endif
