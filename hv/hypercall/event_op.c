/*
 * hypercall/event_op.c - event_channel_op and grant_table_op: the doors to
 * their rooms. Layer: hypercall.
 */
#include "evtchn/evtchn.h"
#include "grant/grant.h"
#include "hypercall/hypercall.h"

static __attribute__((noinline)) long not_send(uint64_t cmd, uint64_t arg)
{
    const uint64_t again[] = {cmd, arg};
    long rc = cmd <= UINT32_MAX ? evtchn_op((uint32_t)cmd, arg) : -ENOSYS;

    if (likely(rc >= 0))
        return rc;
    if (rc == -ERESTART)
        return hypercall_continue(2, again);
    if (rc == -ENOSYS && cmd > EVTCHNOP_set_priority)
        return hypercall_unknown("event_channel_op", cmd);
    return rc;
}

/* To send is asked for far more often than all else. */
long hypercall_event_channel_op(uint64_t cmd, uint64_t arg)
{
    uint32_t port;

    if (unlikely(cmd != EVTCHNOP_send))
        return not_send(cmd, arg);
    if (guest_get_32(&port, arg))
        return -EFAULT;
    return evtchn_send(current_domain, port);
}

long hypercall_grant_table_op(uint64_t cmd, uint64_t arg, uint64_t count)
{
    uint32_t left = (uint32_t)count;
    long rc;

    if (cmd > UINT32_MAX)
        return hypercall_unknown("grant_table_op", cmd);
    if (count > UINT32_MAX)
        return -EINVAL;
    rc = grant_op((uint32_t)cmd, &arg, &left);
    if (rc == -ERESTART)
        return hypercall_continue(3, (const uint64_t[]){cmd, arg, left});
    if (rc == -ENOSYS && cmd != GNTTABOP_set_version)
        return hypercall_unknown("grant_table_op", cmd);
    return rc;
}
