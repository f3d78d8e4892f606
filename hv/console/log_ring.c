/*
 * console/log_ring.c - the ring of the last log bytes. Layer: console. Pure.
 */
#include "console/log_ring.h"

void log_ring_write(struct log_ring *ring, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ring->buf[ring->next++ & (ring->size - 1)] = text[i];
    if (n >= ring->size || ring->next - ring->oldest > ring->size)
        ring->oldest = ring->next - ring->size;
}

size_t log_ring_read(const struct log_ring *ring, uint32_t *index, char *buf,
                     size_t n)
{
    uint32_t from = *index;
    size_t available;

    if (from - ring->oldest > ring->next - ring->oldest)
        from = ring->oldest;
    available = ring->next - from;
    n = MIN(n, available);
    for (size_t i = 0; i < n; i++)
        buf[i] = ring->buf[from++ & (ring->size - 1)];
    *index = from;
    return n;
}

void log_ring_drop(struct log_ring *ring, uint32_t index)
{
    if (index - ring->oldest <= ring->next - ring->oldest)
        ring->oldest = index;
}
