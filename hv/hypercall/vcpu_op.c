/*
 * hypercall/vcpu_op.c - VCPUOP_*. Layer: hypercall.
 * Source: Xen's public vcpu.h; docs/abi.md
 */
#include "evtchn/evtchn.h"
#include "hypercall/hypercall.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "pv/pv.h"

#define NS_PER_MS 1000000UL

static long vcpu_initialise(struct vcpu *v, uint64_t arg)
{
    const unsigned order = 1;
    struct vcpu_guest_context *ctx;
    long rc;

    _Static_assert(sizeof(*ctx) <= 2 * PAGE_SIZE, "order");
    if (__atomic_exchange_n(&v->initialising, true, __ATOMIC_ACQUIRE))
        return -EBUSY;
    ctx = v->initialised ? NULL : pages_alloc(order);
    rc = v->initialised ? -EEXIST : ctx ? 0 : -ENOMEM;
    if (!rc && guest_get(ctx, arg))
        rc = -EFAULT;
    if (!rc)
        rc = pv_set_context(v, ctx);
    if (!rc)
        v->initialised = true;
    if (ctx)
        pages_free(ctx, order);
    __atomic_store_n(&v->initialising, false, __ATOMIC_RELEASE);
    return rc;
}

static long vcpu_start(struct vcpu *v)
{
    if (!READ_ONCE(v->initialised))
        return -EINVAL;
    vcpu_up(v);
    return 0;
}

static long vcpu_stop(struct vcpu *v)
{
    if (!vcpu_down(v))
        domain_shutdown(v->domain, SHUTDOWN_poweroff);
    else if (v == current)
        vcpu_wait_while_down();
    return 0;
}

static long vcpu_report_runstate(const struct vcpu *v, uint64_t arg)
{
    struct vcpu_runstate_info r;

    vcpu_get_runstate(v, &r);
    return guest_put(arg, &r);
}

static long register_runstate(struct vcpu *v, uint64_t arg)
{
    struct vcpu_register_runstate_memory_area area;

    if (guest_get(&area, arg))
        return -EFAULT;
    if (!range_is_guest(area.addr.p, sizeof(struct vcpu_runstate_info)))
        return -EFAULT;
    v->runstate_area = area.addr.p;
    /* Where it is not mapped now it may be at the next switch. */
    if (area.addr.p && vcpu_write_runstate_to(v, area.addr.p))
        return 0;
    return 0;
}

static long register_time_area(struct vcpu *v, uint64_t arg)
{
    struct vcpu_register_time_memory_area area;

    if (guest_get(&area, arg))
        return -EFAULT;
    if (!range_is_guest(area.addr.p, sizeof(struct vcpu_time_info)))
        return -EFAULT;
    v->time_area = area.addr.p;
    vcpu_update_time(v);
    return 0;
}

static long set_periodic(struct vcpu *v, uint64_t arg)
{
    struct vcpu_set_periodic_timer set;

    if (guest_get(&set, arg))
        return -EFAULT;
    if (set.period_ns < NS_PER_MS || set.period_ns > INT64_MAX / 4)
        return -EINVAL;
    vcpu_periodic_set(v, set.period_ns);
    return 0;
}

static long set_singleshot(struct vcpu *v, uint64_t arg)
{
    struct vcpu_set_singleshot_timer set;

    if (v != current)
        return -EINVAL;
    if (guest_get(&set, arg))
        return -EFAULT;
    /* VCPU_SSHOTTMR_future is ignored, as by Xen: a past time is now. */
    timer_set(&v->singleshot, set.timeout_abs_ns);
    return 0;
}

static long stop_singleshot(struct vcpu *v)
{
    if (v != current)
        return -EINVAL;
    timer_cancel(&v->singleshot);
    return 0;
}

/* The claim of v's one registration; the loser's frame is given back. */
static bool claim_info(struct vcpu *v, struct frame *f)
{
    struct frame *none = NULL;

    return __atomic_compare_exchange_n(&v->info_frame, &none, f, false,
                                       __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

/* From here on events go to the new place; any that went to the old one while
 * it was copied are made up for by marking all as pending. */
static void move_info(struct vcpu *v, struct vcpu_info *to)
{
    memcpy(to, v->entry.info, sizeof(*to));
    __atomic_store_n(&v->entry.info, to, __ATOMIC_SEQ_CST);
    evtchn_refresh_vcpu(v);
}

static long register_info(struct vcpu *v, uint64_t arg)
{
    struct vcpu_register_vcpu_info reg;
    mfn_t m;

    if (guest_get(&reg, arg))
        return -EFAULT;
    if (reg.offset > PAGE_SIZE - sizeof(struct vcpu_info) || reg.offset % 8)
        return -ENXIO;
    if (v != current && !READ_ONCE(v->down))
        return -EINVAL;
    m = mfn(reg.mfn);
    if (v->info_frame || !mfn_is_ram(m) ||
        frame_get_type(v->domain, m, FRAME_WRITABLE))
        return -EINVAL;
    if (!claim_info(v, frame_of(m))) {
        frame_put_type(m);
        return -EINVAL;
    }
    move_info(v, (void *)((char *)frame_map(m) + reg.offset));
    return 0;
}

static long send_nmi(struct vcpu *v, uint64_t arg)
{
    if (arg)
        return -EINVAL;
    vcpu_send_nmi(v);
    return 0;
}

/* The operations that are about a vcpu's timers and areas. */
static long vcpu_op_area(uint64_t cmd, struct vcpu *v, uint64_t arg)
{
    switch (cmd) {
    case VCPUOP_set_singleshot_timer:
        return set_singleshot(v, arg);
    case VCPUOP_stop_singleshot_timer:
        return stop_singleshot(v);
    case VCPUOP_set_periodic_timer:
        return set_periodic(v, arg);
    case VCPUOP_stop_periodic_timer:
        vcpu_periodic_set(v, 0);
        return 0;
    case VCPUOP_register_vcpu_info:
        return register_info(v, arg);
    case VCPUOP_register_runstate_memory_area:
        return register_runstate(v, arg);
    case VCPUOP_register_vcpu_time_memory_area:
        return register_time_area(v, arg);
    default:
        return hypercall_unknown("vcpu_op", cmd);
    }
}

long hypercall_vcpu_op(uint64_t cmd, uint64_t id, uint64_t arg)
{
    struct domain *d = current_domain;
    struct vcpu *v = NULL;

    if (id < d->vcpu_count && id < VCPUS_MAX)
        v = d->vcpu[id % VCPUS_MAX];
    if (!v)
        return -ENOENT;
    switch (cmd) {
    case VCPUOP_initialise:
        return vcpu_initialise(v, arg);
    case VCPUOP_up:
        return vcpu_start(v);
    case VCPUOP_down:
        return vcpu_stop(v);
    case VCPUOP_is_up:
        return !READ_ONCE(v->down);
    case VCPUOP_get_runstate_info:
        return vcpu_report_runstate(v, arg);
    case VCPUOP_send_nmi:
        return send_nmi(v, arg);
    case VCPUOP_get_physid:
        return -EINVAL; /* no vcpu is pinned */
    default:
        return vcpu_op_area(cmd, v, arg);
    }
}
