/*
 * A vcpu's state beside its context: 32-bit callbacks, extended registers and
 * MSRs are given and taken by domctl, and are the vcpu's when it runs. Values
 * that cannot be, sizes that do not fit and vcpus that are not there are
 * refused, and change nothing.
 */
/* not-as-guest: it gives a toolstack's orders */
/* cpu: max,-smap */
#include "guest.h"

#define XCR0_ALL  7
#define HEADER    16
#define AREA_SSE  576
#define AREA_AVX  832
#define TSC_AUX   0xc0000103U
#define NOT_THERE 0x800000000000UL

static struct sibling s;
static struct xen_domctl op;

/* ------------------------------------------------------------- callbacks */

static void zero(unsigned vcpu)
{
    memset(&op, 0, sizeof(op));
    op.u.ext_vcpucontext.vcpu = vcpu;
    op.u.ext_vcpucontext.size = sizeof(op.u.ext_vcpucontext);
}

static long set_ext(void)
{
    return domain_op(XEN_DOMCTL_set_ext_vcpucontext, s.id, &op);
}

static long get_ext(unsigned vcpu)
{
    memset(&op, 0xee, sizeof(op));
    op.u.ext_vcpucontext.vcpu = vcpu;
    return domain_op(XEN_DOMCTL_get_ext_vcpucontext, s.id, &op);
}

static void check_callbacks(void)
{
    CHECK_EQ(get_ext(0), 0);
    CHECK_EQ(op.u.ext_vcpucontext.size, 64);
    CHECK_EQ(op.u.ext_vcpucontext.syscall32_callback_eip, 0);
    zero(1);
    op.u.ext_vcpucontext.sysenter_callback_eip = 0x12345000;
    op.u.ext_vcpucontext.syscall32_callback_eip = 0xffff888000005678;
    op.u.ext_vcpucontext.syscall32_disables_events = 5;
    CHECK_EQ(set_ext(), 0);
    CHECK_EQ(get_ext(1), 0);
    CHECK_EQ(op.u.ext_vcpucontext.sysenter_callback_eip, 0x12345000);
    CHECK_EQ(op.u.ext_vcpucontext.syscall32_callback_eip, 0xffff888000005678);
    CHECK_EQ(op.u.ext_vcpucontext.syscall32_disables_events, 1);
    CHECK_EQ(op.u.ext_vcpucontext.sysenter_disables_events, 0);
    CHECK_EQ(op.u.ext_vcpucontext.sysenter_callback_cs & ~3, 0);
    CHECK_EQ(get_ext(0), 0);
    CHECK_EQ(op.u.ext_vcpucontext.sysenter_callback_eip, 0);
}

static void check_callbacks_hostile(void)
{
    CHECK_EQ(get_ext(2), -ESRCH);
    CHECK_EQ(get_ext(~0U), -ESRCH);
    zero(2);
    CHECK_EQ(set_ext(), -ESRCH);
    zero(1);
    CHECK_EQ(domain_op(XEN_DOMCTL_get_ext_vcpucontext, 0, &op), -ESRCH);
    CHECK_EQ(domain_op(XEN_DOMCTL_set_ext_vcpucontext, 0, &op), -ESRCH);
    zero(1);
    op.u.ext_vcpucontext.size = 31;
    CHECK_EQ(set_ext(), -EINVAL);
    zero(1);
    op.u.ext_vcpucontext.sysenter_callback_eip = NOT_THERE;
    CHECK_EQ(set_ext(), -EINVAL);
    zero(1);
    op.u.ext_vcpucontext.syscall32_callback_eip = NOT_THERE;
    CHECK_EQ(set_ext(), -EINVAL);
    CHECK_EQ(get_ext(1), 0);
    CHECK_EQ(op.u.ext_vcpucontext.sysenter_callback_eip, 0x12345000);
    zero(1);
    op.u.ext_vcpucontext.mcg_cap = ~0UL;
    CHECK_EQ(set_ext(), -EINVAL);
    op.u.ext_vcpucontext.size = 32; /* what is behind is not looked at */
    CHECK_EQ(set_ext(), 0);
    zero(1);
    op.u.ext_vcpucontext.mcg_cap = 2;
    op.u.ext_vcpucontext.size = ~0U;
    CHECK_EQ(set_ext(), 0);
}

