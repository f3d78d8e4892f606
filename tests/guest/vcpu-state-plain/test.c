/*
 * On a CPU without XSAVE a vcpu's extended state is an empty header, and one
 * that says more is refused; without RDTSCP there is no TSC_AUX.
 */
/* not-as-guest: it gives a toolstack's orders */
/* cpu: qemu64 */
#include "guest.h"

static struct xen_domctl op;
static uint64_t image[128];
static domid_t id;

static long state(unsigned cmd, uint64_t size)
{
    memset(&op, 0, sizeof(op));
    op.u.vcpuextstate.size = size;
    set_xen_guest_handle(op.u.vcpuextstate.buffer, image);
    return domain_op(cmd, id, &op);
}

void test(void)
{
    struct xen_domctl_vcpu_msr msr = {.index = 0xc0000103, .value = 1};

    id = domain_new(1, 64);
    CHECK_EQ(state(XEN_DOMCTL_getvcpuextstate, 0), 0);
    CHECK_EQ(op.u.vcpuextstate.xfeature_mask, 0);
    CHECK_EQ(op.u.vcpuextstate.size, 16);
    image[0] = image[1] = 9;
    CHECK_EQ(state(XEN_DOMCTL_getvcpuextstate, 16), 0);
    CHECK_EQ(op.u.vcpuextstate.size, 16);
    CHECK_EQ(image[0] | image[1], 0);
    CHECK_EQ(state(XEN_DOMCTL_getvcpuextstate, 592), 0);
    CHECK_EQ(op.u.vcpuextstate.size, 16);
    CHECK_EQ(state(XEN_DOMCTL_getvcpuextstate, 15), -EINVAL);
    CHECK_EQ(state(XEN_DOMCTL_setvcpuextstate, 16), 0);
    CHECK_EQ(state(XEN_DOMCTL_setvcpuextstate, 592), -EINVAL);
    image[0] = image[1] = 3;
    CHECK_EQ(state(XEN_DOMCTL_setvcpuextstate, 16), -EINVAL);
    CHECK_EQ(state(XEN_DOMCTL_setvcpuextstate, 592), -EINVAL);
    memset(&op, 0, sizeof(op));
    op.u.vcpu_msrs.msr_count = 1;
    set_xen_guest_handle(op.u.vcpu_msrs.msrs, &msr);
    CHECK_EQ(domain_op(XEN_DOMCTL_set_vcpu_msrs, id, &op), -EINVAL);
    CHECK_EQ(op.u.vcpu_msrs.msr_count, 0);
    op.u.vcpu_msrs.msr_count = 1;
    CHECK_EQ(domain_op(XEN_DOMCTL_get_vcpu_msrs, id, &op), 0);
    CHECK_EQ(op.u.vcpu_msrs.msr_count, 0);
    domain_destroy(id);
}
