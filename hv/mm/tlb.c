/*
 * mm/tlb.c - flushes. Layer: mm.
 */
#include "mm/tlb.h"

uint32_t tlb_clock = 1;

void tlb_flush_all(void)
{
    tlb_flush_local();
}

void tlb_flush_stamp(uint32_t stamp)
{
    if (tlb_is_stale(this_cpu()->flush_clock, stamp))
        tlb_flush_local();
}
