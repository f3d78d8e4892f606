/*
 * signals.c - signals arrive on the alternate stack when the stack is gone,
 * nest, interrupt computation by timer without changing it, and restart
 * system calls.
 */
#include <sys/resource.h>
#include <sys/time.h>

#include "probe.h"

#define ROUNDS       100
#define NESTING      200
#define TICKS_WANTED 200

static sigjmp_buf unwound;
static char *alternate;
static volatile int depth, deepest;
static volatile int ticks;

static void on_overflow(int number, siginfo_t *info, void *context)
{
    char here;

    (void)number;
    (void)info;
    (void)context;
    if (&here < alternate || &here >= alternate + 65536)
        fail("the handler does not run on the alternate stack");
    siglongjmp(unwound, 1);
}

__attribute__((noinline)) static int descend(volatile char *above)
{
    volatile char frame[4096];

    frame[0] = *above;
    if (frame[0] != 0)
        return 0;
    return descend(frame) + frame[0];
}

static void overflow(void)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
    char first = 0;

    action.sa_sigaction = on_overflow;
    CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
    if (sigsetjmp(unwound, 1) == 0)
        descend(&first);
}

static void on_nested(int number)
{
    depth++;
    if (depth > deepest)
        deepest = depth;
    if (depth < NESTING)
        raise(number);
    depth--;
}

static void nest(void)
{
    struct sigaction action = {.sa_handler = on_nested, .sa_flags = SA_NODEFER};

    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    deepest = 0;
    raise(SIGUSR1);
    CHECK_EQUAL(deepest, NESTING);
    CHECK_EQUAL(depth, 0);
}

static void on_tick(int number)
{
    volatile double x = 1.0;

    (void)number;
    for (int i = 1; i < 20; i++)
        x = x * i / 1.5;
    ticks++;
}

static uint64_t compute(double *sum)
{
    uint64_t hash = 1;

    *sum = 0;
    for (int i = 1; i < 200000; i++) {
        hash = hash * 6364136223846793005ULL + (uint64_t)i;
        *sum += 1.0 / i;
    }
    return hash;
}

/* A result computed under a storm of signals equals one computed in peace. */
static void tick(void)
{
    struct sigaction action = {.sa_handler = on_tick, .sa_flags = SA_RESTART};
    struct itimerval every = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
    double calm_sum, sum;
    uint64_t calm = compute(&calm_sum);

    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &every, NULL) == 0);
    while (ticks < TICKS_WANTED) {
        CHECK_EQUAL(compute(&sum), calm);
        CHECK(sum == calm_sum);
    }
    CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
}

static void on_write(int number)
{
    (void)number;
}

static void interrupt_read(int flags, int fd, int wanted_error)
{
    struct sigaction action = {.sa_handler = on_write, .sa_flags = flags};
    struct itimerval once = {{0, 0}, {0, 5000}};
    char byte;

    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &once, NULL) == 0);
    CHECK(read(fd, &byte, 1) == -1);
    CHECK_EQUAL(errno, wanted_error);
}

int main(void)
{
    struct rlimit limit = {1 << 20, 1 << 20};
    stack_t stack = {.ss_size = 65536};
    int ends[2];

    CHECK(setrlimit(RLIMIT_STACK, &limit) == 0);
    alternate = map_anonymous(stack.ss_size);
    stack.ss_sp = alternate;
    CHECK(sigaltstack(&stack, NULL) == 0);
    for (int i = 0; i < ROUNDS; i++)
        overflow();
    nest();
    tick();
    CHECK(pipe(ends) == 0);
    interrupt_read(0, ends[0], EINTR);
    return pass("%d stack overflows, %d nested signals, %d timer signals",
                ROUNDS, NESTING, TICKS_WANTED);
}
