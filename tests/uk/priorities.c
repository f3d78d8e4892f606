/* priorities.c - who runs first, what it inherits, and whose time it is. */
/* hosted: yes */
/* args: --icount priorities exact */
/* timeout: 30 */
/* expect: 0 failures */
/* timeout: 40 */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static char order[8];
static volatile int at;
static sem_t go;
static pthread_mutex_t mutex;

static void *mark(void *name)
{
    CHECK(sem_wait(&go) == 0);
    order[at++] = *(char *)name;
    return NULL;
}

static void start(pthread_t *t, int policy, int priority, void *(*f)(void *),
                  void *arg)
{
    struct sched_param p = {.sched_priority = priority};
    pthread_attr_t a;

    CHECK(pthread_attr_init(&a) == 0);
    CHECK(pthread_attr_setinheritsched(&a, PTHREAD_EXPLICIT_SCHED) == 0);
    CHECK(pthread_attr_setschedpolicy(&a, policy) == 0);
    CHECK(pthread_attr_setschedparam(&a, &p) == 0);
    CHECK(pthread_create(t, &a, f, arg) == 0);
}

/* The most urgent first, before who wakes them. */
static void by_priority(void)
{
    pthread_t t[3];

    CHECK(sem_init(&go, 0, 0) == 0);
    start(&t[0], SCHED_FIFO, 10, mark, "a");
    start(&t[1], SCHED_RR, 30, mark, "b");
    start(&t[2], SCHED_FIFO, 20, mark, "c");
    for (int i = 0; i < 3; i++)
        CHECK(sem_post(&go) == 0 && at == i + 1);
    for (int i = 0; i < 3; i++)
        CHECK(pthread_join(t[i], NULL) == 0);
    CHECK(strcmp(order, "bca") == 0);
}

static void *hold(void *arg)
{
    CHECK(pthread_mutex_lock(&mutex) == 0);
    CHECK(sem_wait(&go) == 0);
    order[at++] = 'l';
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    return arg;
}

static void *want(void *arg)
{
    CHECK(pthread_mutex_lock(&mutex) == 0);
    order[at++] = 'h';
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    return arg;
}

/* Who has the mutex runs before the middle one while the high one waits. */
static void inherited(void)
{
    struct sched_param high = {.sched_priority = 50};
    pthread_mutexattr_t a;
    pthread_t t[3];

    CHECK(pthread_mutexattr_init(&a) == 0);
    CHECK(pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT) == 0);
    CHECK(pthread_mutex_init(&mutex, &a) == 0);
    memset(order, 0, sizeof(order));
    at = 0;
    CHECK(pthread_setschedparam(pthread_self(), SCHED_FIFO, &high) == 0);
    start(&t[0], SCHED_FIFO, 10, hold, NULL);
    usleep(1000);
    start(&t[1], SCHED_FIFO, 30, want, NULL);
    usleep(1000);
    start(&t[2], SCHED_FIFO, 20, mark, "m");
    CHECK(sem_post(&go) == 0 && sem_post(&go) == 0);
    for (int i = 0; i < 3; i++)
        CHECK(pthread_join(t[i], NULL) == 0);
    CHECK(strcmp(order, "lhm") == 0);
    high.sched_priority = 0;
    CHECK(pthread_setschedparam(pthread_self(), SCHED_OTHER, &high) == 0);
}

/* ------------------------------------------------------- several mutexes */
static pthread_mutex_t second;

static void *hold_both(void *arg)
{
    CHECK(pthread_mutex_lock(&mutex) == 0);
    CHECK(pthread_mutex_lock(&second) == 0);
    CHECK(sem_wait(&go) == 0);
    CHECK(pthread_mutex_unlock(&second) == 0);
    order[at++] = 'l';
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    return arg;
}

static void *want_second(void *name)
{
    CHECK(pthread_mutex_lock(&second) == 0);
    order[at++] = *(char *)name;
    CHECK(pthread_mutex_unlock(&second) == 0);
    return NULL;
}

static void *want_briefly(void *arg)
{
    struct timespec end;

    CHECK(clock_gettime(CLOCK_REALTIME, &end) == 0);
    end.tv_nsec += 2000000;
    end.tv_sec += end.tv_nsec / 1000000000;
    end.tv_nsec %= 1000000000;
    CHECK(pthread_mutex_timedlock(&mutex, &end) == ETIMEDOUT);
    return arg;
}

static void *want_with_second(void *arg)
{
    CHECK(pthread_mutex_lock(&second) == 0);
    CHECK(pthread_mutex_lock(&mutex) == 0);
    order[at++] = 'k';
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    CHECK(pthread_mutex_unlock(&second) == 0);
    return arg;
}

static void start_in_turn(pthread_t *t, int priority, void *(*f)(void *),
                          void *arg)
{
    start(t, SCHED_FIFO, priority, f, arg);
    usleep(1000);
}

static void end_in_order(pthread_t *t, int n, const char *wanted)
{
    for (int i = 1; i < n; i++)
        CHECK(sem_post(&go) == 0);
    for (int i = 0; i < n; i++)
        CHECK(pthread_join(t[i], NULL) == 0);
    CHECK(strcmp(order, wanted) == 0);
    memset(order, 0, sizeof(order));
    at = 0;
    CHECK(sem_init(&go, 0, 0) == 0);
}

/* What is inherited is what still waits, whatever was given back, and goes on
 * to whom an owner waits for. */
