/* stack.c - a full stack is a SIGSEGV, of which a handler on another stack
 * gets the better: of main and of threads, by recursion, by large frames and
 * by alloca, also while other signals come. */
/* hosted: yes */
/* args: --memory 64M stack */
/* expect: 0 failures */
#include <alloca.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include "check.h"

enum { ALTERNATE = 16384, SMALL_STACK = 32768, GUARD_MOST = 64 << 10 };

static _Thread_local sigjmp_buf back;
static _Thread_local volatile int caught;
static _Thread_local char *volatile fault_at;
static _Thread_local uintptr_t low; /* of the stack, as far as it was used */
static volatile int ticks, forever = 1;

static void recover(int signal, siginfo_t *info, void *context)
{
    (void)context;
    CHECK(signal == SIGSEGV);
    CHECK(info->si_code == SEGV_MAPERR || info->si_code == SEGV_ACCERR);
    fault_at = info->si_addr;
    caught++;
    siglongjmp(back, 1);
}

static void tick(int signal)
{
    (void)signal;
    ticks++;
}

__attribute__((noinline)) static int recurse(int depth, int most)
{
    volatile char here = (char)depth;

    low = (uintptr_t)&here;
    return depth < most ? recurse(depth + 1, most) + here : 0;
}

/* Nothing but a call and what is pushed for it. */
__attribute__((noinline)) static int recurse_thinly(int n)
{
    return n ? recurse_thinly(n + 1) + recurse_thinly(n + 2) + 1 : 0;
}

__attribute__((noinline)) static int large_frame(int n)
{
    volatile char room[24 << 20];

    low = (uintptr_t)room + sizeof(room);
    room[n] = 1;
    return room[n + 1];
}

__attribute__((noinline)) static int frames_of_pages(int n)
{
    volatile char room[12345];

    low = (uintptr_t)room;
    room[n % 12345] = 1;
    return forever ? frames_of_pages(n + 1) + room[0] : 0;
}

__attribute__((noinline)) static int array(size_t n)
{
    volatile char room[n];

    room[0] = 1;
    room[n - 1] = 1;
    return room[0];
}

__attribute__((noinline)) static void allocas(size_t n)
{
    volatile char *last = NULL;

    for (;;) {
        last = alloca(n);
        *last = 1;
    }
}

__attribute__((noinline)) static int print_deeper(int n)
{
    char text[40];

    snprintf(text, sizeof(text), "%d %g", n, n * 1.5);
    return forever ? print_deeper(n + 1) + text[0] : 0;
}

#define OVERFLOWS(call)                                                        \
    do {                                                                       \
        int before = caught;                                                   \
        if (sigsetjmp(back, 1) == 0) {                                         \
            call;                                                              \
            CHECK(!#call);                                                     \
        }                                                                      \
        CHECK(caught == before + 1);                                           \
    } while (0)

static void overflow_everyhow(void)
{
    OVERFLOWS(recurse(0, 1 << 30));
    CHECK(low - (uintptr_t)fault_at - 1 < GUARD_MOST);
    OVERFLOWS(recurse_thinly(1));
    OVERFLOWS(large_frame(5));
    OVERFLOWS(frames_of_pages(0));
    OVERFLOWS(array(100 << 20));
    OVERFLOWS(array((size_t)1 << 40));
    OVERFLOWS(allocas(3));
    OVERFLOWS(allocas(5000));
    OVERFLOWS(print_deeper(0));
}

static char *set_alternate(void)
{
    stack_t s = {.ss_sp = malloc(ALTERNATE), .ss_size = ALTERNATE};

    CHECK(s.ss_sp && sigaltstack(&s, NULL) == 0);
    return s.ss_sp;
}

static void *thread(void *unused)
{
    char *alternate = set_alternate();
    stack_t none = {.ss_flags = SS_DISABLE};

    for (int i = 0; i < 3; i++)
        overflow_everyhow();
    CHECK(sigaltstack(&none, NULL) == 0);
    free(alternate);
    return unused;
}

static void in_threads(size_t size)
{
    pthread_t threads[8];
    pthread_attr_t a;

    pthread_attr_init(&a);
    CHECK(pthread_attr_setstacksize(&a, size) == 0);
    for (int i = 0; i < 8; i++)
        CHECK(pthread_create(&threads[i], &a, thread, NULL) == 0);
    for (int i = 0; i < 8; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

/* Handlers and events that come when there is hardly any room. */
static void with_signals(void)
{
    struct itimerval often = {{0, 200}, {0, 200}}, never = {{0, 0}, {0, 0}};
    struct sigaction a = {.sa_handler = tick, .sa_flags = SA_ONSTACK};

    CHECK(sigaction(SIGALRM, &a, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
    for (int i = 0; i < 300; i++)
        OVERFLOWS(recurse_thinly(1));
    CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
    CHECK(ticks > 10);
}

__attribute__((noinline)) static int go_to(uintptr_t bottom)
{
    volatile char here = 1;

    return (uintptr_t)&here > bottom ? go_to(bottom) + here : 0;
}

/* All of a thread's stack but little can be used. */
static void *deep(void *unused)
{
    char here;

    CHECK(go_to((uintptr_t)&here - (124 << 10)) > 0);
    return unused;
}

int main(void)
{
    struct sigaction a = {.sa_sigaction = recover,
                          .sa_flags = SA_SIGINFO | SA_ONSTACK};
    pthread_t t;

    set_alternate();
    CHECK(sigaction(SIGSEGV, &a, NULL) == 0);
    for (int i = 0; i < 3; i++)
        overflow_everyhow();
    in_threads(SMALL_STACK);
    in_threads(128 << 10);
    with_signals();
    CHECK(pthread_create(&t, NULL, deep, NULL) == 0);
    CHECK(pthread_join(t, NULL) == 0);
    return done();
}
