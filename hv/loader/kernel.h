/*
 * loader/kernel.h - a kernel file opened: bzImage, plain ELF or compressed ELF
 * in, checked segments and Xen notes out. Layer: loader. Pure.
 *
 * In two steps, so that the caller finds the memory: kernel_probe() tells how
 * much, kernel_parse() uses it.
 */
#ifndef LOADER_KERNEL_H
#define LOADER_KERNEL_H

#include "loader/elf.h"
#include "loader/payload.h"
#include "loader/xen_notes.h"

enum kernel_container {
    KERNEL_PLAIN,      /* an ELF file */
    KERNEL_BZIMAGE,    /* a bzImage; the ELF file is its payload */
    KERNEL_COMPRESSED, /* an ELF file compressed as a bzImage's payload is */
};

struct kernel_source {
    enum kernel_container container;
    const uint8_t *data; /* inside the module: the ELF file or the payload */
    size_t bytes;
    struct payload_needs needs; /* all 0 for KERNEL_PLAIN */
};

struct kernel {
    struct elf_image elf; /* points into the module or into `out` */
    struct xen_notes notes;
};

/* Finds the kernel in a module, and what unpacking it needs. */
int kernel_probe(const void *module, size_t bytes, struct kernel_source *source,
                 const char **error);

/*
 * Unpacks the kernel to `out` (needs.out_bytes; unused for KERNEL_PLAIN) with
 * scratch memory from `arena` (needs.arena_bytes; free again afterwards), and
 * parses it. -EINVAL, or -ENOMEM when out or arena are too small, and *error.
 */
int kernel_parse(const struct kernel_source *source, void *out,
                 size_t out_bytes, struct payload_arena *arena,
                 struct kernel *kernel, const char **error);

/* "ELF file", "bzImage" or "compressed ELF file": for the log. */
const char *kernel_container_name(enum kernel_container container);

#endif
