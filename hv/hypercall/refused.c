/*
 * hypercall/refused.c - calls that a PV domain may make and gets nothing from:
 * what Xen says to that. Layer: hypercall.
 */
#include "hypercall/hypercall.h"

#define DM_BUFFERS      2
#define DM_BUFFER_BYTES 16

/* No virtual PMU, as in a Xen without vpmu=. */
long hypercall_xenpmu_op(uint64_t op, uint64_t arg)
{
    (void)op, (void)arg;
    return -EOPNOTSUPP;
}

long hypercall_refuse_remote(domid_t id)
{
    struct domain *d = domain_get(id);

    if (!d)
        return -ESRCH;
    domain_put(d);
    return d == current_domain ? -EPERM : -EINVAL;
}

/* Device models have HVM guests, and there are none. */
long hypercall_dm_op(uint64_t domid, uint64_t count, uint64_t buffers)
{
    char buffer[DM_BUFFERS * DM_BUFFER_BYTES];

    if ((uint32_t)count > DM_BUFFERS)
        return -E2BIG;
    if (guest_read(buffer, guest_ptr(buffers),
                   (uint32_t)count * DM_BUFFER_BYTES))
        return -EFAULT;
    if (!(uint32_t)count)
        return -ENODATA;
    return hypercall_refuse_remote((domid_t)domid);
}
