/*
 * register_vcpu_info moves a vcpu's block once: its contents go along, events
 * go to the new place, and places that cannot hold it are refused.
 */
/* hv-args: dom0_max_vcpus=2 */
#include "guest.h"

static long move(unsigned vcpu, uint64_t mfn, uint32_t offset)
{
    struct vcpu_register_vcpu_info r = {.mfn = mfn, .offset = offset};

    return vcpu_op(VCPUOP_register_vcpu_info, vcpu, &r);
}

static void refused(const void *page)
{
    CHECK_EQ(move(0, va_to_mfn(page), 4096 - 63), -ENXIO);
    CHECK_EQ(move(0, va_to_mfn(page), 4096), -ENXIO);
    CHECK_EQ(move(0, va_to_mfn(page), ~0U), -ENXIO);
    CHECK_EQ(move(0, va_to_mfn(kernel_l4()), 0), -EINVAL);
    CHECK_EQ(move(0, 0xfee00, 0), -EINVAL);
    CHECK_EQ(move(0, ~0UL, 0), -EINVAL);
    CHECK_EQ(move(2, va_to_mfn(page), 0), -ENOENT);
    CHECK_EQ(vcpu_op(VCPUOP_register_vcpu_info, 0, NULL), -EFAULT);
    CHECK_EQ(vcpu_op(VCPUOP_register_vcpu_info, 0, HV_START), -EFAULT);
}

void test(void)
{
    uint8_t *page = page_alloc();
    volatile struct vcpu_info *info = (void *)(page + 4096 - 64);
    evtchn_port_t port;

    events_init();
    refused(page);
    vcpu_info(0)->arch.cr2 = 0x1234;
    CHECK_EQ(move(0, va_to_mfn(page), 4096 - 64), 0);
    CHECK_EQ(info->arch.cr2, 0x1234);
    CHECK_EQ(info->evtchn_upcall_mask, 1);
    CHECK(info->time.tsc_to_system_mul != 0);
    CHECK_EQ(move(0, va_to_mfn(page), 0), -EINVAL);
    /* None that came meanwhile may be lost: all count as pending. */
    CHECK_EQ(info->evtchn_upcall_pending, 1);
    CHECK_EQ(info->evtchn_pending_sel, ~0UL);

    info->evtchn_upcall_pending = 0;
    info->evtchn_pending_sel = 0;
    port = bind_ipi(0);
    port_mask(port, false);
    CHECK_EQ(event_send(port), 0);
    CHECK_EQ(info->evtchn_upcall_pending, 1);
    CHECK_EQ(info->evtchn_pending_sel, 1);
    /* Another vcpu's, while it is down. */
    CHECK_EQ(move(1, va_to_mfn(page), 64), 0);
    page_protect(page, false);
    CHECK_EQ(pin(1, page), IN_USE);
}
