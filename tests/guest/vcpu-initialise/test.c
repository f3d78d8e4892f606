/*
 * VCPUOP_initialise refuses every context that could hurt, without a change,
 * takes a good one once, and the vcpu does not run before VCPUOP_up.
 */
/* hv-args: dom0_max_vcpus=2 */
#include "guest.h"

static volatile bool ran;

static void run(void *arg)
{
    ran = arg == &ran;
}

static struct vcpu_guest_context *good(void)
{
    return vcpu_context(1, run, (void *)(uintptr_t)&ran);
}

#define REFUSED(change) REFUSED_AS(-EINVAL, change)
#define REFUSED_AS(error, change)                                              \
    do {                                                                       \
        struct vcpu_guest_context *c_ = good();                                \
        c_->change;                                                            \
        CHECK_EQ(vcpu_op(VCPUOP_initialise, 1, c_), error);                    \
    } while (0)

static void bad_contexts(void)
{
    REFUSED(user_regs.rip = 0x800000000000);
    REFUSED(event_callback_eip = 1UL << 63);
    REFUSED(failsafe_callback_eip = 1UL << 63);
    REFUSED(syscall_callback_eip = 1UL << 63);
    REFUSED(fs_base = 1UL << 63);
    REFUSED(gs_base_kernel = 1UL << 63);
    REFUSED(gs_base_user = 1UL << 63);
    REFUSED(ldt_ents = 8193);
    REFUSED(gdt_ents = 7169);
    REFUSED(ctrlreg[3] = 0);
    REFUSED_AS(IN_USE, ctrlreg[3] = va_to_maddr(image_start));
    REFUSED(ctrlreg[3] = 0xfee00000);
    REFUSED_AS(IN_USE, ctrlreg[1] = va_to_maddr(image_start));
    REFUSED(gdt_ents = 16);
}

void test(void)
{
    struct vcpu_guest_context *c;

    CHECK_EQ(vcpu_op(VCPUOP_up, 1, NULL), -EINVAL);
    CHECK_EQ(vcpu_op(VCPUOP_initialise, 2, good()), -ENOENT);
    CHECK_EQ(vcpu_op(VCPUOP_initialise, 1, NULL), -EFAULT);
    CHECK_EQ(vcpu_op(VCPUOP_initialise, 1, HV_START), -EFAULT);
    CHECK_EQ(vcpu_op(VCPUOP_initialise, 1, 0x800000000000), -EFAULT);
    bad_contexts();
    CHECK_EQ(vcpu_op(VCPUOP_up, 1, NULL), -EINVAL);
    CHECK_EQ(vcpu_op(VCPUOP_initialise, 0, good()), -EEXIST);
    /* Debug registers that cannot be are left out. */
    c = good();
    c->debugreg[0] = HV_START;
    c->debugreg[7] = 1UL << 13;
    CHECK_EQ(vcpu_op(VCPUOP_initialise, 1, c), 0);
    CHECK_EQ(vcpu_op(VCPUOP_initialise, 1, good()), -EEXIST);
    CHECK_EQ(vcpu_op(VCPUOP_is_up, 1, NULL), 0);
    for (unsigned i = 0; i < 10; i++)
        sched_op(SCHEDOP_yield, NULL);
    CHECK(!ran);
    CHECK_EQ(vcpu_op(VCPUOP_up, 1, NULL), 0);
    for (unsigned i = 0; i < 1000000 && !ran; i++)
        sched_op(SCHEDOP_yield, NULL);
    CHECK(ran);
}
