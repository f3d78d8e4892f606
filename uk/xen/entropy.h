/* entropy.h - random bytes. Layer: xen. */
#ifndef UK_XEN_ENTROPY_H
#define UK_XEN_ENTROPY_H

#include "lib/types.h"

/* Stirs in what the machine has: its counters, its own generator if any. */
void entropy_stir(uint64_t more);
void entropy_fill(void *at, size_t n);

#endif
