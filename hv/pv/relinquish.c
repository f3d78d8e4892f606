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

#define FRAMES_PER_STEP 4096 /* looked at */
#define OWNED_PER_STEP  64   /* given up */

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

/* Others may still map it: then it goes when they do not. */
static bool give_up(struct domain *d, mfn_t m)
{
    struct frame *f = frame_of(m);

    if (frame_owner(f) != d->id || !frame_get(f, d->id))
        return false;
    (void)pv_unpin(m);
    (void)domain_drop_frame(d, m);
    frame_put(f);
    return true;
}

static int give_up_frames(struct domain *d)
{
    uint32_t owned = 0;

    while (d->relinquished < frame_limit && READ_ONCE(d->pages)) {
        uint64_t n = d->relinquished++;

        owned += give_up(d, mfn(n));
        if ((n % FRAMES_PER_STEP == 0 || owned == OWNED_PER_STEP) &&
            preempt_point())
            return -ERESTART;
        owned %= OWNED_PER_STEP;
    }
    return 0;
}

int pv_relinquish(struct domain *d)
{
    for (uint32_t i = 0; i < d->vcpu_count; i++)
        if (d->vcpu[i])
            pv_relinquish_vcpu(d->vcpu[i]);
    spec_ctrl_forget_domain(d->id);
    return give_up_frames(d);
}
