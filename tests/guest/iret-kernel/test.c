/*
 * The iret hypercall with ring 0 in cs stays in kernel mode, loads every
 * register of its frame, takes the event mask from IF, and clears IOPL and
 * what ring 3 may not have; kernel mode is ring 3 all the same.
 */
#include "guest.h"

static struct frame seen;
static uint64_t flags_seen;

__asm__("target:\n"
        "    pushfq\n"
        "    popq flags_there(%rip)\n"
        "    ud2\n");
void target(void);
uint64_t flags_there;

static struct frame start_with(uint64_t rflags)
{
    return (struct frame){
        .rip = (uint64_t)target,
        .cs = CS_KERNEL & ~3UL,
        .ss = SS_KERNEL & ~3UL,
        .rflags = rflags,
        .rsp = (uint64_t)user_stack + USER_STACK_SIZE - 8,
        .rax = 0xa1,
        .rbx = 0xb1,
        .rcx = 0xc1,
        .rdx = 0xd1,
        .rsi = 0xe1,
        .rdi = 0xf1,
        .rbp = 0x91,
        .r8 = 0x81,
        .r9 = 0x82,
        .r10 = 0x83,
        .r11 = 0x84,
        .r12 = 0x85,
        .r15 = 0x86,
    };
}

static void go(uint64_t rflags)
{
    struct frame f = start_with(rflags);

    seen = *user_run(&f);
    flags_seen = flags_there;
}

static void registers(void)
{
    struct frame f = start_with(0);

    CHECK_EQ(seen.vector, VECTOR_UD);
    CHECK_EQ(seen.rax, f.rax);
    CHECK_EQ(seen.rbx, f.rbx);
    CHECK_EQ(seen.rcx, f.rcx);
    CHECK_EQ(seen.rdx, f.rdx);
    CHECK_EQ(seen.rsi, f.rsi);
    CHECK_EQ(seen.rdi, f.rdi);
    CHECK_EQ(seen.rbp, f.rbp);
    CHECK_EQ(seen.rsp, f.rsp);
    CHECK_EQ(seen.r8, f.r8);
    CHECK_EQ(seen.r9, f.r9);
    CHECK_EQ(seen.r10, f.r10);
    CHECK_EQ(seen.r11, f.r11);
    CHECK_EQ(seen.r12, f.r12);
    CHECK_EQ(seen.r15, f.r15);
}

void test(void)
{
    events_init();
    go(RFLAGS_IF | RFLAGS_MBS);
    registers();
    CHECK_EQ(seen.cs, CS_KERNEL & ~3UL);
    CHECK_EQ(seen.ss, SS_KERNEL);
    CHECK_EQ(vcpu_info(0)->evtchn_upcall_mask, 0);

    go(RFLAGS_MBS);
    CHECK_EQ(seen.cs, (CS_KERNEL & ~3UL) | 1UL << 32);
    CHECK_EQ(vcpu_info(0)->evtchn_upcall_mask, 1);
    CHECK(flags_seen & RFLAGS_IF);

    go(RFLAGS_MBS | RFLAGS_IOPL | RFLAGS_CF | RFLAGS_DF);
    CHECK_EQ(flags_seen & (RFLAGS_IOPL | RFLAGS_CF | RFLAGS_DF),
             RFLAGS_CF | RFLAGS_DF);
    go(RFLAGS_MBS | RFLAGS_AC | RFLAGS_RF);
    CHECK_EQ(flags_seen & RFLAGS_AC, RFLAGS_AC);
    /* A bit that must be one, and those that must be zero. */
    go(0);
    CHECK_EQ(flags_seen & 0x802a, RFLAGS_MBS);
}
