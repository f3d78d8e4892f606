/*
 * switch.S - from one thread's kernel stack to another's. Layer: sched.
 */
    .text
/* void sched_switch(struct thread *from, struct thread *to) */
    .globl sched_switch
sched_switch:
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rdi, %rcx
    mov 8(%rdi), %rdi
    cmpq $0, fpu_features(%rip)
    jne 2f
    fxsave64 (%rdi)
    mov %rsp, (%rcx)
    mov (%rsi), %rsp
    mov 8(%rsi), %rdi
    fxrstor64 (%rdi)
1:  pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    ret
2:  call fpu_save
    mov %rsp, (%rcx)
    mov (%rsi), %rsp
    mov 8(%rsi), %rdi
    call fpu_load
    jmp 1b

/* See fpu.h; both leave rcx and rsi as they are. fnop is what a hypervisor that
 * keeps the registers for another vcpu sees in QEMU, which XSAVE does not ask. */
    .globl fpu_save, fpu_load
fpu_save:
    mov $-1, %eax
    mov %eax, %edx
    cmpq $0, fpu_features(%rip)
    je 1f
    fnop
    xsave64 (%rdi)
    ret
1:  fxsave64 (%rdi)
    ret
fpu_load:
    mov $-1, %eax
    mov %eax, %edx
    cmpq $0, fpu_features(%rip)
    je 1f
    fnop
    xrstor64 (%rdi)
    ret
1:  fxrstor64 (%rdi)
    ret

/* Where a new thread's first switch returns to. */
    .globl sched_first_return
sched_first_return:
    call sched_switched
    xor %eax, %eax
    jmp uk_syscall_exit

    .section .note.GNU-stack, "", @progbits
