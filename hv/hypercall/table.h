/*
 * hypercall/table.h - the table made from hypercalls.def. Layer: hypercall.
 */
#ifndef HYPERCALL_TABLE_H
#define HYPERCALL_TABLE_H

#include "lib/types.h"

#define HYPERCALLS 64

typedef long handler_fn(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);

struct hypercall_entry {
    handler_fn *handler; /* NULL: not implemented */
    const char *name;
    uint8_t args;
    bool dom0_only;
};

extern const struct hypercall_entry hypercall_table[HYPERCALLS];
/* Calls since boot, for the debug key. */
extern uint64_t hypercall_counts[HYPERCALLS];

/* Calls a handler: its result, -EPERM, or -ENOSYS for an unknown number. */
long hypercall_call(uint64_t number, const uint64_t arg[5]);

#endif
