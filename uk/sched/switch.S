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
    mov 8(%rdi), %rax
    fxsave64 (%rax)
    mov %rsp, (%rdi)
    mov (%rsi), %rsp
    mov 8(%rsi), %rax
    fxrstor64 (%rax)
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    ret

/* Where a new thread's first switch returns to. */
    .globl sched_first_return
sched_first_return:
    call sched_switched
    xor %eax, %eax
    jmp uk_syscall_exit

    .section .note.GNU-stack, "", @progbits
