/*
 * grant/op.c - GNTTABOP_*: who serves what. Layer: grant.
 */
#include "grant/grant_internal.h"

/* Version 1 only: Linux stays with it when version 2 is not there. */
static long set_version(uint64_t arg)
{
    struct gnttab_set_version op;

    if (guest_get(&op, arg))
        return -EFAULT;
    if (op.version != 1)
        return op.version == 2 ? -ENOSYS : -EINVAL;
    return guest_put(arg, &op);
}

static long get_version(uint64_t arg)
{
    struct gnttab_get_version op;
    struct domain *d;
    int rc;

    if (guest_get(&op, arg))
        return -EFAULT;
    d = domain_get_target(op.dom, &rc);
    if (!d)
        return rc;
    domain_put(d);
    op.version = 1;
    return guest_put(arg, &op);
}

long grant_op(uint32_t cmd, uint64_t *arg, uint32_t *count)
{
    if (*count > INT32_MAX)
        return -EINVAL;
    switch (cmd) {
    case GNTTABOP_map_grant_ref:
        return grant_map(arg, count);
    case GNTTABOP_unmap_grant_ref:
        return grant_unmap(arg, count);
    case GNTTABOP_copy:
        return grant_copy(arg, count);
    case GNTTABOP_setup_table:
        return *count == 1 ? grant_setup_table(*arg) : -EINVAL;
    case GNTTABOP_query_size:
        return *count == 1 ? grant_query_size(*arg) : -EINVAL;
    case GNTTABOP_set_version:
        return *count == 1 ? set_version(*arg) : -EINVAL;
    case GNTTABOP_get_version:
        return get_version(*arg);
    default:
        return -ENOSYS;
    }
}
