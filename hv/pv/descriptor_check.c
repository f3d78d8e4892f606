/*
 * pv/descriptor_check.c - the rules of descriptors. Layer: pv. Pure.
 */
#include "pv/descriptor.h"

#define DESC_PRESENT    (1UL << 47)
#define DESC_DPL        (3UL << 45)
#define DESC_SEGMENT    (1UL << 44) /* code or data, not system */
#define DESC_TYPE       (15UL << 40)
#define DESC_TYPE_GATE  (12UL << 40) /* a 64-bit call gate */
#define DESC_GATE_ZEROS (0xffUL << 32)

bool descriptor_check(uint64_t *desc)
{
    uint64_t d = *desc;

    /* Its use always faults. */
    if (!(d & DESC_PRESENT))
        return true;
    /* In ring 3 any base and limit are fine: paging protects us. */
    if (d & DESC_SEGMENT) {
        *desc = d | DESC_DPL;
        return true;
    }
    /* Type 0 is reserved, so harmless; a gate's second half looks like it. */
    if (!(d & DESC_TYPE))
        return true;
    if ((d & DESC_TYPE) != DESC_TYPE_GATE || (d & DESC_GATE_ZEROS))
        return false;
    *desc = d & ~DESC_DPL;
    return true;
}
