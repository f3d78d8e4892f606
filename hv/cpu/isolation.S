/*
 * cpu/isolation.S - ways in and out where a guest's tables do not map us
 * (docs/security.md). Layer: cpu. Source: Intel SDM 3A 6.12, 6.14.
 *
 * While a guest runs, the tables in force map of us these pages, the CPU's stub
 * and its data page, IDT and TSS. Each gate here begins on a small stack in the
 * data page, loads the full tables, and goes on in entry.S on the vcpu's stack,
 * as if the gate had been entry.S's. The last instructions of each exit are
 * made jumps to here (PATCH_ID_SYSRET, PATCH_ID_IRETQ). The data page is found
 * by the stack pointer; ISO_* are offsets in it (cpu/isolation.h).
 *
 * NMI, #DB, #MC and #DF may come between any two instructions, with either
 * tables in force. ISO_exit_cr3 tells: it is the value of CR3 while it is not
 * the full tables'.
 */
#include "cpu/entry_macros.h"
#include "cpu/isolation.h"

    .section .text.isolation, "ax", @progbits
    .balign 4096
    .globl isolation_start, isolation_gates, isolation_end
isolation_start:

isolation_gates:
    GATES isolated_ist, isolated_trap

/* rax is the data page: the full tables are in force behind this. */
    .macro LOAD_FULL scratch
    mov ISO_full_cr3(%rax), \scratch
    mov \scratch, %cr3
    .endm

/* error, rip, cs, rflags, rsp and ss, which are above two words at \from. */
    .macro PUSH_FRAME from
    .irp at, 56, 48, 40, 32, 24, 16
    pushq \at(\from)
    .endr
    .endm

/* ----------------------------------------------------------------- entry --
 * error, rip, cs, rflags, rsp, ss, upwards, at the end of the data page.
 */
    .balign 64
isolated_trap:
    testb $3, 16(%rsp)
    jz isolated_trap_own
    push %rax
    push %rbx
    mov %rsp, %rax
    and $-4096, %rax
    LOAD_FULL %rbx
    movq $0, ISO_exit_cr3(%rax)
    mov %rsp, %rbx
    mov ISO_stack_top(%rax), %rsp
isolated_go_on:
    PUSH_FRAME %rbx
    mov 8(%rbx), %rax
    mov (%rbx), %rbx
    cmpb $14, 4(%rsp)
    jne trap_common
    jmp page_fault_entry

/* We were interrupted ourselves: on a stack of our own already, unless it was
 * the last iretq to the guest that faulted. */
isolated_trap_own:
    push %rax
    lea isolated_iretq_at(%rip), %rax
    cmp %rax, 16(%rsp)
    pop %rax
    jne trap_common

/* As if the iretq of entry.S had faulted: its frame is still on the vcpu's
 * stack, at the end. */
    push %rax
    push %rbx
    mov %rsp, %rax
    and $-4096, %rax
    LOAD_FULL %rbx
    movq $0, ISO_exit_cr3(%rax)
    mov %rsp, %rbx
    mov ISO_stack_top(%rax), %rax
    sub $40, %rax
    mov %rax, %rsp
    pushq 56(%rbx)
    push %rax
    pushq 40(%rbx)
    pushq 32(%rbx)
    lea exit_iretq(%rip), %rax
    push %rax
    pushq 16(%rbx)
    mov 8(%rbx), %rax
    mov (%rbx), %rbx
    jmp trap_common

/* On a small stack in the data page, below the address of a real one. */
    .balign 16
isolated_ist:
    push %rax
    push %rbx
    mov %rsp, %rax
    and $-4096, %rax
    testb $3, 32(%rsp)
    jz 1f
    LOAD_FULL %rbx
    movq $0, ISO_exit_cr3(%rax)
    mov %rsp, %rbx
    mov ISO_stack_top(%rax), %rsp
    jmp isolated_go_on
1:  mov %cr3, %rbx
    cmp ISO_exit_cr3(%rax), %rbx
    je 2f
    mov %rsp, %rbx
    mov 64(%rbx), %rsp
    PUSH_FRAME %rbx
    mov 8(%rbx), %rax
    mov (%rbx), %rbx
    jmp trap_common

