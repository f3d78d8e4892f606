/*
 * grant/op.c - GNTTABOP_*: who serves what. Layer: grant.
 */
#include "grant/grant_internal.h"

/* Those that take one structure, and no more. */
static long op_one(uint32_t cmd, uint64_t arg)
{
    switch (cmd) {
    case GNTTABOP_setup_table:
        return grant_setup_table(arg);
    case GNTTABOP_query_size:
        return grant_query_size(arg);
    case GNTTABOP_get_status_frames:
        return grant_get_status_frames(arg);
    default:
        return -ENOSYS;
    }
}

long grant_op(uint32_t cmd, uint64_t *arg, uint32_t *count)
{
    if (*count > INT32_MAX)
        return -EINVAL;
    switch (cmd) {
    case GNTTABOP_map_grant_ref:
        return grant_map(arg, count);
    case GNTTABOP_unmap_grant_ref:
        return grant_unmap(arg, count, false);
    case GNTTABOP_unmap_and_replace:
        return grant_unmap(arg, count, true);
    case GNTTABOP_copy:
        return grant_copy(arg, count);
    case GNTTABOP_transfer:
        return grant_transfer(arg, count);
    case GNTTABOP_swap_grant_ref:
        return grant_swap(arg, count);
    case GNTTABOP_cache_flush:
        return grant_cache_flush(arg, count);
    case GNTTABOP_set_version:
        return grant_set_version(*arg);
    case GNTTABOP_get_version:
        return grant_get_version(*arg);
    case GNTTABOP_setup_table:
    case GNTTABOP_query_size:
    case GNTTABOP_get_status_frames:
        return *count == 1 ? op_one(cmd, *arg) : -EINVAL;
    default:
        return -ENOSYS;
    }
}
