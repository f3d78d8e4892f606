/*
 * hypercall/table.h - the tables made from hypercalls.def. Layer: hypercall.
 * Indexed by number, below HYPERCALLS (cpu/entry.h).
 */
#ifndef HYPERCALL_TABLE_H
#define HYPERCALL_TABLE_H

#include "cpu/entry.h"
#include "lib/types.h"

typedef long handler_fn(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);

/* Every entry can be called: -EPERM and -ENOSYS come from there too. */
extern handler_fn *const hypercall_handlers[HYPERCALLS];
extern const char *const hypercall_names[HYPERCALLS]; /* NULL: none */
/* Calls since boot, for the debug key. */
extern uint64_t hypercall_counts[HYPERCALLS];

#endif
