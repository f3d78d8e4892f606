/*
 * hypercall/sched_op.c - SCHEDOP_* and set_timer_op. Layer: hypercall.
 * Source: Xen's public sched.h; docs/abi.md
 */
#include "evtchn/evtchn.h"
#include "hypercall/hypercall.h"

#define POLL_PORTS_MAX 128

/* Whoever asks for its context meanwhile sees the call as done. */
static void sleep(void)
{
    if (!current->multicall)
        guest_regs()->rax = 0;
    sched_block();
}

/* Events are let in, and if there is one already the vcpu does not sleep. */
static long sched_op_block(void)
{
    struct vcpu_info *info = current->entry.info;

    sched_block_prepare();
    WRITE_ONCE(info->evtchn_upcall_mask, 0);
    if (!__atomic_load_n(&info->evtchn_upcall_pending, __ATOMIC_SEQ_CST) &&
        !READ_ONCE(current->entry.exit_work))
        sleep();
    return 0;
}

static long sched_op_shutdown(uint64_t arg)
{
    struct sched_shutdown op;

    if (guest_get(&op, arg))
        return -EFAULT;
    domain_shutdown(current_domain, op.reason & 0xff);
    return 0;
}

/* 1: no need to sleep; 0: none is pending; -EINVAL: not a port. */
static int poll_look(const evtchn_port_t *port, uint32_t count)
{
    const struct vcpu_info *info = current->entry.info;

    if (READ_ONCE(current->entry.exit_work) ||
        (READ_ONCE(info->evtchn_upcall_pending) &&
         !READ_ONCE(info->evtchn_upcall_mask)))
        return 1;
    for (uint32_t i = 0; i < count; i++) {
        int rc = evtchn_is_pending(current_domain, port[i]);

        if (rc)
            return rc;
    }
    return 0;
}

static long poll_ports(const evtchn_port_t *port, uint32_t count,
                       uint64_t timeout_ns)
{
    struct vcpu *v = current;
    int rc;

    sched_block_prepare();
    evtchn_poll_begin(v, count == 1 ? port[0] : 0);
    rc = poll_look(port, count);
    if (!rc) {
        if (timeout_ns)
            timer_set(&v->poll_timer, timeout_ns);
        sleep();
        timer_cancel(&v->poll_timer);
    }
    evtchn_poll_end(v);
    return rc < 0 ? rc : 0;
}

static long sched_op_poll(uint64_t arg)
{
    evtchn_port_t port[POLL_PORTS_MAX];
    struct sched_poll op;

    if (guest_get(&op, arg))
        return -EFAULT;
    if (op.nr_ports > POLL_PORTS_MAX)
        return -EINVAL;
    if (guest_read(port, guest_handle(op.ports), op.nr_ports * sizeof(port[0])))
        return -EFAULT;
    return poll_ports(port, op.nr_ports, op.timeout);
}

static long sched_op_remote_shutdown(uint64_t arg)
{
    struct sched_remote_shutdown op;
    struct domain *d;
    int rc;

    if (guest_get(&op, arg))
        return -EFAULT;
    d = domain_get_target(op.domain_id, &rc);
    if (!d)
        return rc;
    domain_shutdown(d, op.reason & 0xff);
    domain_put(d);
    return 0;
}

static long sched_op_shutdown_code(uint64_t arg)
{
    struct sched_shutdown op;

    if (guest_get(&op, arg))
        return -EFAULT;
    return domain_set_shutdown_code(current_domain, op.reason & 0xff);
}

static long sched_op_watchdog(uint64_t arg)
{
    struct sched_watchdog op;

    if (guest_get(&op, arg))
        return -EFAULT;
    return domain_watchdog(current_domain, op.id, op.timeout);
}

/* For firmware that has to be called on one CPU. */
static long sched_op_pin_override(uint64_t arg)
{
    bool is_pinned = current->sched.pinned;
    struct sched_pin_override op;

    if (!current_domain->privileged)
        return -EPERM;
    if (guest_get(&op, arg))
        return -EFAULT;
    if (op.pcpu < 0) {
        sched_pin(0);
        return is_pinned ? 0 : -EINVAL;
    }
    if (is_pinned)
        return (uint32_t)op.pcpu < cpus_present ? -EBUSY : -EINVAL;
    if ((uint32_t)op.pcpu >= cpus_present)
        return -EINVAL;
    if (!READ_ONCE(cpus[(uint32_t)op.pcpu % CPUS_MAX].online))
        return -EINVAL;
    sched_pin(cpu_bit(&cpus[(uint32_t)op.pcpu % CPUS_MAX]));
    return 0;
}

long hypercall_sched_op(uint64_t cmd, uint64_t arg)
{
    switch (cmd) {
    case SCHEDOP_block:
        return sched_op_block();
    case SCHEDOP_yield:
        sched_yield();
        return 0;
    case SCHEDOP_poll:
        return sched_op_poll(arg);
    case SCHEDOP_shutdown:
        return sched_op_shutdown(arg);
    case SCHEDOP_remote_shutdown:
        return sched_op_remote_shutdown(arg);
    case SCHEDOP_shutdown_code:
        return sched_op_shutdown_code(arg);
    case SCHEDOP_watchdog:
        return sched_op_watchdog(arg);
    case SCHEDOP_pin_override:
        return sched_op_pin_override(arg);
    default:
        return hypercall_unknown("sched_op", cmd);
    }
}

/* As in Xen, what is 13 days ahead or more is a jiffy of Linux's that wrapped:
 * it may want its timer at once, or none, and gets it in 100 ms. */
static uint64_t believable(uint64_t timeout_ns)
{
    uint64_t now = time_now_ns();

    if (timeout_ns > now && (timeout_ns - now) >> 50)
        return now + 100 * 1000 * 1000UL;
    return timeout_ns;
}

long hypercall_set_timer_op(uint64_t timeout_ns)
{
    if (timeout_ns)
        timer_set(&current->singleshot, believable(timeout_ns));
    else
        timer_cancel(&current->singleshot);
    return 0;
}
