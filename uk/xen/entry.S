/*
 * entry.S - the first instruction, the ways in from the hypervisor and back,
 * and the way in from libc. Layer: xen.
 *
 * Everything runs in the guest's kernel mode, where the hypervisor pushes its
 * frames on whatever stack is in use. All handlers move to the running thread's
 * kernel stack first, if they are not on it, and run with events masked.
 */
#include "xen/percpu.h"
#include <xen/xen.h>

    .text
    .globl uk_entry
uk_entry:
    cld
    lea boot_stack + KSTACK_BYTES(%rip), %rsp
    mov %rsi, %rdi
    xor %ebp, %ebp
    call uk_start
    ud2

/* void uk_run_program(uint64_t sp): what a kernel does after execve. */
    .globl uk_run_program
uk_run_program:
    mov %rdi, %rsp
    mov %gs:PERCPU_VCPU_INFO, %rcx
    movb $0, 1(%rcx)
    xor %eax, %eax
    xor %ebp, %ebp
    jmp _start

    .globl uk_hypercall
uk_hypercall:
    mov %rcx, %r10
    mov %r8, %rax
    syscall
    ret

/* ------------------------------------------------- the way in from libc */
    .globl pv_syscall
    .balign 32
pv_syscall:
    cmp $228, %eax
    je maybe_read_clock
not_clock:
    cmp $39, %eax
    je give_pid
    cmp $UK_SYSCALLS, %rax
    jae no_such_call
    mov %gs:PERCPU_VCPU_INFO, %rcx
    movb $1, 1(%rcx)
    mov %rsp, %rcx
    mov %gs:PERCPU_KSTACK, %rsp
    push %rcx
    push %rdi
    push %rsi
    push %rdx
    push %r10
    push %r8
    push %r9
    push %rax
    mov %r10, %rcx
    mov uk_syscall_table(, %rax, 4), %eax
    call *%rax
    .globl uk_syscall_exit
uk_syscall_exit:
    cmpl $0, %gs:PERCPU_WORK
    jne work_at_exit
    add $8, %rsp
    pop %r9
    pop %r8
    pop %r10
    pop %rdx
    pop %rsi
    pop %rdi
    pop %rsp
    mov %gs:PERCPU_VCPU_INFO, %rcx
    movb $0, 1(%rcx)
    cmpb $0, (%rcx)
    jne deliver_events
    ret
/* All registers as if the call had been a trap behind it, for a signal. */
work_at_exit:
    mov %rsp, %rcx
    mov 56(%rcx), %r11
    pushq $FLAT_KERNEL_SS
    lea 8(%r11), %rdx
    push %rdx
    pushq $0x202
    pushq $(FLAT_KERNEL_CS & ~3)
    push (%r11)
    pushq $0
    pushq $0
    pushq $0
    push %rax
    push %rbx
    push 32(%rcx)
    push 40(%rcx)
    push 48(%rcx)
    push %rbp
    push 16(%rcx)
    push 8(%rcx)
    push 24(%rcx)
    push %r12
    push %r13
    push %r14
    push %r15
    push (%rcx)
    orl $0x10000, (%rsp)
    mov %rsp, %rdi
    mov %rsp, %rbx
    and $~15, %rsp
    call signals_deliver
    mov %rbx, %rsp
    jmp trap_return

/* void uk_resume(struct frame *f): to where the program was interrupted. */
    .globl uk_resume
uk_resume:
    mov %rdi, %rsp
    jmp trap_return

/* What handlers of signals return to. */
    .globl uk_signal_return
uk_signal_return:
    mov $15, %eax
    call pv_syscall
    ud2

give_pid:
    mov $1, %eax
    ret

/* Clocks of processor time are the table's. */
maybe_read_clock:
    cmp $2, %edi
    jb read_clock
    cmp $4, %edi
    jb not_clock
    cmp $8, %edi
    jae not_clock

/*
 * As Linux's vdso: on the program's stack, where a wild pointer is its fault.
 * The same as clock.c says, in as many instructions as it needs.
 */
