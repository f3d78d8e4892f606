/*
 * time/queue.h - the timers of one CPU, ordered by time. Layer: time. Pure; the
 * caller locks.
 *
 * A leftist heap: each node's right branch is the one with the shorter way to a
 * missing child, so merging along right branches takes O(log n) steps. Its
 * nodes lie in the timers: guests choose how many there are, and no number of
 * them needs memory.
 */
#ifndef TIME_QUEUE_H
#define TIME_QUEUE_H

#include <stddef.h>
#include <stdint.h>

struct timer_node {
    uint64_t expires_ns;
    struct timer_node *left, *right, *parent;
    uint32_t rank; /* nodes on the way right to a missing child */
};

struct timer_queue {
    struct timer_node *first; /* the one that expires first, or NULL */
};

void timer_queue_insert(struct timer_queue *q, struct timer_node *n);
/* `n` must be in the queue. */
void timer_queue_remove(struct timer_queue *q, struct timer_node *n);

#endif
