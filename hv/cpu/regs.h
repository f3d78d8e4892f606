/*
 * cpu/regs.h - the registers a trap, interrupt or hypercall saves. Layer: cpu.
 * The order is that of xen_cpu_user_regs up to ss, and of the CPU's own frame.
 */
#ifndef CPU_REGS_H
#define CPU_REGS_H

#include "cpu/entry.h"
#include "lib/types.h"

struct cpu_regs {
    uint64_t r15, r14, r13, r12, rbp, rbx;
    uint64_t r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
    uint32_t error_code;
    uint32_t entry_vector; /* CPU vector, or ENTRY_SYSCALL */
    uint64_t rip;
    uint64_t cs;
    uint64_t rflags;
    uint64_t rsp;
    uint64_t ss;
};

#define X86_EFLAGS_MBS        (1UL << 1)
#define X86_EFLAGS_TF         (1UL << 8)
#define X86_EFLAGS_IF         (1UL << 9)
#define X86_EFLAGS_DF         (1UL << 10)
#define X86_EFLAGS_IOPL_SHIFT 12
#define X86_EFLAGS_IOPL       (3UL << X86_EFLAGS_IOPL_SHIFT)
#define X86_EFLAGS_NT         (1UL << 14)
#define X86_EFLAGS_RF         (1UL << 16)
#define X86_EFLAGS_VM         (1UL << 17)
#define X86_EFLAGS_AC         (1UL << 18)
#define X86_EFLAGS_VIF        (1UL << 19)
#define X86_EFLAGS_VIP        (1UL << 20)

#define TRAP_DE  0
#define TRAP_DB  1
#define TRAP_NMI 2
#define TRAP_BP  3
#define TRAP_OF  4
#define TRAP_BR  5
#define TRAP_UD  6
#define TRAP_NM  7
#define TRAP_DF  8
#define TRAP_TS  10
#define TRAP_NP  11
#define TRAP_SS  12
#define TRAP_GP  13
#define TRAP_PF  14
#define TRAP_MF  16
#define TRAP_AC  17
#define TRAP_MC  18
#define TRAP_XM  19
#define TRAP_CP  21

#define PF_PRESENT (1U << 0)
#define PF_WRITE   (1U << 1)
#define PF_USER    (1U << 2)
#define PF_RSVD    (1U << 3)
#define PF_INSN    (1U << 4)

#endif