static void inherited_by_several(void)
{
    struct sched_param high = {.sched_priority = 50};
    pthread_mutexattr_t a;
    pthread_t t[4];

    CHECK(pthread_mutexattr_init(&a) == 0);
    CHECK(pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT) == 0);
    CHECK(pthread_mutex_init(&mutex, &a) == 0);
    CHECK(pthread_mutex_init(&second, &a) == 0);
    memset(order, 0, sizeof(order));
    at = 0;
    CHECK(sem_init(&go, 0, 0) == 0);
    CHECK(pthread_setschedparam(pthread_self(), SCHED_FIFO, &high) == 0);
    start_in_turn(&t[0], 10, hold_both, NULL);
    start_in_turn(&t[1], 30, want, NULL);
    start_in_turn(&t[2], 20, want_second, "m");
    end_in_order(t, 3, "lhm");

    start_in_turn(&t[0], 10, hold, NULL);
    start_in_turn(&t[1], 30, want_briefly, NULL);
    usleep(5000);
    start_in_turn(&t[2], 20, mark, "m");
    end_in_order(t, 3, "ml");

    start_in_turn(&t[0], 10, hold, NULL);
    start_in_turn(&t[1], 15, want_with_second, NULL);
    start_in_turn(&t[2], 30, want_second, "h");
    start_in_turn(&t[3], 20, mark, "m");
    end_in_order(t, 4, "lkhm");
    high.sched_priority = 0;
    CHECK(pthread_setschedparam(pthread_self(), SCHED_OTHER, &high) == 0);
}

static void *die_with_it(void *arg)
{
    CHECK(pthread_mutex_lock(&mutex) == 0);
    return arg;
}

static void robust(void)
{
    pthread_mutexattr_t a;
    pthread_t t;

    CHECK(pthread_mutexattr_init(&a) == 0);
    CHECK(pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST) == 0);
    CHECK(pthread_mutex_init(&mutex, &a) == 0);
    CHECK(pthread_create(&t, NULL, die_with_it, NULL) == 0);
    CHECK(pthread_join(t, NULL) == 0);
    CHECK(pthread_mutex_lock(&mutex) == EOWNERDEAD);
    CHECK(pthread_mutex_consistent(&mutex) == 0);
    CHECK(pthread_mutex_unlock(&mutex) == 0);
}

static sem_t held;
static volatile int deaths;

static void *die_before_others(void *arg)
{
    CHECK(pthread_mutex_lock(&mutex) == 0);
    CHECK(sem_post(&held) == 0);
    usleep(20000);
    return arg;
}

static void *have_it_after(void *arg)
{
    int error = pthread_mutex_lock(&mutex);

    CHECK(error == 0 || error == EOWNERDEAD);
    if (error == EOWNERDEAD) {
        deaths++;
        CHECK(pthread_mutex_consistent(&mutex) == 0);
    }
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    return arg;
}

/* All that wait for it have it in turn, the first of them from one who died. */
static void robust_and_inherited(void)
{
    pthread_mutexattr_t a;
    pthread_t t[4];

    CHECK(pthread_mutexattr_init(&a) == 0);
    CHECK(pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST) == 0);
    CHECK(pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT) == 0);
    CHECK(pthread_mutex_init(&mutex, &a) == 0);
    CHECK(sem_init(&held, 0, 0) == 0);
    CHECK(pthread_create(&t[0], NULL, die_before_others, NULL) == 0);
    CHECK(sem_wait(&held) == 0);
    for (int i = 1; i < 4; i++)
        CHECK(pthread_create(&t[i], NULL, have_it_after, NULL) == 0);
    for (int i = 0; i < 4; i++)
        CHECK(pthread_join(t[i], NULL) == 0);
    CHECK(deaths == 1);
}

static long long ns(clockid_t clock)
{
    struct timespec t = {.tv_sec = -1};

    CHECK(clock_gettime(clock, &t) == 0);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static volatile sig_atomic_t alarms;

static void count(int signal)
{
    alarms += signal == SIGPROF;
}

/* Sleeping takes none, working does, and its timers tell so. */
static void processor_time(void)
{
    struct itimerval every = {.it_value.tv_usec = 5000};
    long long before = ns(CLOCK_THREAD_CPUTIME_ID), all, wall;
    clockid_t own;

    usleep(50000);
    CHECK(ns(CLOCK_THREAD_CPUTIME_ID) - before < 20000000);
    CHECK(pthread_getcpuclockid(pthread_self(), &own) == 0);
    CHECK(clock_getcpuclockid(0, &own) == 0);
    all = ns(own);
    CHECK(all <= ns(CLOCK_MONOTONIC));
    CHECK(signal(SIGPROF, count) == SIG_DFL);
    wall = ns(CLOCK_MONOTONIC);
    CHECK(setitimer(ITIMER_PROF, &every, NULL) == 0);
    while (!alarms && ns(CLOCK_MONOTONIC) - wall < 1000000000)
        ;
    CHECK(alarms == 1 && ns(own) - all >= 5000000);
}

/* With nothing else to do, it wakes up in time: `exact` by virtual time. */
static void sleeping(bool exact)
{
    long long most = 0;

    for (int i = 0; i < 20; i++) {
        struct timespec t = {.tv_nsec = 1000000};
        long long before = ns(CLOCK_MONOTONIC), took;

        CHECK(nanosleep(&t, NULL) == 0);
        took = ns(CLOCK_MONOTONIC) - before;
        CHECK(took >= 1000000);
        most = took > most ? took : most;
    }
    printf("longest sleep of 1 ms: %lld us\n", most / 1000);
    CHECK(!exact || most < 1100000);
}

int main(int argc, char **argv)
{
    by_priority();
    inherited();
    inherited_by_several();
    robust();
    robust_and_inherited();
    processor_time();
    sleeping(argc > 1 && strcmp(argv[1], "exact") == 0);
    CHECK(nice(5) == 5 && getpriority(PRIO_PROCESS, 0) == 5);
    CHECK(setuid(1000) == 0 && getuid() == 1000);
    FAILS(setuid(0), EPERM);
    return done();
}
