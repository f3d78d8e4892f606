/*
 * hosted.S - the border of the same C library with Linux, for tests in seconds
 * on the machine that builds: `pvcc --hosted`. The call becomes the instruction,
 * but for what the library leaves to the Unix layer. Layer: libc.
 */
#include <asm/unistd_64.h>

#define ARCH_SET_FS     0x1002
#define RESTORER        16 /* of struct k_sigaction, behind the flags */
#define FLAGS           8
#define SA_RESTORER_BIT 0x04000000

    .text
    .globl pv_syscall
    .type pv_syscall, @function
pv_syscall:
    cmp $__NR_rt_sigaction, %eax
    je with_restorer
    cmp $__NR_clone, %eax
    je with_return
    cmp $__NR_set_thread_area, %eax
    je set_fs
1:  syscall
    ret

/* The way back from a handler is ours to give. */
with_restorer:
    test %rsi, %rsi
    jz 1b
    orq $SA_RESTORER_BIT, FLAGS(%rsi)
    movq $restore, RESTORER(%rsi)
    jmp 1b
restore:
    mov $__NR_rt_sigreturn, %eax
    syscall

/* The new thread returns from here, too, on its own stack. */
with_return:
    mov (%rsp), %rcx
    sub $8, %rsi
    mov %rcx, (%rsi)
    jmp 1b

set_fs:
    push %rdi
    push %rsi
    mov %rdi, %rsi
    mov $ARCH_SET_FS, %edi
    mov $__NR_arch_prctl, %eax
    syscall
    pop %rsi
    pop %rdi
    ret

/* All parts of Linux are there. */
    .globl pv_wants_sockets, pv_wants_epoll, pv_wants_mqueue
pv_wants_sockets:
pv_wants_epoll:
pv_wants_mqueue:

    .section .note.GNU-stack, "", @progbits