read_clock:
    push %rdx
    push %r8
    mov %gs:PERCPU_VCPU_INFO, %r11
1:  mov VCPU_TIME_VERSION(%r11), %r8d
    rdtsc
    shl $32, %rdx
    or %rdx, %rax
    sub VCPU_TIME_TSC(%r11), %rax
    movsbl VCPU_TIME_SHIFT(%r11), %ecx
    test %ecx, %ecx
    js 3f
    shl %cl, %rax
2:  mov VCPU_TIME_MUL(%r11), %edx
    mul %rdx
    shrd $32, %rdx, %rax
    add VCPU_TIME_SYSTEM(%r11), %rax
    sub uk_passed_over_ns(%rip), %rax
    and $~1, %r8d
    cmp VCPU_TIME_VERSION(%r11), %r8d
    jne 1b
    test %edi, %edi
    je 4f
    cmp $5, %edi
    je 4f
5:  xor %edx, %edx
    mov $1000000000, %ecx
    div %rcx
    mov %rax, (%rsi)
    mov %rdx, 8(%rsi)
    xor %eax, %eax
    pop %r8
    pop %rdx
    ret
3:  neg %ecx
    shr %cl, %rax
    jmp 2b
4:  mov uk_shared_page + SHARED_WALL_VERSION(%rip), %edx
    cmp uk_wall + WALL_VERSION(%rip), %edx
    jne 6f
    add uk_wall(%rip), %rax
    jmp 5b
6:  pop %r8
    pop %rdx

/* When the hypervisor has a new time of day. */
read_clock_slowly:
    push %rdi
    push %rsi
    push %rdx
    push %r8
    push %r9
    push %r10
    call uk_clock_gettime
    pop %r10
    pop %r9
    pop %r8
    pop %rdx
    pop %rsi
    pop %rdi
    ret

no_such_call:
    mov $-38, %rax
    ret

/* Any hypercall delivers what came meanwhile, on its way back. */
deliver_events:
    push %rax
    push %rdi
    push %rsi
    xor %edi, %edi
    xor %esi, %esi
    mov $__HYPERVISOR_xen_version, %eax
    call uk_deliver
    pop %rsi
    pop %rdi
    pop %rax
    ret
uk_deliver:
    syscall
    ret

/* ---------------------------------------------------------------- traps */
    .macro SAVE vector
    push %rcx
    push %r11
    push %rax
    mov $\vector, %eax
    jmp trap_common
    .endm

    .balign 32
    .globl uk_trap_stubs
uk_trap_stubs:
    .set vector, 0
    .rept 20
    .balign 32
    pop %rcx
    pop %r11
    .if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17
    .else
    pushq $0
    .endif
    SAVE vector
    .set vector, vector + 1
    .endr

    .balign 32
    .globl uk_event_entry
uk_event_entry:
    pop %rcx
    pop %r11
    pushq $0
    SAVE 256

    .globl uk_failsafe_entry
uk_failsafe_entry:
    pop %rcx
    pop %r11
    add $32, %rsp
    pushq $0
    SAVE 257

/* struct frame (traps.h), whose end is what the iret hypercall wants. */
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
    mov %gs:PERCPU_KSTACK, %rax
    mov %rax, %rdx
    sub %rsp, %rdx
    sub $FRAME_BYTES, %rax
    cmp $KSTACK_BYTES, %rdx
    cmovae %rax, %rsp
    and $~15, %rsp
    call trap_handle
    mov %rax, %rsp
trap_return:
    add $8, %rsp
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
    .globl uk_iret
uk_iret:
    mov $__HYPERVISOR_iret, %eax
    syscall
    ud2

/* ---------------------------------------------------------------- stack */
    .section .bss.stacks, "aw", @nobits
    .balign 16
    .globl boot_stack
boot_stack:
    .skip KSTACK_BYTES

    .section .note.GNU-stack, "", @progbits
