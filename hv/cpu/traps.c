/*
 * cpu/traps.c - C's side of entry.S: who handles which trap. Layer: cpu.
 */
#include "cpu/traps.h"
#include "cpu/cpu.h"
#include "cpu/entry.h"
#include "lib/layout.h"

#define CHECK_OFFSET(type, member, value)                                      \
    _Static_assert(offsetof(type, member) == (value), #member)

CHECK_OFFSET(struct vcpu_entry, kernel_cr3, VCPU_kernel_cr3);
CHECK_OFFSET(struct vcpu_entry, user_cr3, VCPU_user_cr3);
CHECK_OFFSET(struct vcpu_entry, kernel_sp, VCPU_kernel_sp);
CHECK_OFFSET(struct vcpu_entry, syscall_ip, VCPU_syscall_ip);
CHECK_OFFSET(struct vcpu_entry, pf_ip, VCPU_pf_ip);
CHECK_OFFSET(struct vcpu_entry, info, VCPU_info);
CHECK_OFFSET(struct vcpu_entry, mode, VCPU_mode);
CHECK_OFFSET(struct vcpu_entry, exit_work, VCPU_exit_work);
CHECK_OFFSET(struct vcpu_entry, io_kernel, VCPU_io_kernel);
CHECK_OFFSET(struct vcpu_entry, kernel_exit_cr3, VCPU_kernel_exit_cr3);
CHECK_OFFSET(struct vcpu_entry, user_exit_cr3, VCPU_user_exit_cr3);
CHECK_OFFSET(struct vcpu_entry, kernel_ss, VCPU_kernel_ss);
CHECK_OFFSET(struct vcpu_entry, user_mode, VCPU_user_mode);
CHECK_OFFSET(struct vcpu_entry, iret_work, VCPU_iret_work);
CHECK_OFFSET(struct stack_top, vcpu, STACK_vcpu);
CHECK_OFFSET(struct stack_top, cpu, STACK_cpu);
CHECK_OFFSET(struct stack_top, tss, STACK_tss);
_Static_assert(sizeof(struct stack_top) == STACK_TOP_SIZE, "stack_top");
_Static_assert(STACK_SIZE - 1 == STACK_MASK, "STACK_MASK");
CHECK_OFFSET(struct cpu, softirq_pending, 0);
CHECK_OFFSET(struct cpu, stub_data, CPU_stub_data);
CHECK_OFFSET(struct cpu, flush_clock, CPU_flush_clock);
CHECK_OFFSET(struct cpu_regs, rax, REGS_rax);
CHECK_OFFSET(struct cpu_regs, rbx, REGS_rbx);
CHECK_OFFSET(struct cpu_regs, r10, REGS_r10);
CHECK_OFFSET(struct cpu_regs, r9, REGS_r9);
CHECK_OFFSET(struct cpu_regs, r8, REGS_r8);
CHECK_OFFSET(struct cpu_regs, rdx, REGS_rdx);
CHECK_OFFSET(struct cpu_regs, rsi, REGS_rsi);
CHECK_OFFSET(struct cpu_regs, rdi, REGS_rdi);
CHECK_OFFSET(struct cpu_regs, entry_vector, REGS_vector);
CHECK_OFFSET(struct cpu_regs, rip, REGS_rip);
CHECK_OFFSET(struct cpu_regs, cs, REGS_cs);
CHECK_OFFSET(struct cpu_regs, rflags, REGS_rflags);
CHECK_OFFSET(struct cpu_regs, rsp, REGS_rsp);
CHECK_OFFSET(struct cpu_regs, ss, REGS_ss);
_Static_assert(sizeof(struct cpu_regs) == REGS_SIZE, "cpu_regs");
_Static_assert(HV_VIRT_START >> 43 == HV_RANGE_TOP, "range");
_Static_assert((HV_VIRT_END - 1) >> 43 == HV_RANGE_TOP, "range");

struct extable_entry {
    uint64_t start, end, fixup;
};

extern const struct extable_entry extable_start[], extable_end[];

static trap_handler_fn *trap_handlers[32];
static void (*interrupt_handler)(uint8_t vector, struct cpu_regs *regs);
static void (*fatal_handler)(struct cpu_regs *regs);

void trap_register(uint8_t vector, trap_handler_fn *fn)
{
    trap_handlers[vector] = fn;
}

void interrupt_register(void (*fn)(uint8_t vector, struct cpu_regs *regs))
{
    interrupt_handler = fn;
}

void trap_register_fatal(void (*fn)(struct cpu_regs *regs))
{
    fatal_handler = fn;
}

static bool nmi_stops;

void trap_nmi_stops(void)
{
    WRITE_ONCE(nmi_stops, true);
}

static void stop_if_told(const struct cpu_regs *regs)
{
    while (unlikely(READ_ONCE(nmi_stops)) && regs->entry_vector == TRAP_NMI)
        __asm__ volatile("cli; hlt");
}

static void handle_interrupt(struct cpu_regs *regs)
{
    this_cpu()->irq_regs = regs;
    if (interrupt_handler)
        interrupt_handler((uint8_t)regs->entry_vector, regs);
}

void trap_from_guest(struct cpu_regs *regs)
{
    uint32_t vector = regs->entry_vector;

    stop_if_told(regs);
    if (vector >= 32)
        handle_interrupt(regs);
    else if (trap_handlers[vector])
        trap_handlers[vector](regs);
    else
        fatal_handler(regs);
}

static bool fix_up(struct cpu_regs *regs)
{
    for (const struct extable_entry *e = extable_start; e < extable_end; e++) {
        if (regs->rip < e->start || regs->rip >= e->end)
            continue;
        this_cpu()->fixed_vector = regs->entry_vector;
        this_cpu()->fixed_error = regs->error_code;
        regs->rip = e->fixup;
        return true;
    }
    return false;
}

/*
 * A data breakpoint that a guest set on its own stack, hit by our bounce, or
 * armed under MOV SS before `syscall`: the breakpoint is the guest's, so it is
 * simply passed over. Guests cannot set breakpoints on our addresses.
 */
static bool skip_debug_trap(struct cpu_regs *regs)
{
    if (regs->entry_vector != TRAP_DB)
        return false;
    regs->rflags &= ~X86_EFLAGS_TF;
    write_dr6(0xffff0ff0);
    return true;
}

void trap_from_hypervisor(struct cpu_regs *regs)
{
    stop_if_told(regs);
    if (regs->entry_vector >= 32)
        handle_interrupt(regs);
    else if ((regs->entry_vector == TRAP_NMI ||
              regs->entry_vector == TRAP_MC) &&
             trap_handlers[regs->entry_vector])
        trap_handlers[regs->entry_vector](regs);
    else if (!fix_up(regs) && !skip_debug_trap(regs))
        fatal_handler(regs);
}
