/*
 * futex.h - threads that wait for a word of memory. Layer: sched.
 * Locks: the kernel's; the program changes its words meanwhile.
 */
#ifndef UK_SCHED_FUTEX_H
#define UK_SCHED_FUTEX_H

#include "lib/types.h"

struct thread;

/*
 * Words are known by a key: their address, or what space_key() says of one that
 * is shared.
 *
 * As sched_wait(), but 0 only for who was woken by its word; -EAGAIN if that is
 * not `value`.
 */
long futex_wait(const void *key, const uint32_t *word, uint32_t value,
                uint32_t bits, uint64_t deadline_ns);
/* Wakes up to `n` of those that share one of `bits`. */
long futex_wake(const void *key, uint32_t n, uint32_t bits);
/* Wakes up to `n`, and lets up to `moved` others wait for `to` instead. */
long futex_requeue(const void *key, uint32_t n, uint32_t moved, const void *to);

/*
 * A word that is its owner's number, or 0, and who has it inherits the priority
 * of who waits. -EAGAIN, -EDEADLK, or as sched_wait().
 */
long futex_lock(const void *key, uint32_t *word, bool waits,
                uint64_t deadline_ns);
long futex_unlock(const void *key, uint32_t *word);
/* Its priority is another: so is what is inherited from it, if it waits. */
void futex_rank_changed(const struct thread *t);

#endif
