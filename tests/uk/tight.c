/* tight.c - a stack of 256 bytes is enough for a system call whatever comes
 * meanwhile, as musl wants it for a detached thread's end. */
/* args: --vcpus 2 --memory 64M tight */
/* expect: 0 failures */
/* timeout: 30 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

enum { ROOM = 256, BELOW = 1024, CALLS = 30000, THREADS = 300 };

/* Makes `turns` calls of sched_yield on the stack that ends at `top`. */
long call_on(char *top, long turns);
__asm__(".text\n"
        "call_on:\n"
        "    push %rbx\n push %rbp\n push %r12\n"
        "    mov %rsp, %rbp\n"
        "    mov %rsi, %rbx\n"
        "    mov %rdi, %rsp\n"
        "1:  mov $24, %eax\n"
        "    call pv_syscall\n"
        "    or %rax, %r12\n"
        "    dec %rbx\n"
        "    jnz 1b\n"
        "    mov %rbp, %rsp\n"
        "    pop %r12\n pop %rbp\n pop %rbx\n"
        "    ret\n");

static atomic_int ended;
static atomic_bool done_with;

static void *busy(void *unused)
{
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    while (!done_with)
        ;
    return unused;
}

static void *call_much(void *unused)
{
    _Alignas(16) char stack[BELOW + ROOM];
    size_t untouched = 0;
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    memset(stack, 0x5a, sizeof(stack));
    call_on(stack + sizeof(stack), CALLS);
    while (untouched < sizeof(stack) && stack[untouched] == 0x5a)
        untouched++;
    printf("%zu bytes of stack were used\n", sizeof(stack) - untouched);
    CHECK(untouched >= BELOW);
    return unused;
}

static void *end_soon(void *unused)
{
    ended++;
    return unused;
}

/* They give their own stacks back. */
static void detached(void)
{
    pthread_attr_t a;
    pthread_t t;

    pthread_attr_init(&a);
    pthread_attr_setdetachstate(&a, PTHREAD_CREATE_DETACHED);
    for (int i = 0; i < THREADS; i++)
        while (pthread_create(&t, &a, end_soon, NULL))
            usleep(100);
    while (ended < THREADS)
        usleep(1000);
}

int main(void)
{
    struct itimerval often = {{0, 20}, {0, 20}};
    pthread_t t[2], spinner;
    sigset_t alarm;

    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &alarm, NULL);
    CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
    CHECK(pthread_create(&spinner, NULL, busy, NULL) == 0);
    for (int i = 0; i < 2; i++)
        CHECK(pthread_create(&t[i], NULL, call_much, NULL) == 0);
    for (int i = 0; i < 2; i++)
        CHECK(pthread_join(t[i], NULL) == 0);
    detached();
    done_with = true;
    CHECK(pthread_join(spinner, NULL) == 0);
    return done();
}
