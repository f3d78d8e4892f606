/*
 * nofork.c - nofork PROGRAM ARGUMENT...: runs it on Linux as a machine of one
 * process would: fork, vfork, and a second exec answer ENOSYS.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field)                                                            \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define JUMP(what, value, yes, no)                                             \
    BPF_JUMP(BPF_JMP | BPF_##what | BPF_K, value, yes, no)
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, what)

int main(int argc, char **argv)
{
    struct sock_filter rules[] = {
        LOAD(nr),
        JUMP(JEQ, SYS_fork, 9, 0),
        JUMP(JEQ, SYS_vfork, 8, 0),
        JUMP(JEQ, SYS_clone3, 7, 0),
        JUMP(JEQ, SYS_execveat, 6, 0),
        JUMP(JEQ, SYS_clone, 0, 2),
        LOAD(args[0]),
        JUMP(JSET, CLONE_THREAD, 4, 3),
        JUMP(JEQ, SYS_execve, 0, 3),
        LOAD(args[0]),
        /* Ours is the only path there. */
        JUMP(JEQ, (uint32_t)(uintptr_t)argv[1], 1, 0),
        ANSWER(SECCOMP_RET_ERRNO | ENOSYS),
        ANSWER(SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof(rules) / sizeof(*rules), rules};

    (void)argc;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        perror("nofork");
    else
        execve(argv[1], argv + 1, environ);
    return 126;
}
