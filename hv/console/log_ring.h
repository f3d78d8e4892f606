/*
 * console/log_ring.h - a ring of the last log bytes, addressed by a sequence
 * number that counts every byte ever written (modulo 2^32). Layer: console.
 * Pure; the caller locks.
 */
#ifndef CONSOLE_LOG_RING_H
#define CONSOLE_LOG_RING_H

#include "lib/types.h"

struct log_ring {
    char *buf;
    uint32_t size;   /* a power of two */
    uint32_t oldest; /* sequence number of the oldest byte kept */
    uint32_t next;   /* sequence number of the next byte written */
};

/* Appends, dropping the oldest bytes when there is no room. */
void log_ring_write(struct log_ring *ring, const char *text, size_t n);

/*
 * Copies up to n bytes from sequence number *index on and advances it; an
 * index that the ring does not hold means the oldest byte. Returns the count.
 */
size_t log_ring_read(const struct log_ring *ring, uint32_t *index, char *buf,
                     size_t n);

/* Forgets the bytes before `index` (which the ring must hold or end at). */
void log_ring_drop(struct log_ring *ring, uint32_t index);

#endif
