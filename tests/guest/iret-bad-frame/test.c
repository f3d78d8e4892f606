/*
 * An iret to what the CPU refuses becomes an exception of the guest's kernel
 * with the refused context in its frame: bad code and stack selectors, a rip
 * that is not canonical. None of it stops the machine.
 */
#include "guest.h"

static void nowhere(void)
{
    __asm__ volatile("ud2");
}

static const struct frame *go(uint64_t rip, uint64_t cs, uint64_t ss,
                              uint64_t rsp)
{
    struct frame start = user_start(nowhere);

    start.rip = rip;
    start.cs = cs;
    start.ss = ss;
    start.rsp = rsp;
    return user_run(&start);
}

static void selectors(uint64_t rip, uint64_t rsp)
{
    const struct frame *f;

    /* Nothing there, a data segment, the TSS, null. */
    f = go(rip, 0x10, SS_KERNEL, rsp);
    CHECK_EQ(f->vector, VECTOR_GP);
    CHECK_EQ(f->error, 0x10);
    f = go(rip, 0x13, SS_KERNEL, rsp);
    CHECK_EQ(f->vector, VECTOR_GP);
    CHECK_EQ(f->error, 0x10);
    CHECK_EQ(f->rip, rip);
    CHECK_EQ(f->cs & 0xffff, 0x13);
    f = go(rip, SS_KERNEL, SS_KERNEL, rsp);
    CHECK_EQ(f->vector, VECTOR_GP);
    CHECK_EQ(f->error, SS_KERNEL & ~3);
    f = go(rip, 3, SS_KERNEL, rsp);
    CHECK_EQ(f->vector, VECTOR_GP);
    CHECK_EQ(f->error, 0);
    f = go(rip, CS_KERNEL, 0x1b, rsp);
    CHECK_EQ(f->vector, VECTOR_GP);
    CHECK_EQ(f->error, 0x18);
    f = go(rip, CS_KERNEL, CS_KERNEL, rsp);
    CHECK_EQ(f->vector, VECTOR_GP);
    CHECK_EQ(f->error, CS_KERNEL & ~3);
    f = go(rip, 0x17, SS_KERNEL, rsp);
    CHECK_EQ(f->vector, VECTOR_GP);
    CHECK_EQ(f->error, 0x14);
}

static void addresses(uint64_t rip, uint64_t rsp)
{
    const struct frame *f;

    f = go(0x800000000000, CS_KERNEL, SS_KERNEL, rsp);
    CHECK_EQ(f->vector, VECTOR_GP);
    CHECK_EQ(f->rip, 0x800000000000);
    CHECK_EQ(f->rsp, rsp);
    f = go(HV_START, CS_KERNEL, SS_KERNEL, rsp);
    CHECK_EQ(f->vector, VECTOR_PF);
    CHECK_EQ(last_fault()->fault_cr2, HV_START);
    /* The stack is not looked at before it is used. */
    f = go(rip, CS_KERNEL, SS_KERNEL, 0x800000000000);
    CHECK_EQ(f->vector, VECTOR_UD);
    CHECK_EQ(f->rsp, 0x800000000000);
}

void test(void)
{
    uint64_t rip = (uint64_t)nowhere;
    uint64_t rsp = user_start(nowhere).rsp;

    events_init();
    user_init();
    for (const uint8_t *p = (void *)rip; p[0] != 0x0f || p[1] != 0x0b; p++)
        rip++;
    selectors(rip, rsp);
    addresses(rip, rsp);
    CHECK_EQ(go(rip, CS_KERNEL, SS_KERNEL, rsp)->vector, VECTOR_UD);
}
