/*
 * mm/tlb.h - when a stale translation may still be cached. Layer: mm.
 *
 * A global clock ticks with every full flush; each CPU remembers the value at
 * its last one. A frame whose typed use ended at stamp S may still be in the
 * TLB of every CPU whose last flush was not later than S.
 *
 * A CPU asks others to flush by their cpu->flush_request and an interrupt; they
 * serve it wherever interrupts are on, and whenever they spin (cpu_relax), so
 * that two that wait for each other get on. Locks: none.
 */
#ifndef MM_TLB_H
#define MM_TLB_H

#include "cpu/cpu.h"
#include "mm/isolation.h"

extern uint32_t tlb_clock;

/* So often every CPU is made to flush: stamps may not be half a range old. */
#define TLB_PERIOD (1U << 30)

/* Asks all other CPUs for a flush, and does not wait. */
void tlb_period_ended(void);

/* The clock's next value. */
static inline uint32_t tlb_tick(void)
{
    uint32_t now = __atomic_add_fetch(&tlb_clock, 1, __ATOMIC_SEQ_CST);

    if (unlikely(!(now & (TLB_PERIOD - 1))))
        tlb_period_ended();
    return now;
}

/* Loads tables, which flushes this CPU's TLB and walk caches (no mapping here
 * is global). */
static inline void tlb_load_cr3(uint64_t cr3)
{
    uint32_t now = tlb_tick();

    write_cr3(cr3);
    this_cpu()->flush_clock = now;
}

static inline void tlb_flush_local(void)
{
    tlb_load_cr3(read_cr3());
}

/* What this CPU has cached of one page. */
static inline void tlb_invalidate(vaddr_t va)
{
    invlpg(va);
    if (unlikely(isolation_pcid))
        isolation_invalidate(va);
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
/* Whether no CPU does, once this one has flushed; asks no other. */
bool tlb_is_forgotten(uint32_t stamp);
/* Flushes every CPU; returns when all have. */
void tlb_flush_all(void);
/* The same for some CPUs: everything, or what is cached of one page. */
void tlb_flush_cpus(cpu_mask_t mask);
void tlb_flush_page(cpu_mask_t mask, vaddr_t va);

/* Which tables a CPU has: a guest's, from before they are loaded; or only
 * ours, which never become stale. */
static inline void tlb_expect_guest(struct cpu *cpu)
{
    (void)__atomic_exchange_n(&cpu->has_guest_tables, true, __ATOMIC_SEQ_CST);
}
void tlb_drop_guest(struct cpu *cpu);
/* A CPU that idles may still have a guest's state; it gives it up by this when
 * it is interrupted for a flush. pv/ registers it. */
void tlb_register_release(void (*fn)(struct cpu *cpu));
/* Asks a CPU for a flush, and does not wait. */
void tlb_ask(struct cpu *cpu);

/* Boot: how another CPU is interrupted; what the interrupt does. */
void tlb_init(void (*poke)(struct cpu *cpu));
void tlb_interrupt(void);

#endif
