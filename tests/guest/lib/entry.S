/*
 * entry.S - the first instruction, all ways in from the hypervisor, and the
 * ways back out.
 *
 * Every trap and callback builds a struct frame (trap.h) and calls
 * trap_handle(). The end of that frame is what the iret hypercall wants.
 */
#include "layout.h"

#define HYPERCALL_iret 23

/* ------------------------------------------------------------ first code */
    .section .text.start, "ax"
    .globl _start
_start:
    mov %rax, boot_regs+0(%rip)
    mov %rbx, boot_regs+8(%rip)
    mov %rcx, boot_regs+16(%rip)
    mov %rdx, boot_regs+24(%rip)
    mov %rsi, boot_regs+32(%rip)
    mov %rdi, boot_regs+40(%rip)
    mov %rbp, boot_regs+48(%rip)
    mov %rsp, boot_regs+56(%rip)
    mov %r8, boot_regs+64(%rip)
    mov %r9, boot_regs+72(%rip)
    mov %r10, boot_regs+80(%rip)
    mov %r11, boot_regs+88(%rip)
    mov %r12, boot_regs+96(%rip)
    mov %r13, boot_regs+104(%rip)
    mov %r14, boot_regs+112(%rip)
    mov %r15, boot_regs+120(%rip)
    pushfq
    popq boot_regs+128(%rip)
    mov %cs, boot_regs+136(%rip)
    mov %ss, boot_regs+144(%rip)
    mov %ds, boot_regs+152(%rip)
    mov %es, boot_regs+160(%rip)
    mov %fs, boot_regs+168(%rip)
    mov %gs, boot_regs+176(%rip)
    cld
    lea stacks + STACK_SIZE(%rip), %rsp
    mov %rsi, %rdi
    xor %ebp, %ebp
    call guest_main
    ud2

    .text
/* Another vcpu: its rsp is the top of its stack, rdi the function. */
    .globl vcpu_start_here
vcpu_start_here:
    cld
    xor %ebp, %ebp
    call vcpu_main
    ud2

/* ----------------------------------------------------------------- traps */
    .macro SAVE vector
    push %rcx
    push %r11
    push %rax
    mov $\vector, %eax
    jmp trap_common
    .endm

/* One stub a vector, 32 bytes each. */
    .balign 32
    .globl trap_stubs
trap_stubs:
    .set vector, 0
    .rept 256
    .balign 32
    pop %rcx
    pop %r11
    .if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21
    .else
    pushq $0
    .endif
    SAVE vector
    .set vector, vector + 1
    .endr

    .macro CALLBACK name vector
    .balign 32
    .globl \name
\name:
    pop %rcx
    pop %r11
    pushq $0
    SAVE \vector
    .endm

CALLBACK callback_syscall, VECTOR_SYSCALL
CALLBACK callback_syscall32, VECTOR_SYSCALL32
CALLBACK callback_sysenter, VECTOR_SYSENTER
CALLBACK callback_event, VECTOR_EVENT

    .balign 32
    .globl callback_failsafe
callback_failsafe:
    pop %rcx
    pop %r11
    popq failsafe_segments+0(%rip)
    popq failsafe_segments+8(%rip)
    popq failsafe_segments+16(%rip)
    popq failsafe_segments+24(%rip)
    pushq $0
    SAVE VECTOR_FAILSAFE

trap_common:
    push %rbx
    push %rdx
    push %rsi
    push %rdi
    push %rbp
    push %r8
    push %r9
    push %r10
    push %r12
    push %r13
    push %r14
    push %r15
    push %rax
    cld
    mov %rsp, %rdi
    mov %rsp, %rbp
    and $~15, %rsp
    call trap_handle
    mov %rbp, %rsp
trap_exit:
    pop %rax
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %r10
    pop %r9
    pop %r8
    pop %rbp
    pop %rdi
    pop %rsi
    pop %rdx
    pop %rbx
    mov $HYPERCALL_iret, %eax
    syscall
    ud2

/*
 * uint64_t land_from(uint64_t *save_sp, void (*fn)(void *), void *arg)
 * Calls fn(arg): 0. A trap handler that sets rip to landing and rsp to *save_sp
 * makes it return 1 instead.
 */
    .globl land_from
land_from:
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    push %rbx
    mov %rsp, (%rdi)
    mov %rdx, %rdi
    call *%rsi
    xor %eax, %eax
land:
    pop %rbx
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    ret
    .globl landing
landing:
    mov $1, %eax
    jmp land

/* void frame_resume(struct frame *f): to the state of f; no way back. */
    .globl frame_resume
frame_resume:
    mov %rdi, %rsp
    jmp trap_exit

/* ---------------------------------------------------------------- stacks */
    .section .bss.stacks, "aw", @nobits
    .balign STACK_SIZE
    .globl stacks
stacks:
    .skip STACK_SIZE * VCPUS

    .section .note.GNU-stack, "", @progbits
