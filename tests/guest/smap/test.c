/*
 * With SMAP the hypervisor reads and writes a guest's memory where it means to,
 * whatever AC the guest set: in hypercalls, bounce frames, the fast ways in and
 * out, emulation and runstate areas; and handlers start with AC clear.
 */
/* not-as-guest: no dom0 runs with SMAP in QEMU 7.2 */
/* cpu: max */
/* hv-args: smap=yes */
#include "guest.h"

ASM_FUNCTION(user_syscall, "mov $17, %eax; syscall");
ASM_FUNCTION(user_fault, "mov 0x1000, %eax");
ASM_FUNCTION(kernel_ud2, "pushfq; orq $0x40000, (%rsp); popfq; ud2");

static uint64_t flags_in_handler;

static bool note_flags(struct frame *f)
{
    (void)f;
    __asm__ volatile("pushfq; popq %0" : "=r"(flags_in_handler));
    return false;
}

static void set_ac(bool on)
{
    if (on)
        __asm__ volatile("pushfq; orq $0x40000, (%%rsp); popfq" ::: "memory");
    else
        __asm__ volatile("pushfq; andq $~0x40000, (%%rsp); popfq" ::: "memory");
}

static void hypercalls(void)
{
    static xen_extraversion_t text __aligned(8);
    struct vcpu_register_runstate_memory_area area = {0};
    static struct vcpu_runstate_info runstate;
    uint64_t *page = page_alloc();

    CHECK_EQ(xen_version(XENVER_extraversion, text), 0);
    CHECK(text[0] != 0);
    CHECK_EQ(xen_version(XENVER_extraversion, 0x1000), -EFAULT);
    CHECK_EQ(xen_version(XENVER_extraversion, HV_START), -EFAULT);
    area.addr.v = &runstate;
    CHECK_EQ(vcpu_op(VCPUOP_register_runstate_memory_area, 0, &area), 0);
    CHECK_EQ(sched_op(SCHEDOP_yield, NULL), 0);
    CHECK_EQ(runstate.state, RUNSTATE_running);
    CHECK_EQ(page_protect(page, false), 0);
    CHECK_EQ(pin(1, page), 0);
    CHECK_EQ(try_write(page, pte_make(va_to_mfn(page), PTE_RO_FLAGS)),
             NO_FAULT);
    CHECK_EQ(pte_mfn(*page), va_to_mfn(page));
    CHECK_EQ(cpuid_forced(0x40000000, 0).b, 0x566e6558);
    CHECK_EQ(unpin(page), 0);
}

static void user(uint64_t flags)
{
    struct frame start = user_start(user_syscall);

    start.rflags |= flags;
    CHECK_EQ(user_run(&start)->vector, VECTOR_SYSCALL);
    CHECK_EQ(flags_in_handler & RFLAGS_AC, 0);
    start.rip = (uint64_t)user_fault;
    CHECK_EQ(user_run(&start)->vector, VECTOR_PF);
    CHECK_EQ(flags_in_handler & RFLAGS_AC, 0);
    CHECK_EQ(last_fault()->fault.rflags & RFLAGS_AC, flags);
}

void test(void)
{
    CHECK_EQ(vm_assist(VMASST_CMD_enable, VMASST_TYPE_writable_pagetables), 0);
    user_init();
    trap_set_hook(VECTOR_PF, note_flags);
    trap_set_hook(VECTOR_SYSCALL, note_flags);
    trap_set_hook(VECTOR_UD, note_flags);
    hypercalls();
    set_ac(true);
    hypercalls();
    set_ac(false);
    user(0);
    user(RFLAGS_AC);
    CHECK_EQ(catch_code(kernel_ud2)->rflags & RFLAGS_AC, RFLAGS_AC);
    CHECK_EQ(flags_in_handler & RFLAGS_AC, 0);
}