/* ---------------------------------------------------- extended registers */

static struct {
    uint64_t xcr0, accumulated;
    uint8_t legacy[512];
    uint64_t xstate_bv, xcomp_bv, reserved[6];
    uint64_t ymm_high[32];
    uint8_t rest[4096];
} image;

static long state(unsigned cmd, unsigned vcpu, uint64_t mask, uint64_t size)
{
    memset(&op, 0, sizeof(op));
    op.u.vcpuextstate.vcpu = vcpu;
    op.u.vcpuextstate.xfeature_mask = mask;
    op.u.vcpuextstate.size = size;
    set_xen_guest_handle(op.u.vcpuextstate.buffer, &image.xcr0);
    return domain_op(cmd, s.id, &op);
}

static long set_state(uint64_t xcr0, uint64_t accumulated, uint64_t size)
{
    image.xcr0 = xcr0;
    image.accumulated = accumulated;
    return state(XEN_DOMCTL_setvcpuextstate, 0, 0x1234, size);
}

static uint64_t mask, size_max;

static long get_state(unsigned vcpu)
{
    memset(&image, 0xee, sizeof(image));
    return state(XEN_DOMCTL_getvcpuextstate, vcpu, mask, size_max);
}

static void check_sizes(void)
{
    CHECK_EQ(state(XEN_DOMCTL_getvcpuextstate, 0, 0, 0), 0);
    mask = op.u.vcpuextstate.xfeature_mask;
    size_max = op.u.vcpuextstate.size;
    CHECK_EQ(mask & XCR0_ALL, XCR0_ALL);
    CHECK(size_max >= HEADER + AREA_AVX);
    CHECK_EQ(state(XEN_DOMCTL_getvcpuextstate, 0, mask, HEADER), 0);
    CHECK_EQ(state(XEN_DOMCTL_getvcpuextstate, 0, mask, HEADER - 1), -EINVAL);
    CHECK_EQ(state(XEN_DOMCTL_getvcpuextstate, 0, mask, 0), -EINVAL);
    CHECK_EQ(state(XEN_DOMCTL_getvcpuextstate, 0, 1, size_max), -EINVAL);
    CHECK_EQ(state(XEN_DOMCTL_getvcpuextstate, 2, 0, 0), -ESRCH);
    CHECK_EQ(state(XEN_DOMCTL_setvcpuextstate, 2, 0, HEADER), -ESRCH);
    op.u.vcpuextstate.vcpu = 0;
    CHECK_EQ(domain_op(XEN_DOMCTL_getvcpuextstate, 0, &op), -EINVAL);
    CHECK_EQ(domain_op(XEN_DOMCTL_setvcpuextstate, 0, &op), -EINVAL);
    CHECK_EQ(get_state(0), 0);
    CHECK_EQ(op.u.vcpuextstate.size, HEADER); /* it never used any */
    CHECK_EQ(image.xcr0 | image.accumulated, 0);
}

static void check_states_refused(void)
{
    memset(&image, 0, sizeof(image));
    for (uint64_t xcr0 = 0; xcr0 < 16; xcr0++) {
        bool fine = xcr0 == 1 || xcr0 == 3 || xcr0 == 7;

        for (uint64_t n = HEADER - 1; n <= size_max + 1; n++) {
            if (n == (xcr0 == 7   ? HEADER + AREA_AVX
                      : xcr0 == 0 ? HEADER
                                  : HEADER + AREA_SSE))
                CHECK_EQ(set_state(xcr0, xcr0, n), fine || !xcr0 ? 0 : -EINVAL);
            else if (n < 600 || n > 800)
                CHECK_EQ(set_state(xcr0, xcr0, n), -EINVAL);
        }
    }
    CHECK_EQ(set_state(7, 3, HEADER + AREA_SSE), -EINVAL);
    CHECK_EQ(set_state(7, 0, HEADER), -EINVAL);
    CHECK_EQ(set_state(0, 7, HEADER + AREA_AVX), -EINVAL);
    CHECK_EQ(set_state(0x207, 0x207, size_max), -EINVAL);
    CHECK_EQ(set_state(7, 7, ~0UL), -EINVAL);
    image.xstate_bv = 8;
    CHECK_EQ(set_state(7, 7, HEADER + AREA_AVX), -EINVAL);
    image.xstate_bv = 1UL << 63;
    CHECK_EQ(set_state(7, 7, HEADER + AREA_AVX), -EINVAL);
    image.xstate_bv = 7;
    image.xcomp_bv = 1UL << 63;
    CHECK_EQ(set_state(7, 7, HEADER + AREA_AVX), -EOPNOTSUPP);
    image.xcomp_bv = 0;
    image.reserved[0] = 1;
    CHECK_EQ(set_state(7, 7, HEADER + AREA_AVX), -EIO);
    image.reserved[0] = 0;
    image.reserved[5] = 1UL << 40;
    CHECK_EQ(set_state(7, 7, HEADER + AREA_AVX), -EIO);
    image.reserved[5] = 0;
    set_xen_guest_handle(op.u.vcpuextstate.buffer, (uint64_t *)HV_START);
    CHECK_EQ(domain_op(XEN_DOMCTL_setvcpuextstate, s.id, &op), -EFAULT);
    op.u.vcpuextstate.xfeature_mask = mask;
    op.u.vcpuextstate.size = size_max;
    CHECK_EQ(domain_op(XEN_DOMCTL_getvcpuextstate, s.id, &op), -EFAULT);
}

