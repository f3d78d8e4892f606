/*
 * entry.S - the first instruction, the ways in from the hypervisor and back,
 * and the way in from libc. Layer: xen.
 *
 * Everything runs in the guest's kernel mode, where the hypervisor pushes its
 * frames on whatever stack is in use. All handlers move to the running thread's
 * kernel stack first, if they are not on it, and run with events masked.
 *
 * What is per vcpu is reached by one instruction with %gs while events are not
 * masked: behind any other the thread may be on another vcpu.
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
    movb $0, uk_lock(%rip)
    movb $0, %gs:PERCPU_MASK
    xor %eax, %eax
    xor %ebp, %ebp
    jmp _start

/* The first instruction of all vcpus but the first, on their idlers' stacks. */
    .globl uk_cpu_entry
uk_cpu_entry:
    xor %ebp, %ebp
    call sched_start_here
    ud2

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
    movb $1, %gs:PERCPU_MASK
    .globl uk_call_begun
uk_call_begun:
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
    cmpb $0, uk_many_cpus(%rip)
    jne take_lock
has_lock:
    mov %r10, %rcx
    mov uk_syscall_table(, %rax, 4), %eax
    call *%rax
    .globl uk_syscall_exit
uk_syscall_exit:
    cmpl $0, %gs:PERCPU_WORK
    jne work_at_exit
    movb $0, uk_lock(%rip)
    add $8, %rsp
    pop %r9
    pop %r8
    pop %r10
    pop %rdx
    pop %rsi
    pop %rdi
    pop %rsp
    movb $0, %gs:PERCPU_MASK
    cmpb $0, %gs:PERCPU_PENDING
    jne take_events
    ret

/* As kernel_lock() of cpus.h. */
take_lock:
    mov %gs:PERCPU_ID, %ecx
    inc %ecx
    xor %eax, %eax
    lock cmpxchg %cl, uk_lock(%rip)
    mov (%rsp), %rax
    je has_lock
    call uk_lock_slowly
    mov (%rsp), %rax
    mov 8(%rsp), %r9
    mov 16(%rsp), %r8
    mov 24(%rsp), %r10
    mov 32(%rsp), %rdx
    mov 40(%rsp), %rsi
    mov 48(%rsp), %rdi
    jmp has_lock

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
    movb $0, uk_lock(%rip)
    jmp program_return

/*
 * void uk_resume(struct frame *f): to where the program was interrupted, by its
 * stack, which must be there; or by the hypervisor.
 */
    .globl uk_resume, uk_resume_anywhere
uk_resume:
    mov %rdi, %rsp
    movb $0, uk_lock(%rip)
    jmp program_return
uk_resume_anywhere:
    mov %rdi, %rsp
    movb $0, uk_lock(%rip)
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
 * The same as clock.c says, in as many instructions as it needs. What begins at
 * uk_clock_read is begun again after an event, which may come with another vcpu.
 */
read_clock:
    push %rdx
    push %r8
    .globl uk_clock_read, uk_clock_read_end
uk_clock_read:
    mov %gs:PERCPU_TIME_VERSION, %r8d
    rdtsc
    shl $32, %rdx
    or %rdx, %rax
    sub %gs:PERCPU_TIME_TSC, %rax
    movsbl %gs:PERCPU_TIME_SHIFT, %ecx
    test %ecx, %ecx
    js 3f
    shl %cl, %rax
2:  mov %gs:PERCPU_TIME_MUL, %edx
    mul %rdx
    shrd $32, %rdx, %rax
    add %gs:PERCPU_TIME_SYSTEM, %rax
    sub uk_passed_over_ns(%rip), %rax
    and $~1, %r8d
    cmp %gs:PERCPU_TIME_VERSION, %r8d
    jne uk_clock_read
    jmp 7f
3:  neg %ecx
    shr %cl, %rax
    jmp 2b
uk_clock_read_end:
7:  cmpb $0, uk_many_cpus(%rip)
    jne never_back
was_later:
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
4:  mov uk_shared_page + SHARED_WALL_VERSION(%rip), %edx
    cmp uk_wall + WALL_VERSION(%rip), %edx
    jne 6f
    add uk_wall(%rip), %rax
    jmp 5b
/* When the hypervisor has a new time of day. */
6:  pop %r8
    pop %rdx
    mov $228, %eax
    jmp not_clock

