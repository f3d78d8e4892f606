/*
 * The bases of FS and of both GS can be set by hypercall and by MSR, to any
 * canonical address; GS changes places on the way to user mode and back; a
 * selector that cannot be loaded for the user is null.
 */
#include "guest.h"

static uint64_t area[2] = {0x1111, 0x2222};

static uint64_t read_gs(void)
{
    uint64_t value;

    __asm__ volatile("mov %%gs:0, %0" : "=r"(value));
    return value;
}

static uint64_t read_fs(void)
{
    uint64_t value;

    __asm__ volatile("mov %%fs:0, %0" : "=r"(value));
    return value;
}

ASM_FUNCTION(user_gs, "mov %gs:0, %rax; mov %gs, %ebx; syscall");

static void by_hypercall(void)
{
    CHECK_EQ(set_segment_base(SEGBASE_FS, &area[1]), 0);
    CHECK_EQ(read_fs(), 0x2222);
    CHECK_EQ(set_segment_base(SEGBASE_GS_KERNEL, &area[0]), 0);
    CHECK_EQ(read_gs(), 0x1111);
    CHECK_EQ(rdmsr(0xc0000101), (uint64_t)&area[0]);
    CHECK_EQ(set_segment_base(SEGBASE_GS_USER, &area[1]), 0);
    CHECK_EQ(rdmsr(0xc0000102), (uint64_t)&area[1]);
    CHECK_EQ(read_gs(), 0x1111);
}

static void bad_arguments(void)
{
    CHECK_EQ(set_segment_base(SEGBASE_FS, 0x800000000000), -EINVAL);
    CHECK_EQ(set_segment_base(SEGBASE_GS_KERNEL, 1UL << 63), -EINVAL);
    CHECK_EQ(set_segment_base(SEGBASE_GS_USER, 1UL << 63), -EINVAL);
    CHECK_EQ(set_segment_base(4, 0), -EINVAL);
    /* An address of the hypervisor is only a number. */
    CHECK_EQ(set_segment_base(SEGBASE_FS, HV_END - 8), 0);
    CHECK_EQ(set_segment_base(SEGBASE_FS, 0), 0);
}

static void for_the_user(void)
{
    struct frame start = user_start(user_gs);
    const struct frame *f;

    user_init();
    f = user_run(&start);
    CHECK_EQ(f->vector, VECTOR_SYSCALL);
    CHECK_EQ(f->rax, 0x2222);
    CHECK_EQ(read_gs(), 0x1111);

    CHECK_EQ(set_segment_base(SEGBASE_GS_USER_SEL, SS_KERNEL), 0);
    CHECK_EQ(read_gs(), 0x1111);
    CHECK_EQ(set_segment_base(SEGBASE_GS_USER_SEL, 0x1234), 0);
    CHECK_EQ(set_segment_base(SEGBASE_GS_USER, &area[1]), 0);
    f = user_run(&start);
    CHECK_EQ(f->rax, 0x2222);
    CHECK_EQ(f->rbx, 0);
}

void test(void)
{
    by_hypercall();
    wrmsr(0xc0000101, (uint64_t)&area[1]);
    CHECK_EQ(read_gs(), 0x2222);
    wrmsr(0xc0000101, (uint64_t)&area[0]);
    wrmsr(0xc0000100, (uint64_t)&area[0]);
    CHECK_EQ(read_fs(), 0x1111);
    bad_arguments();
    for_the_user();
}
