/*
 * An exception of user mode pushes its frame on the stack of stack_switch,
 * with the user's own selectors and ring 3, IF always set, and the kernel's
 * event mask beside cs; user mode cannot be entered with events masked.
 */
#include "guest.h"

__asm__("user_code:\n"
        "    mov $0x1111, %ecx\n"
        "    mov $0x2222, %r11d\n"
        "user_rip:\n"
        "    ud2\n");
void user_code(void);
extern char user_rip[];

static void check_frame(const struct frame *f, const struct frame *start)
{
    CHECK_EQ(f->vector, VECTOR_UD);
    CHECK_EQ(f->rcx, 0x1111);
    CHECK_EQ(f->r11, 0x2222);
    CHECK_EQ(f->rbx, start->rbx);
    CHECK_EQ(f->r15, start->r15);
    CHECK_EQ(f->rip, (uint64_t)user_rip);
    CHECK_EQ(f->cs, CS_KERNEL);
    CHECK_EQ(f->ss, SS_KERNEL);
    CHECK_EQ(f->rsp, start->rsp);
    CHECK_EQ(f->rflags & (RFLAGS_IF | RFLAGS_IOPL | RFLAGS_CF),
             RFLAGS_IF | RFLAGS_CF);
    CHECK_EQ(last_fault()->fault_sp, (uint64_t)last_fault() + TRAP_STACK - 56);
}

static void page_fault(struct frame start)
{
    const struct frame *f;

    start.rip = 0x123456789000;
    f = user_run(&start);
    CHECK_EQ(f->vector, VECTOR_PF);
    CHECK_EQ(f->rip, 0x123456789000);
    CHECK_EQ(last_fault()->fault_cr2, 0x123456789000);
    CHECK_EQ(f->error & ~PF_I, PF_U);
    CHECK_EQ(last_fault()->fault_sp, (uint64_t)last_fault() + TRAP_STACK - 64);
}

void test(void)
{
    struct frame start = user_start(user_code);

    events_init();
    user_init();
    start.rbx = 0x123456789abcdef;
    start.r15 = 0xfedcba987654321;
    start.rflags |= RFLAGS_CF;
    check_frame(user_run(&start), &start);
    CHECK_EQ(last_fault()->fault_mask, 0);
    page_fault(start);

    /* A stack that is not aligned is used from the multiple of 16 below. */
    CHECK_EQ(stack_switch(SS_KERNEL, (uint64_t)last_fault() + TRAP_STACK + 15),
             0);
    check_frame(user_run(&start), &start);

    /* Only IF of the frame tells whether events are masked. */
    start.rflags &= ~RFLAGS_IF;
    CHECK_EQ(user_run(&start)->cs, CS_KERNEL | 1UL << 32);
    CHECK_EQ(last_fault()->fault.rflags & RFLAGS_IF, 0);
}