static void fill_image(void)
{
    memset(&image, 0, sizeof(image));
    image.legacy[0] = 0x7f; /* FCW */
    image.legacy[1] = 3;
    image.legacy[24] = 0x80; /* MXCSR */
    image.legacy[25] = 0x1f;
    memset(image.legacy + 160, 0x5a, 16);
    image.ymm_high[0] = 0x1122334455667788;
    image.ymm_high[1] = 0x99aabbccddeeff00;
    image.xstate_bv = 7;
}

static void check_state_kept(void)
{
    fill_image();
    CHECK_EQ(set_state(7, 7, HEADER + AREA_AVX), 0);
    CHECK_EQ(get_state(0), 0);
    CHECK_EQ(op.u.vcpuextstate.size, HEADER + AREA_AVX);
    CHECK_EQ(state(XEN_DOMCTL_getvcpuextstate, 0, mask, HEADER + AREA_AVX), 0);
    CHECK_EQ(state(XEN_DOMCTL_getvcpuextstate, 0, mask, HEADER + AREA_AVX - 1),
             -EINVAL);
    CHECK_EQ(image.xcr0, 7);
    CHECK_EQ(image.accumulated, 7);
    CHECK_EQ(image.xstate_bv, 7);
    CHECK_EQ(image.xcomp_bv | image.reserved[0] | image.reserved[5], 0);
    CHECK_EQ(image.legacy[160], 0x5a);
    CHECK_EQ(image.ymm_high[1], 0x99aabbccddeeff00);
    CHECK_EQ(image.rest[0], 0xee);        /* nothing behind its end */
    CHECK_EQ(set_state(0, 0, HEADER), 0); /* changes nothing */
    CHECK_EQ(get_state(0), 0);
    CHECK_EQ(image.xcr0, 7);
}

/* ------------------------------------------------------------------ MSRs */

static struct xen_domctl_vcpu_msr msrs[8];

static long msr(unsigned cmd, unsigned vcpu, unsigned n)
{
    memset(&op, 0, sizeof(op));
    op.u.vcpu_msrs.vcpu = vcpu;
    op.u.vcpu_msrs.msr_count = n;
    set_xen_guest_handle(op.u.vcpu_msrs.msrs, msrs);
    return domain_op(cmd, s.id, &op);
}

static long set_msr(uint32_t index, uint32_t reserved, uint64_t value)
{
    msrs[0] = (struct xen_domctl_vcpu_msr){index, reserved, value};
    return msr(XEN_DOMCTL_set_vcpu_msrs, 0, 1);
}

