/*
 * pv/type.c - takes and drops typed references. Layer: pv.
 * No locks: the type word changes by compare-and-swap, and a busy frame is its
 * vcpu's alone. After each table other work may run (sched_preempt), so callers
 * hold no lock. What is no table is busy for a moment only, on a CPU that does
 * nothing else: a lock may be held, or a switch of vcpus be going on, whose LDT
 * is looked for. Source: docs/abi.md, page types.
 */
#include "pv/type.h"
#include "pv/mmu_internal.h"

static bool word_store(struct frame *f, uint64_t *old, uint64_t new)
{
    return __atomic_compare_exchange_n(&f->type, old, new, false,
                                       __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

/* Only what can take long lets others in. */
static int validate(struct domain *d, mfn_t m, uint64_t type)
{
    int rc;

    if (type == FRAME_SEGDESC)
        return descriptor_validate_frame(m) ? 0 : -EINVAL;
    rc = table_validate(d, m, level_of_type(type));
    sched_preempt();
    return rc;
}

/* The frame was idle and is now ours: makes it `type`, or idle again. */
static int first_use(struct domain *d, mfn_t m, uint64_t type, uint64_t idle,
                     enum type_action action)
{
    struct frame *f = frame_of(m);
    int rc = 0;

    if (type_needs_flush(idle, type))
        tlb_flush_stamp((uint32_t)idle);
    if (action == TYPE_FIRST)
        return 0;
    if (type != FRAME_WRITABLE)
        rc = validate(d, m, type);
    if (likely(!rc)) {
        __atomic_or_fetch(&f->type, TYPE_VALID, __ATOMIC_RELEASE);
        return 0;
    }
    __atomic_store_n(&f->type, type_idle(type, tlb_stamp()), __ATOMIC_RELEASE);
    frame_put(f);
    return rc;
}

static void wait_for_type(uint64_t type)
{
    if (type_is_table(type))
        sched_wait();
    else
        cpu_relax();
}

int frame_get_type(struct domain *d, mfn_t m, uint64_t type)
{
    struct frame *f = frame_of(mfn_nospec(m));
    uint64_t old;

    if (unlikely(!mfn_is_ram(m)))
        return -EINVAL;
    old = READ_ONCE(f->type);
    for (;;) {
        struct type_step step = type_get_step(old, type);

        /* Others' frames are not even touched for a moment. */
        if (step.action == TYPE_REFUSE || frame_owner(f) != d->id)
            return -EINVAL;
        if (step.action == TYPE_WAIT) {
            wait_for_type(type);
            old = READ_ONCE(f->type);
            continue;
        }
        if (step.action == TYPE_JOIN) {
            if (!word_store(f, &old, step.word))
                continue;
            return joined_rightly(f, d->id) ? 0 : -EINVAL;
        }
        if (!frame_get(f, d->id))
            return -EINVAL;
        if (word_store(f, &old, step.word))
            return first_use(d, m, type, old, step.action);
        frame_put(f);
    }
}

void frame_put_type(mfn_t m)
{
    struct frame *f = frame_of(m);
    uint64_t old = READ_ONCE(f->type);
    struct type_step step;

    do {
        step = type_put_step(old, tlb_stamp());
    } while (!word_store(f, &old, step.word));
    if (likely(step.action == TYPE_JOIN))
        return;
    if (step.action == TYPE_DEVALIDATE) {
        table_devalidate(m, level_of_type(old));
        sched_preempt();
        __atomic_store_n(&f->type, type_idle(old, tlb_stamp()),
                         __ATOMIC_RELEASE);
    }
    frame_put(f);
}

uint64_t table_hold(struct domain *d, mfn_t m)
{
    struct frame *f = frame_of(mfn_nospec(m));
    uint64_t old;

    if (unlikely(!mfn_is_ram(m)))
        return 0;
    old = READ_ONCE(f->type);
    do {
        if (!type_is_table(old & TYPE_MASK) || !(old & TYPE_VALID) ||
            (old & TYPE_COUNT) >= TYPE_COUNT_MAX || frame_owner(f) != d->id)
            return 0;
    } while (!word_store(f, &old, old + 1));
    return likely(joined_rightly(f, d->id)) ? old & TYPE_MASK : 0;
}
