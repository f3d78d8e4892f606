/*
 * hypercall/event_op.c - event_channel_op and grant_table_op: the doors to
 * their rooms. Layer: hypercall.
 */
#include "evtchn/evtchn.h"
#include "grant/grant.h"
#include "hypercall/hypercall.h"

long hypercall_event_channel_op(uint64_t cmd, uint64_t arg)
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