static void check_msrs(void)
{
    memset(&op, 0, sizeof(op));
    CHECK_EQ(domain_op(XEN_DOMCTL_get_vcpu_msrs, s.id, &op), 0);
    CHECK_EQ(op.u.vcpu_msrs.msr_count, 7);
    CHECK_EQ(msr(XEN_DOMCTL_get_vcpu_msrs, 0, 8), 0);
    CHECK_EQ(op.u.vcpu_msrs.msr_count, 0); /* all are zero */
    CHECK_EQ(set_msr(TSC_AUX, 0, 0x12345678), 0);
    CHECK_EQ(msr(XEN_DOMCTL_get_vcpu_msrs, 0, 1), 0);
    CHECK_EQ(op.u.vcpu_msrs.msr_count, 1);
    CHECK_EQ(msrs[0].index, TSC_AUX);
    CHECK_EQ(msrs[0].value, 0x12345678);
    CHECK_EQ(msr(XEN_DOMCTL_get_vcpu_msrs, 0, 0), -ENOBUFS);
    CHECK_EQ(op.u.vcpu_msrs.msr_count, 1);
    CHECK_EQ(msr(XEN_DOMCTL_get_vcpu_msrs, 2, 1), -ESRCH);
    CHECK_EQ(msr(XEN_DOMCTL_set_vcpu_msrs, 2, 0), -ESRCH);
    CHECK_EQ(domain_op(XEN_DOMCTL_get_vcpu_msrs, 0, &op), -ESRCH);
    op.u.vcpu_msrs.vcpu = 0;
    CHECK_EQ(domain_op(XEN_DOMCTL_get_vcpu_msrs, 0, &op), -EINVAL);
    CHECK_EQ(domain_op(XEN_DOMCTL_set_vcpu_msrs, 0, &op), -EINVAL);
    CHECK_EQ(msr(XEN_DOMCTL_set_vcpu_msrs, 0, 8), -EINVAL);
    CHECK_EQ(op.u.vcpu_msrs.msr_count, 8);
    CHECK_EQ(msr(XEN_DOMCTL_set_vcpu_msrs, 0, ~0U), -EINVAL);
}

static void check_msrs_refused(void)
{
    static const uint32_t others[] = {0x10,       0x48,       0x1b,
                                      0xc0000080, 0xc0000100, 0xc0000102,
                                      0xc0011027, 0xd90,      0xda0};

    CHECK_EQ(set_msr(TSC_AUX, 0, 1UL << 32), -EINVAL);
    CHECK_EQ(op.u.vcpu_msrs.msr_count, 0);
    CHECK_EQ(set_msr(TSC_AUX, 1, 5), -EINVAL);
    CHECK_EQ(set_msr(0x140, 0, 0), 0);
    CHECK_EQ(set_msr(0x140, 0, 1), -EINVAL);
    for (unsigned i = 0; i < ARRAY_SIZE(others); i++)
        CHECK_EQ(set_msr(others[i], 0, 0), -EINVAL);
    /* Those before the bad one are set. */
    msrs[0] = (struct xen_domctl_vcpu_msr){TSC_AUX, 0, 6};
    msrs[1] = (struct xen_domctl_vcpu_msr){TSC_AUX, 0, 1UL << 40};
    CHECK_EQ(msr(XEN_DOMCTL_set_vcpu_msrs, 0, 2), -EINVAL);
    CHECK_EQ(op.u.vcpu_msrs.msr_count, 1);
    CHECK_EQ(msr(XEN_DOMCTL_get_vcpu_msrs, 0, 1), 0);
    CHECK_EQ(msrs[0].value, 6);
    set_xen_guest_handle(op.u.vcpu_msrs.msrs,
                         (struct xen_domctl_vcpu_msr *)HV_START);
    CHECK_EQ(domain_op(XEN_DOMCTL_get_vcpu_msrs, s.id, &op), -EFAULT);
    op.u.vcpu_msrs.msr_count = 1;
    CHECK_EQ(domain_op(XEN_DOMCTL_set_vcpu_msrs, s.id, &op), -EFAULT);
    CHECK_EQ(op.u.vcpu_msrs.msr_count, 0);
}

/* ------------------------------------------------------------- log dirty */

static long shadow(unsigned id, unsigned what, unsigned mode)
{
    memset(&op, 0, sizeof(op));
    op.u.shadow_op.op = what;
    op.u.shadow_op.mode = mode;
    return domain_op(XEN_DOMCTL_shadow_op, id, &op);
}

