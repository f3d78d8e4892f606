/*
 * stack.h - the first thread's stack. Layer: mm. Locks: events are masked.
 */
#ifndef UK_MM_STACK_H
#define UK_MM_STACK_H

#include "lib/types.h"

/* Its top; 0 without memory. */
uint64_t stack_init(void);

/* Is that its top? */
bool stack_is_at(uint64_t end);

/*
 * RLIMIT_STACK is `bytes` now: the stack is made as large, as far as there is
 * memory for it, or smaller, as far as it is not used: `sp` is the caller's.
 */
void stack_resize(uint64_t bytes, uint64_t sp);

#endif
