/*
 * mm/tlb.h - when a stale translation may still be cached. Layer: mm.
 *
 * A global clock ticks with every full flush; each CPU remembers the value at
 * its last one. A frame whose typed use ended at stamp S may still be in the
 * TLB of every CPU whose last flush was not later than S.
 */
#ifndef MM_TLB_H
#define MM_TLB_H

#include "cpu/cpu.h"

extern uint32_t tlb_clock;

/* Flushes this CPU's TLB and walk caches (no mapping here is global). */
static inline void tlb_flush_local(void)
{
    this_cpu()->flush_clock =
        __atomic_add_fetch(&tlb_clock, 1, __ATOMIC_RELAXED);
    write_cr3(read_cr3());
}

/* The stamp of something whose use ends now. */
static inline uint32_t tlb_stamp(void)
{
    return __atomic_load_n(&tlb_clock, __ATOMIC_RELAXED);
}

/* Pure: may a CPU that last flushed at `flushed` hold what ended at `stamp`?
 * The clock wraps: half its range counts as the past. */
static inline bool tlb_is_stale(uint32_t flushed, uint32_t stamp)
{
    return (int32_t)(flushed - stamp) <= 0;
}

/* Makes sure that no CPU holds a translation that ended at `stamp`. */
void tlb_flush_stamp(uint32_t stamp);
/* Flushes every CPU; returns when all have. */
void tlb_flush_all(void);

#endif
