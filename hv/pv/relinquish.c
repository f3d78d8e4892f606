/*
 * pv/relinquish.c - a domain goes: its tables and its frames. Layer: pv.
 * Its vcpus are stopped for good, and nobody pins or assigns frames any more.
 */
#include "cpu/spec_ctrl.h"
#include "evtchn/evtchn.h"
#include "mm/alloc.h"
#include "pv/mmu_internal.h"
#include "pv/restart.h"
#include "pv/switch.h"

#define FRAMES_AT_ONCE 512UL
/* Of looking at a frame, and of doing something about it; and how much of it is
 * done before others get their turn. */
#define WORK_LOOK     1U
#define WORK_OWNED    64U
#define WORK_PER_STEP 4096U

static void drop_table(uint64_t *n)
{
    uint64_t old = *n;

    *n = 0;
    if (old)
        frame_put_type(mfn(old));
}

void pv_relinquish_vcpu(struct vcpu *v)
{
    pv_forget_vcpu(v);
    pv_destroy_gdt(v);
    (void)pv_set_ldt(v, 0, 0);
    v->entry.kernel_cr3 = v->entry.user_cr3 = 0;
    drop_table(&v->user_l4);
    drop_table(&v->kernel_l4);
}

void pv_leave_hypercall(struct vcpu *v)
{
    timer_cancel(&v->poll_timer);
    evtchn_poll_end(v);
    v->multicall = NULL;
    v->multicall_again = false;
    sched_restart(v);
}

void pv_reset_vcpu(struct vcpu *v)
{
    pv_relinquish_vcpu(v);
    pv_leave_hypercall(v);
    v->nmi_pending = v->nmi_masked = v->mce_pending = v->mce_masked = false;
    v->failsafe_pending = false;
    v->initialised = false;
    WRITE_ONCE(v->down, true);
    v->sched.blocked = true; /* until it has a context and is up */
}

/* A pinned table holds what it maps. */
static uint64_t unpin(struct domain *d, uint64_t n, uint64_t most)
{
    struct frame *f = frame_of(mfn(n));

    (void)most;
    if (!(READ_ONCE(f->type) & TYPE_PINNED) || !frame_get(f, d->id))
        return 0;
    (void)pv_unpin(mfn(n));
    frame_put(f);
    return 1;
}

/* Where others still map it, it goes when they do not. */
static uint64_t give_up(struct domain *d, uint64_t n, uint64_t most)
{
    struct frame *f = frame_of(mfn(n));
    uint64_t run = domain_drop_frames(d, mfn(n), most);

    if (run)
        return run;
    if (frame_owner(f) != d->id || !frame_get(f, d->id))
        return 0;
    (void)domain_drop_frame(d, mfn(n));
    frame_put(f);
    return 1;
}

/*
 * Goes through the frames that may be the domain's. `fn` deals with some from n
 * on, at most `most`, and says with how many; 0: n is none that it deals with.
 */
static int for_frames(struct domain *d,
                      uint64_t (*fn)(struct domain *d, uint64_t n,
                                     uint64_t most))
{
    uint64_t n, end = READ_ONCE(d->frames_end), run;
    uint32_t work = 0;

    d->relinquished = MAX(d->relinquished, READ_ONCE(d->first_frame));
    while ((n = d->relinquished) < end && READ_ONCE(d->pages)) {
        run = fn(d, n, MIN(end - n, FRAMES_AT_ONCE));
        work += run ? WORK_OWNED + (uint32_t)run : WORK_LOOK;
        d->relinquished += MAX(run, 1UL);
        if (work >= WORK_PER_STEP && preempt_point())
            return -ERESTART;
        work %= WORK_PER_STEP;
    }
    return 0;
}

static int give_up_frames(struct domain *d)
{
    int rc;

    if (!d->unpinned) {
        rc = for_frames(d, unpin);
        if (rc)
            return rc;
        d->unpinned = true;
        d->relinquished = 0;
    }
    return for_frames(d, give_up);
}

int pv_relinquish(struct domain *d)
{
    for (uint32_t i = 0; i < d->vcpu_count; i++)
        if (d->vcpu[i])
            pv_relinquish_vcpu(d->vcpu[i]);
    spec_ctrl_forget_domain(d->id);
    return give_up_frames(d);
}
