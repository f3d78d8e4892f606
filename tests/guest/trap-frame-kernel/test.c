/*
 * An exception of kernel mode pushes exactly rcx, r11, (error code), rip, cs
 * with ring 0 and the event mask, rflags with the mask's opposite in IF, rsp,
 * ss on the stack in use, aligned down to 16; the handler starts with the flat
 * selectors, and all other registers as they were.
 */
#include "guest.h"

/* A stack 8 below a multiple of 16, values in registers, flags, ud2. */
__asm__("fault_with_values:\n"
        "    mov %rsp, %rbp\n"
        "    and $~15, %rsp\n"
        "    sub $8, %rsp\n"
        "    mov %rsp, fault_rsp(%rip)\n"
        "    mov $0x1111, %ecx\n"
        "    mov $0x2222, %r11d\n"
        "    mov $0x3333, %r15d\n"
        "    mov $0x4444, %eax\n"
        "    std\n"
        "    stc\n"
        "fault_rip:\n"
        "    ud2\n");
void fault_with_values(void *arg);
extern char fault_rip[];
uint64_t fault_rsp;

static void check_frame(uint8_t mask)
{
    const struct cpu *c = last_fault();
    const struct frame *f = &c->fault;

    CHECK_EQ(f->rcx, 0x1111);
    CHECK_EQ(f->r11, 0x2222);
    CHECK_EQ(f->r15, 0x3333);
    CHECK_EQ(f->rax, 0x4444);
    CHECK_EQ(f->rip, (uint64_t)fault_rip);
    CHECK_EQ(f->cs, (CS_KERNEL & ~3UL) | (uint64_t)mask << 32);
    CHECK_EQ(f->rflags & (RFLAGS_CF | RFLAGS_DF | RFLAGS_MBS),
             RFLAGS_CF | RFLAGS_DF | RFLAGS_MBS);
    CHECK_EQ(f->rflags & RFLAGS_IF, mask ? 0 : RFLAGS_IF);
    CHECK_EQ(f->rflags & (RFLAGS_IOPL | RFLAGS_TF), 0);
    CHECK_EQ(f->rsp, fault_rsp);
    CHECK_EQ(f->ss, SS_KERNEL);
    /* Seven words below the aligned stack pointer. */
    CHECK_EQ(c->fault_sp, (fault_rsp & ~15UL) - 56);
    CHECK_EQ(c->fault_mask, mask);
}

static void with_error_code(void *arg)
{
    (void)arg;
    __asm__ volatile("mov %0, %%ds" : : "r"(0x1234));
}

static bool stop_event(struct frame *f)
{
    (void)f;
    return true;
}

void test(void)
{
    const struct frame *f;

    events_init();
    REQUIRE(catch_fault(fault_with_values, NULL));
    check_frame(1);
    events_unmask();
    REQUIRE(catch_fault(fault_with_values, NULL));
    check_frame(0);

    /* Registered with TI_SET_IF, it starts with events masked. */
    trap_table[VECTOR_UD].flags |= 4;
    CHECK_EQ(set_trap_table(&trap_table[VECTOR_UD]), 0);
    REQUIRE(catch_fault(fault_with_values, NULL));
    CHECK_EQ(last_fault()->fault_mask, 1);
    CHECK_EQ(FRAME_MASK(&last_fault()->fault), 0);
    /* And iret took the mask back. */
    CHECK_EQ(vcpu_info(0)->evtchn_upcall_mask, 0);

    f = catch_fault(with_error_code, NULL);
    REQUIRE(f);
    CHECK_EQ(f->vector, VECTOR_GP);
    CHECK_EQ(f->error, 0x1234);
    CHECK_EQ(last_fault()->fault_sp % 16, 0);
    trap_set_hook(VECTOR_EVENT, stop_event);
}
