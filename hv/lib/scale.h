/*
 * lib/scale.h - ticks to nanoseconds and back by a multiplication, as pvclock
 * does it. Layer: lib. Pure.
 */
#ifndef LIB_SCALE_H
#define LIB_SCALE_H

#include <stdint.h>

/*
 * ((v << shift) * mul) >> 32, a negative shift being one to the right; the
 * product has 96 bits, what is shifted out at the top is lost. shift is within
 * -63..63. (xen/include/public/xen.h: struct vcpu_time_info.)
 */
static inline uint64_t scale_u64(uint64_t v, uint32_t mul, int8_t shift)
{
    v = shift < 0 ? v >> -shift : v << shift;
    return (uint64_t)(((unsigned __int128)v * mul) >> 32);
}

/*
 * The factor that turns ticks of from_hz into ticks of to_hz (1000000000 for
 * ns), with 32 significant bits. Both are 1 or more and below 2^62.
 */
void scale_find(uint64_t from_hz, uint64_t to_hz, uint32_t *mul, int8_t *shift);

#endif
