/*
 * XSETBV takes what XCR0 may be and refuses the rest; XGETBV and CPUID tell
 * what is on, the state goes with the vcpu, and user mode cannot change XCR0.
 */
/* cpu: max,-smap */
/* hv-args: dom0_max_vcpus=2 */
#include "guest.h"

#define CR4_OSXSAVE (1UL << 18)

static uint64_t xgetbv(void)
{
    uint32_t low, high;

    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low | (uint64_t)high << 32;
}

struct xcr {
    uint32_t number;
    uint64_t value;
};

static void do_xsetbv(void *arg)
{
    const struct xcr *x = arg;

    __asm__ volatile("xsetbv"
                     :
                     : "c"(x->number), "a"((uint32_t)x->value),
                       "d"((uint32_t)(x->value >> 32)));
}

static int xsetbv(uint32_t number, uint64_t value)
{
    struct xcr x = {number, value};

    return fault_of(do_xsetbv, &x);
}

ASM_FUNCTION(user_xsetbv, "xor %ecx, %ecx; mov $3, %eax; xor %edx, %edx;"
                          "xsetbv; syscall");

static void values(uint64_t all)
{
    static const uint64_t bad[] = {0,
                                   2,
                                   4,
                                   5,
                                   1 | 8,
                                   3 | 16,
                                   7 | 0x20,
                                   7 | 0x60,
                                   7 | 0xa0,
                                   1UL << 63 | 3,
                                   1UL << 62 | 3};

    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        CHECK_EQ(xsetbv(0, bad[i]), VECTOR_GP);
        CHECK_EQ(xgetbv(), 3);
    }
    CHECK_EQ(xsetbv(0, all | ~all), VECTOR_GP);
    CHECK_EQ(xsetbv(1, 3), VECTOR_GP);
    CHECK_EQ(xsetbv(~0U, 3), VECTOR_GP);
    CHECK_EQ(xsetbv(0, 7), NO_FAULT);
    CHECK_EQ(xgetbv(), 7);
    CHECK_EQ(cpuid_forced(0xd, 0).b, 576 + 256);
    CHECK_EQ(xsetbv(0, 3), NO_FAULT);
    CHECK_EQ(cpuid_forced(0xd, 0).b, 576);
    CHECK_EQ(xsetbv(0, all), NO_FAULT);
    CHECK_EQ(xgetbv(), all);
    CHECK_EQ(cpuid_forced(0xd, 0).b, cpuid_forced(0xd, 0).c);
}

static volatile uint64_t other_xcr0;

/* Its own XCR0 and registers, while the first vcpu waits. */
static void other_vcpu(void *arg)
{
    (void)arg;
    WRITE_CONTROL(cr4, READ_CONTROL(cr4) | CR4_OSXSAVE);
    CHECK_EQ(xsetbv(0, 3), NO_FAULT);
    __asm__ volatile("pcmpeqd %%xmm1, %%xmm1" : : : "memory");
    other_xcr0 = xgetbv();
    for (;;)
        sched_op(SCHEDOP_yield, NULL);
}

static void over_a_switch(uint64_t all)
{
    uint64_t half[4] = {0};

    __asm__ volatile("mov %0, %%rax; movq %%rax, %%xmm1;"
                     "vinsertf128 $1, %%xmm1, %%ymm1, %%ymm1"
                     :
                     : "i"(0x1234567)
                     : "rax");
    vcpu_launch(1, other_vcpu, NULL);
    while (!other_xcr0)
        sched_op(SCHEDOP_yield, NULL);
    CHECK_EQ(other_xcr0, 3);
    CHECK_EQ(xgetbv(), all);
    __asm__ volatile("vmovups %%ymm1, %0" : "=m"(half));
    CHECK_EQ(half[0], 0x1234567);
    CHECK_EQ(half[2], 0x1234567);
}

void test(void)
{
    uint64_t all = cpuid_forced(0xd, 0).a;
    struct frame start = user_start(user_xsetbv);

    CHECK_EQ(all & 7, 7);
    REQUIRE(cpuid_forced(1, 0).c & 1U << 26);
    CHECK_EQ(xsetbv(0, 3), VECTOR_UD);
    WRITE_CONTROL(cr4, READ_CONTROL(cr4) | CR4_OSXSAVE);
    CHECK_EQ(xsetbv(0, 3), NO_FAULT);
    values(all);
    user_init();
    CHECK_EQ(user_run(&start)->vector, VECTOR_GP);
    CHECK_EQ(xgetbv(), all);
    over_a_switch(all);
}
