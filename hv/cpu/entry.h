/*
 * cpu/entry.h - what entry.S touches of a vcpu: the first member of struct
 * vcpu. Shared by C and assembly. Layer: cpu.
 */
#ifndef CPU_ENTRY_H
#define CPU_ENTRY_H

/* Offsets in struct vcpu_entry (checked in cpu/traps.c). */
#define VCPU_kernel_cr3      0
#define VCPU_user_cr3        8
#define VCPU_kernel_sp       16
#define VCPU_syscall_ip      24
#define VCPU_pf_ip           32
#define VCPU_info            40
#define VCPU_mode            48
#define VCPU_user_mode       49
#define VCPU_exit_work       50
#define VCPU_iret_work       51 /* tested together with exit_work */
#define VCPU_io_kernel       52
#define VCPU_kernel_exit_cr3 56 /* these two for isolation.S */
#define VCPU_user_exit_cr3   64
#define VCPU_kernel_ss       72

/* More than any frame that is pushed at once to the kernel's stack. */
#define STACK_FRAME_MAX 128

/* Values of mode. Only in MODE_USER may entry.S bounce by itself: the syscall
 * callback and the #PF handler then exist and start with events masked. */
#define MODE_USER      0 /* in guest user mode, fast paths allowed */
#define MODE_USER_SLOW 1 /* in guest user mode, C must look */
#define MODE_KERNEL    2 /* in guest kernel mode: syscall is a hypercall */
#define MODE_BAD_STACK 3 /* a bounce found no kernel stack: a crash follows */

/* Offsets in struct stack_top. */
#define STACK_vcpu     0
#define STACK_cpu      8
#define STACK_tss      16
#define STACK_TOP_SIZE 32
#define STACK_MASK     16383

/* struct cpu */
#define CPU_stub_data   40
#define CPU_flush_clock 48

/* struct cpu_regs */
#define REGS_rbx    40
#define REGS_r10    56
#define REGS_r9     64
#define REGS_r8     72
#define REGS_rax    80
#define REGS_rdx    96
#define REGS_rsi    104
#define REGS_rdi    112
#define REGS_error  120
#define REGS_vector 124
#define REGS_rip    128
#define REGS_cs     136
#define REGS_rflags 144
#define REGS_rsp    152
#define REGS_ss     160
#define REGS_SIZE   168

/* entry_vector of a frame that came by `syscall` and may leave by `sysret`. */
#define ENTRY_SYSCALL 0xffffffff
/* The same with an error code, as a push can make it. */
#define ENTRY_SYSCALL_WORD (-1)

/* Hypercalls that syscall.S serves itself. */
#define HYPERCALL_stack_switch     3
#define HYPERCALL_iret             23
#define HYPERCALL_set_segment_base 25

/* Numbers below this have a handler, if only one that says -ENOSYS. */
#define HYPERCALLS 64

/* Bits 63-43 of every address of the hypervisor's range. */
#define HV_RANGE_TOP 0x1ffff0

#define TSS_iomap_base 102
#define TSS_IOMAP_NONE 0xffff

/* Offsets in struct vcpu_info of the ABI. */
#define INFO_pending 0
#define INFO_mask    1
#define INFO_cr2     16

/* Selectors: the ABI's flat ones for guests, ours above them. */
#define SEL_USER32_CS 0xe023
#define SEL_GUEST_SS  0xe02b
#define SEL_GUEST_CS  0xe033
#define SEL_HV_CS     0xe008
#define SEL_HV_DS     0xe010
#define SEL_TSS       0xe040
#define SEL_LDT       0xe050

#ifndef __ASSEMBLER__
#include "lib/types.h"

struct vcpu_info;

struct vcpu_entry {
    uint64_t kernel_cr3; /* CR3 value of the guest's kernel L4 */
    uint64_t user_cr3;   /* of its user L4; 0: none */
    uint64_t kernel_sp;  /* stack for bounces from user mode, 16-aligned */
    uint64_t syscall_ip; /* syscall callback, 0: none */
    uint64_t pf_ip;      /* handler of #PF, 0: none */
    struct vcpu_info *info;
    uint8_t mode;
    uint8_t user_mode;  /* what mode becomes: MODE_USER or _SLOW */
    uint8_t exit_work;  /* C must run before the next return to the guest */
    uint8_t iret_work;  /* C must see the next iret (NMI unmasking) */
    uint16_t io_kernel; /* TSS I/O map base while in guest kernel mode */
    /* What is loaded for the guest where guests are isolated. */
    uint64_t kernel_exit_cr3, user_exit_cr3;
    uint64_t kernel_ss; /* goes with kernel_sp */
};
#endif

#endif
