/*
 * lib/scale.c - the factor between two frequencies. Layer: lib. Pure.
 */
#include "lib/scale.h"

void scale_find(uint64_t from_hz, uint64_t to_hz, uint32_t *mul, int8_t *shift)
{
    uint64_t fraction = 0;
    int8_t s = 0;

    /* from/2 <= to < from: the quotient has its top bit right behind the
     * binary point. */
    while (to_hz >= from_hz) {
        from_hz <<= 1;
        s++;
    }
    while (to_hz < from_hz - to_hz) {
        to_hz <<= 1;
        s--;
    }
    for (int bit = 0; bit < 32; bit++) {
        to_hz <<= 1;
        fraction <<= 1;
        if (to_hz >= from_hz) {
            to_hz -= from_hz;
            fraction |= 1;
        }
    }
    /* Rounded to the nearest; a carry out of 32 bits would be 1.0. */
    if (to_hz >= from_hz - to_hz && fraction != UINT32_MAX)
        fraction++;
    *mul = (uint32_t)fraction;
    *shift = s;
}