/* Between the two tables: there and back. */
2:  LOAD_FULL %rbx
    mov %rsp, %rbx
    mov 64(%rbx), %rsp
    PUSH_FRAME %rbx
    mov 8(%rbx), %rax
    PUSH_REGS
    mov (%rbx), %rax
    mov %rax, REGS_rbx(%rsp)
    mov %rsp, %rdi
    cld
    PATCH_ENTRY
    call trap_from_hypervisor
    mov REGS_rip(%rsp), %rax
    mov %rax, 24(%rbx)
    mov REGS_rflags(%rsp), %rax
    mov %rax, 40(%rbx)
    mov REGS_rbx(%rsp), %rax
    mov %rax, (%rbx)
    mov %rbx, REGS_rbx(%rsp)
    POP_REGS
    mov %rbx, %rsp
    mov %rsp, %rax
    and $-4096, %rax
    mov ISO_exit_cr3(%rax), %rbx
    mov %rbx, %cr3
    mov 8(%rsp), %rax
    pop %rbx
    add $16, %rsp
    iretq

/* ------------------------------------------------------------------ exit --
 * On the vcpu's stack, with all the guest's registers but rsp loaded. Behind
 * this rax is the data page, and ISO_next_cr3 what to load; rax and rbx are
 * still on the stack. The tables' number (PCID) keeps what it has cached, if
 * this CPU was not told to flush since they were last in force here.
 */
    .macro FIND_EXIT
    PUSH_ALL rax, rbx, rcx
    mov %rsp, %rax
    or $STACK_MASK, %rax
    mov 1 - STACK_TOP_SIZE + STACK_vcpu(%rax), %rbx
    mov 1 - STACK_TOP_SIZE + STACK_cpu(%rax), %rax
    mov CPU_flush_clock(%rax), %ecx
    mov CPU_stub_data(%rax), %rax
    cmpb $MODE_KERNEL, VCPU_mode(%rbx)
    je 1f
    mov VCPU_user_exit_cr3(%rbx), %rbx
    mov %rbx, ISO_exit_cr3(%rax)
    cmp %ecx, ISO_user_clock(%rax)
    mov %ecx, ISO_user_clock(%rax)
    jne 3f
    jmp 2f
1:  mov VCPU_kernel_exit_cr3(%rbx), %rbx
    mov %rbx, ISO_exit_cr3(%rax)
    cmp %ecx, ISO_kernel_clock(%rax)
    mov %ecx, ISO_kernel_clock(%rax)
    jne 3f
2:  or ISO_no_flush(%rax), %rbx
3:  mov %rbx, ISO_next_cr3(%rax)
    mov %cr3, %rcx
    or ISO_no_flush(%rax), %rcx
    mov %rcx, ISO_full_cr3(%rax)
    pop %rcx
    pop %rbx
    .endm

/* The guest's rsp is \offset above ours. */
    .macro ISOLATED_SYSRET offset
    .balign 16
    .globl isolated_sysret_\offset
isolated_sysret_\offset:
    FIND_EXIT
    pop ISO_rax(%rax)
    pushq \offset(%rsp)
    pop ISO_rsp(%rax)
    jmp isolated_sysret
    .endm

    ISOLATED_SYSRET 24
    ISOLATED_SYSRET 32
    ISOLATED_SYSRET 64
    ISOLATED_SYSRET 152

isolated_sysret:
    mov ISO_next_cr3(%rax), %rsp
    mov %rsp, %cr3
    mov ISO_rsp(%rax), %rsp
    mov ISO_rax(%rax), %rax
    sysretq

    .balign 16
    .globl isolated_iretq
isolated_iretq:
    FIND_EXIT
    pop ISO_rax(%rax)
    pop ISO_frame(%rax)
    pop ISO_frame + 8(%rax)
    pop ISO_frame + 16(%rax)
    pop ISO_frame + 24(%rax)
    pop ISO_frame + 32(%rax)
    mov ISO_next_cr3(%rax), %rsp
    mov %rsp, %cr3
    lea ISO_frame(%rax), %rsp
    mov ISO_rax(%rax), %rax
isolated_iretq_at:
    iretq

    .balign 4096
isolation_end:

    .section .note.GNU-stack, "", @progbits