/* Clocks of several vcpus may differ: what one has said, no other goes behind. */
never_back:
    testb $TIME_TSC_STABLE, %gs:PERCPU_TIME_FLAGS
    jnz was_later
    mov %rax, %rdx
    mov uk_last_ns(%rip), %rax
1:  cmp %rdx, %rax
    jae was_later
    lock cmpxchg %rdx, uk_last_ns(%rip)
    jne 1b
    mov %rdx, %rax
    jmp was_later

no_such_call:
    mov $-38, %rax
    ret

/*
 * What came meanwhile is taken as if it came now, before the `ret`: the frame is
 * the hypervisor's own. Nothing is nested, however often that happens: some
 * stacks have 256 bytes (musl's __unmapself).
 */
take_events:
    mov %rsp, %rcx
    pushq $FLAT_KERNEL_SS
    push %rcx
    pushq $0x202
    pushq $(FLAT_KERNEL_CS & ~3)
    pushq $just_return
    push %r11
    push %rcx
    movb $1, %gs:PERCPU_MASK
    jmp uk_event_entry
just_return:
    ret

/* ---------------------------------------------------------------- traps */
/*
 * The hypervisor pushes the frame with an error code if the vector has one, and
 * rcx and r11. A stub is found by its size (traps.c).
 */
    .balign 8
    .globl uk_trap_stubs
uk_trap_stubs:
    .set vector, 0
    .rept 20
    .balign 8
    pushq $vector
    .if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17
    jmp with_error
    .else
    jmp without_error
    .endif
    .set vector, vector + 1
    .endr

    .globl uk_event_entry
uk_event_entry:
    pushq $256
    jmp without_error

    .globl uk_failsafe_entry
uk_failsafe_entry:
    pop %rcx
    pop %r11
    add $32, %rsp
    push %r11
    push %rcx
    pushq $257

/* rax takes the vector's place, or one more, and r11 and rcx change theirs. */
without_error:
    push %rax
    mov 8(%rsp), %eax
    mov 24(%rsp), %r11
    mov %r11, 8(%rsp)
    movq $0, 24(%rsp)
    jmp 1f
with_error:
    xchg %rax, (%rsp)
    mov 8(%rsp), %rcx
    mov 16(%rsp), %r11
    mov %r11, 8(%rsp)
    mov %rcx, 16(%rsp)

/* struct frame (traps.h), whose end is what the iret hypercall wants. */
1:
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
    add $FRAME_BYTES, %rax
    cmp %rax, %gs:PERCPU_KSTACK
    jne trap_return

/* A frame's, from below it up to where the iret hypercall wants its words. */
    .macro POP_REGISTERS
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
    .endm

/*
 * Program and kernel run at one level: what goes back to the program needs no
 * hypercall, but a few words below its stack pointer, where nothing of its is.
 */
program_return:
    testl $0x100, FRAME_BYTES - 24(%rsp)
    jnz trap_return
    POP_REGISTERS
    mov 56(%rsp), %rax
    mov 32(%rsp), %rcx
    mov 48(%rsp), %r11
    mov %rcx, -8(%rax)
    mov %r11, -16(%rax)
    mov (%rsp), %rcx
    mov 16(%rsp), %r11
    mov %rcx, -24(%rax)
    mov %r11, -32(%rax)
    mov 8(%rsp), %r11
    lea -32(%rax), %rsp
    movb $0, %gs:PERCPU_MASK
    cmpb $0, %gs:PERCPU_PENDING
    jne 2f
    pop %rcx
    pop %rax
    popfq
    ret

/* As take_events: those words become a frame of where it was interrupted. */
2:  mov (%rsp), %rcx
    mov 8(%rsp), %rax
    sub $24, %rsp
    mov %rcx, (%rsp)
    mov %r11, 8(%rsp)
    mov 48(%rsp), %rcx
    mov %rcx, 16(%rsp)
    movq $(FLAT_KERNEL_CS & ~3), 24(%rsp)
    mov 40(%rsp), %rcx
    mov %rcx, 32(%rsp)
    lea 56(%rsp), %rcx
    mov %rcx, 40(%rsp)
    movq $FLAT_KERNEL_SS, 48(%rsp)
    movb $1, %gs:PERCPU_MASK
    jmp uk_event_entry

trap_return:
    POP_REGISTERS
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
