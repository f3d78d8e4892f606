/* smp.c - a guest of four vcpus on two CPUs; the argument says how many CPUs.
 */
/* args: --vcpus 4 --smp 2 --memory 64M smp 2 */
/* expect: 0 failures */
/* timeout: 60 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

enum { CPUS_MOST = 8, PAGE = 4096, MANY = 200 };

static int cpus, real_cpus;

static void run_on(int cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    CHECK(pthread_setaffinity_np(pthread_self(), sizeof(set), &set) == 0);
}

static uint64_t ns_of(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Runs `body` on `n` threads with 0, 1, ... and waits for them. */
static void all_run(void *(*body)(void *), int n)
{
    pthread_t t[MANY];

    for (int i = 0; i < n; i++)
        CHECK(pthread_create(&t[i], NULL, body, (void *)(long)i) == 0);
    for (int i = 0; i < n; i++)
        CHECK(pthread_join(t[i], NULL) == 0);
}

/* -------------------------------------------------------------- affinity */
static void *go_round(void *arg)
{
    int first = (int)(long)arg;
    cpu_set_t set;

    for (int i = 0; i < 4 * cpus; i++) {
        run_on((first + i) % cpus);
        CHECK(sched_getcpu() == (first + i) % cpus);
        CHECK(sched_getaffinity(0, sizeof(set), &set) == 0 &&
              CPU_COUNT(&set) == 1);
    }
    return NULL;
}

static atomic_int seen_on, stop;

static void *look_where(void *arg)
{
    while (!stop)
        seen_on = sched_getcpu();
    return arg;
}

static void affinity(void)
{
    cpu_set_t set;
    pthread_t t;

    CHECK(sysconf(_SC_NPROCESSORS_ONLN) == cpus);
    CPU_ZERO(&set);
    FAILS(sched_setaffinity(0, sizeof(set), &set), EINVAL);
    CPU_SET(cpus, &set);
    FAILS(sched_setaffinity(0, sizeof(set), &set), EINVAL);
    FAILS(sched_setaffinity(0, sizeof(set), (void *)8), EFAULT);
    FAILS(sched_setaffinity(12345, sizeof(set), &set), ESRCH);
    FAILS(sched_getaffinity(0, 4, &set), EINVAL);
    all_run(go_round, cpus + 1);
    stop = 0;
    CHECK(pthread_create(&t, NULL, look_where, NULL) == 0);
    for (int i = 0; i < 3 * cpus; i++) {
        CPU_ZERO(&set);
        CPU_SET(i % cpus, &set);
        CHECK(pthread_setaffinity_np(t, sizeof(set), &set) == 0);
        for (int n = 0; n < 1000 && seen_on != i % cpus; n++)
            usleep(1000);
        CHECK(seen_on == i % cpus);
    }
    stop = 1;
    CHECK(pthread_join(t, NULL) == 0);
}

/* --------------------------------------------------------- really at once */
/* Each waits for the other without a call: on one CPU that takes a slice, on
 * two now and then no time at all, when the machine below runs both at once. */
enum { QUICK = 5, SLICES_MOST = 1000 };
static atomic_int turn, quick;
static int turns;

static void *hand_over(void *arg)
{
    int me = (int)(long)arg;

    run_on(me);
    for (int i = 0; i < turns; i++) {
        uint64_t start = ns_of(CLOCK_MONOTONIC);

        while (turn % 2 != me)
            ;
        quick += i > 0 && ns_of(CLOCK_MONOTONIC) - start < 500000;
        turn++;
    }
    CHECK(sched_getcpu() == me);
    return NULL;
}

static void at_once(void)
{
    int all = 0;

    turns = 10;
    do {
        turn = 0;
        all_run(hand_over, 2);
        CHECK(turn == 2 * turns);
        all += turn;
    } while (real_cpus > 1 && quick < QUICK && all < SLICES_MOST);
    CHECK(real_cpus == 1 || quick >= QUICK);
}

