/*
 * mm/tlb.c - flushes, here and on other CPUs. Layer: mm. Locks: none.
 *
 * cpu->flush_request is 0, FLUSH_ALL, or a page's address with FLUSH_PAGE. It
 * is cleared after it was served. One that finds another's page there makes it
 * FLUSH_ALL, which serves both.
 */
#include "mm/tlb.h"
#include "mm/map.h"

#define FLUSH_ALL  1UL
#define FLUSH_PAGE 2UL

uint32_t tlb_clock = 1;

static void (*poke_cpu)(struct cpu *cpu);
static void (*release_state)(struct cpu *cpu);

static void serve(struct cpu *cpu)
{
    uint64_t request = READ_ONCE(cpu->flush_request);

    while (request) {
        if (request & FLUSH_ALL)
            tlb_flush_local();
        else
            tlb_invalidate(request & PAGE_MASK);
        if (__atomic_compare_exchange_n(&cpu->flush_request, &request, 0UL,
                                        false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_SEQ_CST))
            return;
    }
}

void __init tlb_init(void (*poke)(struct cpu *cpu))
{
    poke_cpu = poke;
    cpu_requests_register(serve);
}

void tlb_drop_guest(struct cpu *cpu)
{
    tlb_load_cr3(virt_to_paddr(hv_l4));
    WRITE_ONCE(cpu->has_guest_tables, false);
}

void tlb_register_release(void (*fn)(struct cpu *cpu))
{
    release_state = fn;
}

/* While the idle vcpu runs, interrupts are on in its loop only: what was left
 * loaded for a quick return may go, and with it the reason of requests. */
void tlb_interrupt(void)
{
    struct cpu *cpu = this_cpu();

    if (cpu->running == cpu->idle && cpu->has_guest_tables)
        release_state(cpu);
    serve(cpu);
}

static void request_all(struct cpu *cpu)
{
    if (!(__atomic_exchange_n(&cpu->flush_request, FLUSH_ALL,
                              __ATOMIC_SEQ_CST) &
          FLUSH_ALL))
        poke_cpu(cpu);
}

void tlb_ask(struct cpu *cpu)
{
    request_all(cpu);
}

static void request_page(struct cpu *cpu, uint64_t request)
{
    uint64_t none = 0;

    if (__atomic_compare_exchange_n(&cpu->flush_request, &none, request, false,
                                    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        poke_cpu(cpu);
    else
        request_all(cpu);
}

static bool may_hold(const struct cpu *cpu, uint32_t stamp)
{
    return READ_ONCE(cpu->has_guest_tables) &&
           tlb_is_stale(READ_ONCE(cpu->flush_clock), stamp);
}

/* Of the others in `mask`, those that may hold something from `stamp`. */
static cpu_mask_t holders(cpu_mask_t mask, uint32_t stamp)
{
    cpu_mask_t found = 0;

    /* What made the translation stale is visible before this looks. */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    for_each_cpu(cpu) if ((mask & cpu_bit(cpu)) && cpu != this_cpu() &&
                          may_hold(cpu, stamp)) found |= cpu_bit(cpu);
    return found;
}

/* Until it has flushed since `stamp`. A request that was made while an earlier
 * one was being served may have been cleared with that one. */
static void wait_all(struct cpu *cpu, uint32_t stamp)
{
    while (may_hold(cpu, stamp)) {
        if (!(READ_ONCE(cpu->flush_request) & FLUSH_ALL))
            request_all(cpu);
        cpu_relax();
    }
}

/* A page's request is made where there was none: when it is gone, but not for
 * one of everything, it was served. */
static void wait_page(const struct cpu *cpu, uint64_t request, uint32_t stamp)
{
    while (may_hold(cpu, stamp)) {
        uint64_t now = READ_ONCE(cpu->flush_request);

        if (now != request && !(now & FLUSH_ALL))
            return;
        cpu_relax();
    }
}

static void flush_others(cpu_mask_t mask, uint32_t stamp)
{
    cpu_mask_t asked = holders(mask, stamp);

    for_each_cpu_in(cpu, asked) request_all(cpu);
    for_each_cpu_in(cpu, asked) wait_all(cpu, stamp);
}

void tlb_flush_stamp(uint32_t stamp)
{
    if (tlb_is_stale(this_cpu()->flush_clock, stamp))
        tlb_flush_local();
    if (cpus_present > 1)
        flush_others(~0UL, stamp);
}

bool tlb_is_forgotten(uint32_t stamp)
{
    if (tlb_is_stale(this_cpu()->flush_clock, stamp))
        tlb_flush_local();
    return cpus_present == 1 || !holders(~0UL, stamp);
}

void tlb_flush_cpus(cpu_mask_t mask)
{
    uint32_t stamp = tlb_stamp();

    if (mask & ~cpu_bit(this_cpu()))
        flush_others(mask, stamp);
    if (mask & cpu_bit(this_cpu()))
        tlb_flush_local();
}

void tlb_flush_all(void)
{
    tlb_flush_cpus(cpus_present > 1 ? ~0UL : cpu_bit(this_cpu()));
}

void tlb_flush_page(cpu_mask_t mask, vaddr_t va)
{
    uint64_t request = (va & PAGE_MASK) | FLUSH_PAGE;
    uint32_t stamp = tlb_stamp();
    cpu_mask_t asked = 0;

    if (mask & ~cpu_bit(this_cpu()))
        asked = holders(mask, stamp);
    for_each_cpu_in(cpu, asked) request_page(cpu, request);
    if (mask & cpu_bit(this_cpu()))
        tlb_invalidate(va);
    for_each_cpu_in(cpu, asked) wait_page(cpu, request, stamp);
}

void tlb_period_ended(void)
{
    for_each_cpu(cpu) if (cpu != this_cpu()) request_all(cpu);
}