static void check_no_log(void)
{
    CHECK_EQ(shadow(s.id, XEN_DOMCTL_SHADOW_OP_OFF, 0), -EINVAL);
    CHECK_EQ(shadow(s.id, XEN_DOMCTL_SHADOW_OP_ENABLE_TEST, 0), -EINVAL);
    CHECK_EQ(shadow(s.id, XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY, 0),
             -EOPNOTSUPP);
    CHECK_EQ(shadow(s.id, XEN_DOMCTL_SHADOW_OP_ENABLE, 0), -EINVAL);
    CHECK_EQ(shadow(s.id, XEN_DOMCTL_SHADOW_OP_ENABLE,
                    XEN_DOMCTL_SHADOW_ENABLE_LOG_DIRTY),
             -EOPNOTSUPP);
    CHECK_DIFFERS(shadow(s.id, XEN_DOMCTL_SHADOW_OP_CLEAN, 0), -EINVAL, 0);
    CHECK_EQ(shadow(s.id, XEN_DOMCTL_SHADOW_OP_PEEK, 2), -EINVAL);
    CHECK_EQ(shadow(s.id, XEN_DOMCTL_SHADOW_OP_GET_ALLOCATION, 0), -EINVAL);
    CHECK_EQ(shadow(s.id, 99, 0), -EINVAL);
    CHECK_EQ(shadow(0, XEN_DOMCTL_SHADOW_OP_OFF, 0), -EINVAL);
    CHECK_EQ(shadow(s.id + 9, XEN_DOMCTL_SHADOW_OP_OFF, 0), -ESRCH);
}

/* --------------------------------------------------------------- it runs */

static volatile uint64_t seen[5];

static uint64_t read_xmm0(uint64_t *high)
{
    uint64_t ymm[4];

    __asm__ volatile("vmovups %%ymm0, %0" : "=m"(ymm));
    high[0] = ymm[2];
    high[1] = ymm[3];
    return ymm[0];
}

static void look(void)
{
    uint32_t low, high, aux;
    uint64_t upper[2];

    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    CHECK_EQ(low, 7);
    CHECK_EQ(read_xmm0(upper), 0x5a5a5a5a5a5a5a5a);
    CHECK_EQ(upper[0], 0x1122334455667788);
    CHECK_EQ(upper[1], 0x99aabbccddeeff00);
    __asm__ volatile("rdtscp" : "=a"(low), "=d"(high), "=c"(aux));
    CHECK_EQ(aux, 0x4321);
    /* The maker waits for this, and gives the context again. */
    seen[0] = 1;
    while (seen[0] != 2)
        yield();
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    CHECK_EQ(low, 7);
}

static long context(unsigned cmd, struct vcpu_guest_context *ctx)
{
    memset(&op, 0, sizeof(op));
    set_xen_guest_handle(op.u.vcpucontext.ctxt, ctx);
    return domain_op(cmd, s.id, &op);
}

static void check_running(void)
{
    struct vcpu_guest_context *ctx;
    volatile uint64_t *there;

    sibling_make(&s, 1, look);
    ctx = sibling_context(&s);
    ctx->ctrlreg[4] = 1UL << 18; /* OSXSAVE */
    REQUIRE_EQ(context(XEN_DOMCTL_setvcpucontext, ctx), 0);
    fill_image();
    CHECK_EQ(set_state(7, 7, HEADER + AREA_AVX), 0);
    CHECK_EQ(set_msr(TSC_AUX, 0, 0x4321), 0);
    sibling_unpause(&s);
    there = sibling_at(&s, seen);
    CHECK(EVENTUALLY(*there == 1));
    CHECK_EQ(get_state(0), 0);
    CHECK_EQ(image.xcr0, 7);
    CHECK_EQ(image.ymm_high[0], 0x1122334455667788);
    /* As one does whose saving failed. */
    CHECK_EQ(domain_do(XEN_DOMCTL_pausedomain, s.id), 0);
    CHECK_EQ(context(XEN_DOMCTL_getvcpucontext, ctx), 0);
    CHECK_EQ(context(XEN_DOMCTL_setvcpucontext, ctx), 0);
    CHECK_EQ(domain_do(XEN_DOMCTL_unpausedomain, s.id), 0);
    *there = 2;
    foreign_unmap((void *)(uint64_t)there);
    CHECK_EQ(sibling_wait(&s), SHUTDOWN_poweroff);
    domain_destroy(s.id);
}

void test(void)
{
    s.id = domain_new(2, 64);
    check_callbacks();
    check_callbacks_hostile();
    check_sizes();
    check_states_refused();
    check_state_kept();
    check_msrs();
    check_msrs_refused();
    check_no_log();
    domain_destroy(s.id);
    check_running();
}
