/*
 * boot/dom0_mem.h - how much memory dom0 gets. Layer: boot. Pure.
 * Source: xen-command-line (package xen-doc), dom0_mem (x86).
 */
#ifndef BOOT_DOM0_MEM_H
#define BOOT_DOM0_MEM_H

#include "lib/types.h"

/* One of dom0_mem='s sizes: pages plus percent of what is available. */
struct dom0_mem_size {
    uint64_t pages;
    uint8_t percent;
    bool all_but; /* all that is available minus this */
    bool given;
};

struct dom0_mem {
    struct dom0_mem_size size;
    struct dom0_mem_size min;
    struct dom0_mem_size max;
};

/*
 * Parses a list of SIZE, min:SIZE and max:SIZE, where SIZE is [-]BYTES,
 * [-]PERCENT% or [-]BYTES+PERCENT%; what the list does not name keeps its
 * value. Returns 0, or -EINVAL with *mem unchanged.
 */
int dom0_mem_parse(const char *text, struct dom0_mem *mem);

/*
 * The pages dom0 starts with: without a size all but 1/16 of what is available
 * (at most 128 MiB of reserve), then at least min, at most max, and never more
 * than what is available. Without anything given for max there is no limit.
 */
uint64_t dom0_mem_pages(const struct dom0_mem *mem, uint64_t available_pages);

/* The most that dom0 may grow to; UINT64_MAX without max:. */
uint64_t dom0_mem_max_pages(const struct dom0_mem *mem,
                            uint64_t available_pages);

#endif