/* ------------------------------------------------------------- exclusion */
enum { HITS = 20000 };
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER, heir;
static atomic_long by_atomic;
static long by_lock, by_heir;

static void *hammer(void *arg)
{
    for (int i = 0; i < HITS; i++) {
        by_atomic++;
        pthread_mutex_lock(&lock);
        by_lock++;
        pthread_mutex_unlock(&lock);
        if (i % 8)
            continue;
        pthread_mutex_lock(&heir);
        by_heir++;
        if (i % 512 == 0)
            sched_yield();
        pthread_mutex_unlock(&heir);
    }
    return arg;
}

static void exclusion(void)
{
    pthread_mutexattr_t a;

    pthread_mutexattr_init(&a);
    CHECK(pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT) == 0);
    CHECK(pthread_mutex_init(&heir, &a) == 0);
    all_run(hammer, 6);
    CHECK(by_atomic == 6 * HITS && by_lock == 6 * HITS);
    CHECK(by_heir == 6 * HITS / 8);
}

/* --------------------------------------------------------------- flushing */
static volatile char *page;
static atomic_int gone, rounds_seen, writes, wrong;
static __thread sigjmp_buf back;

static void on_fault(int signal)
{
    (void)signal;
    siglongjmp(back, 1);
}

/* Uses the page for as long as it can; then says so. */
static void *use_page(void *arg)
{
    run_on(1);
    for (int round = 1; !stop; round++) {
        while (!stop && rounds_seen != 2 * round - 1)
            ;
        if (sigsetjmp(back, 1) == 0) {
            while (!stop) {
                int was_gone = gone;

                if (writes)
                    *page = 1;
                else if (*page == 0x55)
                    wrong++;
                if (was_gone)
                    wrong++;
            }
        }
        rounds_seen = 2 * round;
    }
    return arg;
}

static void *map(size_t size, int prot)
{
    return mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* The page's memory may come again elsewhere: as zeros, and nobody's but ours.
 */
static void take_away(int how)
{
    static char *spare;
    char *other;

    if (!spare)
        spare = map(PAGE, PROT_NONE);
    if (how == 0)
        CHECK(munmap((void *)page, PAGE) == 0);
    else
        CHECK(mprotect((void *)page, PAGE, how == 1 ? PROT_NONE : PROT_READ) ==
              0);
    gone = 1;
    other = mmap(spare, PAGE, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    for (int i = 0; i < PAGE; i++)
        wrong += other[i] != 0;
    memset(other, 0x55, PAGE);
    CHECK(mprotect(other, PAGE, PROT_NONE) == 0);
}

static void flushing(void)
{
    struct sigaction a = {.sa_handler = on_fault};
    pthread_t t;

    sigaction(SIGSEGV, &a, NULL);
    run_on(0);
    stop = rounds_seen = 0;
    CHECK(pthread_create(&t, NULL, use_page, NULL) == 0);
    for (int i = 0; i < (real_cpus > 1 ? 60 : 30); i++) {
        page = map(PAGE, PROT_READ | PROT_WRITE);
        gone = 0;
        writes = i % 3 == 2 || i % 2;
        rounds_seen++;
        for (volatile int spin = 0; spin < 1000 * (i % 16); spin++)
            ;
        take_away(i % 3);
        while (rounds_seen != 2 * i + 2)
            sched_yield();
        if (i % 3)
            CHECK(munmap((void *)page, PAGE) == 0);
    }
    stop = 1;
    CHECK(pthread_join(t, NULL) == 0);
    CHECK(wrong == 0);
    signal(SIGSEGV, SIG_DFL);
}

/* Rights that grow, and memory that comes when it is touched, by all at once.
 */
static char *lazy;
static pthread_barrier_t barrier;

static void *touch(void *arg)
{
    for (int i = 0; i < 256; i++) {
        pthread_barrier_wait(&barrier);
        ((atomic_char *)lazy)[i * PAGE]++;
    }
    return arg;
}

static void lazily(void)
{
    lazy = mmap(NULL, 256 * PAGE, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    pthread_barrier_init(&barrier, NULL, 4);
    all_run(touch, 4);
    for (int i = 0; i < 256; i++)
        CHECK(lazy[i * PAGE] == 4);
    CHECK(munmap(lazy, 256 * PAGE) == 0);
}

/* ---------------------------------------------------------------- signals */
static atomic_int heard;

static void hear(int signal)
{
    (void)signal;
    heard++;
}

static void *spin(void *arg)
{
    int type;

    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &type);
    while (!stop)
        ;
    return arg;
}

static void wait_for(atomic_int *what, int value)
{
    for (int i = 0; i < 5000 && *what != value; i++)
        usleep(1000);
    CHECK(*what == value);
}

static void signals(void)
{
    struct sigaction a = {.sa_handler = hear};
    sigset_t set;
    pthread_t t[3];
    void *result;

    sigaction(SIGUSR1, &a, NULL);
    run_on(0);
    stop = heard = 0;
    for (int i = 0; i < 3; i++)
        CHECK(pthread_create(&t[i], NULL, spin, NULL) == 0);
    for (int i = 0; i < 3; i++) {
        cpu_set_t one;

        CPU_ZERO(&one);
        CPU_SET((i + 1) % cpus, &one);
        CHECK(pthread_setaffinity_np(t[i], sizeof(one), &one) == 0);
    }
    for (int i = 1; i <= 60; i++) {
        CHECK(pthread_kill(t[i % 3], SIGUSR1) == 0);
        wait_for(&heard, i);
    }
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    CHECK(kill(getpid(), SIGUSR1) == 0);
    wait_for(&heard, 61);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    for (int i = 0; i < 3; i++)
        CHECK(pthread_cancel(t[i]) == 0);
    for (int i = 0; i < 3; i++)
        CHECK(pthread_join(t[i], &result) == 0 && result == PTHREAD_CANCELED);
}

/* -------------------------------------------------------------- ping-pong */
enum { BALLS = 300 };
static int there[2], here[2], ball;
static pthread_cond_t moved = PTHREAD_COND_INITIALIZER;

static void *play(void *arg)
{
    char c;

    run_on(1);
    for (int i = 0; i < BALLS; i++) {
        CHECK(read(there[0], &c, 1) == 1 && c == (char)i);
        CHECK(write(here[1], &c, 1) == 1);
    }
    for (int i = 0; i < BALLS; i++) {
        pthread_mutex_lock(&lock);
        while (ball != 1)
            pthread_cond_wait(&moved, &lock);
        ball = 0;
        pthread_cond_signal(&moved);
        pthread_mutex_unlock(&lock);
    }
    return arg;
}

static void ping_pong(void)
{
    pthread_t t;

    run_on(0);
    CHECK(pipe(there) == 0 && pipe(here) == 0);
    CHECK(pthread_create(&t, NULL, play, NULL) == 0);
    for (int i = 0; i < BALLS; i++) {
        char c = (char)i;

        CHECK(write(there[1], &c, 1) == 1 && read(here[0], &c, 1) == 1 &&
              c == (char)i);
    }
    for (int i = 0; i < BALLS; i++) {
        pthread_mutex_lock(&lock);
        while (ball != 0)
            pthread_cond_wait(&moved, &lock);
        ball = 1;
        pthread_cond_signal(&moved);
        pthread_mutex_unlock(&lock);
    }
    CHECK(pthread_join(t, NULL) == 0);
}

/* ----------------------------------------------------------------- clocks */
static atomic_ulong latest;

/* Whatever one thread has read, no other reads less afterwards. */
static void *watch_clock(void *arg)
{
    for (int i = 0; i < 20000; i++) {
        uint64_t before = latest, now = ns_of(CLOCK_MONOTONIC);

        if (now < before)
            wrong++;
        while (before < now &&
               !atomic_compare_exchange_weak(&latest, &before, now))
            ;
    }
    return arg;
}

static void *burn(void *arg)
{
    uint64_t end = ns_of(CLOCK_MONOTONIC) + 200000000;

    while (ns_of(CLOCK_MONOTONIC) < end)
        ;
    return arg;
}

static void clocks(void)
{
    uint64_t wall = ns_of(CLOCK_MONOTONIC);
    uint64_t cpu = ns_of(CLOCK_PROCESS_CPUTIME_ID);
    uint64_t own = ns_of(CLOCK_THREAD_CPUTIME_ID);

    all_run(burn, cpus);
    wall = ns_of(CLOCK_MONOTONIC) - wall;
    cpu = ns_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    own = ns_of(CLOCK_THREAD_CPUTIME_ID) - own;
    CHECK(wall >= 200000000);
    CHECK(cpu > 250000000 && cpu < (uint64_t)cpus * (wall + 20000000));
    CHECK(own < cpu / 2);
    wrong = 0;
    all_run(watch_clock, 4);
    CHECK(wrong == 0);
    CHECK(syscall(SYS_membarrier, 0, 0) > 0);
    CHECK(syscall(SYS_membarrier, 1, 0) == 0);
    FAILS(syscall(SYS_membarrier, 3, 0), EINVAL);
}

/* ------------------------------------------------------------- everything */
static atomic_long done_work;

static void *little(void *arg)
{
    done_work += (long)arg;
    return arg;
}

static void *mix(void *arg)
{
    uint64_t end = ns_of(CLOCK_MONOTONIC) + 1500000000;
    unsigned seed = (unsigned)(long)arg * 7919 + 1;

    while (ns_of(CLOCK_MONOTONIC) < end) {
        seed = seed * 1103515245 + 12345;
        size_t size = (seed >> 8) % 16 * PAGE + PAGE;
        char *at;
        pthread_t t;

        switch (seed >> 16 & 7) {
        case 0:
            at = map(size, PROT_READ | PROT_WRITE);
            for (size_t i = 0; i < size; i += 64)
                wrong += at[i] != 0;
            memset(at, 0x55, size);
            mprotect(at, size, PROT_READ);
            munmap(at, size);
            break;
        case 1:
            usleep(seed >> 8 & 255);
            break;
        case 2:
            if (pthread_create(&t, NULL, little, (void *)1L) == 0) {
                pthread_kill(t, SIGUSR1);
                pthread_join(t, NULL);
            }
            break;
        case 3:
            sched_yield();
            break;
        case 4:
            run_on((int)(seed >> 8 & 255) % cpus);
            break;
        case 5:
            kill(getpid(), SIGUSR1);
            break;
        default:
            free(memset(malloc(size), 1, size));
        }
    }
    return NULL;
}

static void *yielding(void *arg)
{
    for (int i = 0; i < 20; i++) {
        done_work++;
        sched_yield();
    }
    return arg;
}

static void everything(void)
{
    wrong = 0;
    done_work = 0;
    all_run(yielding, MANY);
    CHECK(done_work == MANY * 20);
    all_run(mix, 12);
    CHECK(wrong == 0);
    CHECK(done_work > MANY * 20);
}

int main(int argc, char **argv)
{
    static void (*const parts[])(void) = {affinity,  at_once, exclusion,
                                          flushing,  lazily,  signals,
                                          ping_pong, clocks,  everything};
    pthread_t t;

    real_cpus = argc > 1 ? atoi(argv[1]) : 1;
    cpus = (int)sysconf(_SC_NPROCESSORS_CONF);
    CHECK(cpus > 1);
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        cpu_set_t set;

        uint64_t start = ns_of(CLOCK_MONOTONIC);

        if (argc <= 2 || atoi(argv[2]) == (int)i)
            parts[i]();
        memset(&set, 0xff, sizeof(set));
        CHECK(sched_setaffinity(0, sizeof(set), &set) == 0);
        printf("part %zu: %d failures, %lu ms\n", i, failures,
               (ns_of(CLOCK_MONOTONIC) - start) / 1000000);
    }
    /* The end comes though others do not stop. */
    stop = 0;
    for (int i = 0; i < 3; i++)
        CHECK(pthread_create(&t, NULL, spin, NULL) == 0);
    return done();
}
