/* interrupt.c - a signal that came just before a call waits ends the wait as a
 * later one does: sent while it was blocked, to a thread that was only woken to
 * wait again, or by another vcpu on the way in. The argument: rounds of those.
 * One that nobody handles, or another thread does, ends none.
 */
/* hosted: yes */
/* args: interrupt 20 */
/* timeout: 30 */
/* expect: 0 failures */
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

enum { THREADS = 2, DELAYS = 300 };

static sigset_t none, blocked;
static atomic_int count;

static void counting(int signal)
{
    (void)signal;
    count++;
}

/* ------------------------------------------- sent while it was blocked */
static void sent_before(void)
{
    struct timespec long_time = {.tv_sec = 20};
    struct epoll_event event;
    int set = epoll_create1(0);

    pthread_sigmask(SIG_BLOCK, &blocked, NULL);
    count = 0;
    raise(SIGUSR1);
    FAILS(ppoll(NULL, 0, &long_time, &none), EINTR);
    raise(SIGUSR1);
    FAILS(pselect(0, NULL, NULL, NULL, &long_time, &none), EINTR);
    raise(SIGUSR1);
    FAILS(epoll_pwait(set, &event, 1, 20000, &none), EINTR);
    raise(SIGUSR1);
    FAILS(sigsuspend(&none), EINTR);
    CHECK(count == 4);
    pthread_sigmask(SIG_UNBLOCK, &blocked, NULL);
    close(set);
}

/* ------------------------------------------------ woken to wait again */
static int quiet[2], other[2];
static atomic_int waiting;

static void *read_quiet(void *arg)
{
    char c;

    waiting = 1;
    FAILS(read(quiet[0], &c, 1), EINTR);
    return arg;
}

/* One change wakes all that wait for one, to look. */
static void woken_for_nothing(void)
{
    pthread_t t;

    CHECK(pipe(quiet) == 0 && pipe(other) == 0);
    CHECK(pthread_create(&t, NULL, read_quiet, NULL) == 0);
    while (!waiting)
        usleep(1000);
    usleep(20000);
    count = 0;
    CHECK(write(other[1], "x", 1) == 1 && pthread_kill(t, SIGUSR1) == 0);
    usleep(100000);
    CHECK(count == 1);
    CHECK(write(quiet[1], "x", 1) == 1);
    CHECK(pthread_join(t, NULL) == 0);
}

/* -------------------------------------------------- on the way to wait */
/* As a garbage collector stops the world: all answer, whatever they do. */
static pthread_mutex_t fought_for = PTHREAD_MUTEX_INITIALIZER;
static sem_t answers;
static atomic_int stop;

static void answering(int signal)
{
    (void)signal;
    sem_post(&answers);
}

static void *fight(void *arg)
{
    while (!stop) {
        pthread_mutex_lock(&fought_for);
        pthread_mutex_unlock(&fought_for);
    }
    return arg;
}

static void await_answers(void)
{
    struct timespec end;

    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += 10;
    for (int i = 0; i < THREADS; i++)
        if (sem_timedwait(&answers, &end)) {
            CHECK(!"all answer");
            done();
            _exit(1);
        }
}

static void fighting(int rounds)
{
    pthread_t t[THREADS];

    sem_init(&answers, 0, 0);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&t[i], NULL, fight, NULL) == 0);
    for (int n = 0; n < rounds; n++) {
        pthread_mutex_lock(&fought_for);
        for (int i = n % DELAYS * 4; i > 0; i--)
            __builtin_ia32_pause();
        for (int i = 0; i < THREADS; i++)
            CHECK(pthread_kill(t[i], SIGUSR2) == 0);
        await_answers();
        pthread_mutex_unlock(&fought_for);
    }
    stop = 1;
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(t[i], NULL) == 0);
}

/* ------------------------------------------------- handled by nobody */
static const int unhandled[] = {SIGURG, SIGCHLD, SIGWINCH, SIGCONT, SIGPIPE};

enum { UNHANDLED = sizeof(unhandled) / sizeof(*unhandled), MS = 1000000 };

static long poll_briefly(void)
{
    return poll(NULL, 0, 100);
}

static long select_briefly(void)
{
    return select(0, NULL, NULL, NULL, &(struct timeval){.tv_usec = 100000});
}

static long epoll_briefly(void)
{
    int set = epoll_create1(0);
    struct epoll_event event;
    long n = epoll_wait(set, &event, 1, 100);

    close(set);
    return n;
}

static long sleep_briefly(void)
{
    return nanosleep(&(struct timespec){.tv_nsec = 100 * MS}, NULL);
}

static sem_t never;

static long wait_briefly(void)
{
    struct timespec end;

    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_nsec += 100 * MS;
    end.tv_sec += end.tv_nsec / 1000000000;
    end.tv_nsec %= 1000000000;
    return sem_timedwait(&never, &end) == -1 && errno == ETIMEDOUT ? 0 : -1;
}

static long (*const briefly[])(void) = {
    poll_briefly, select_briefly, epoll_briefly, sleep_briefly, wait_briefly};

enum { BRIEFLY = sizeof(briefly) / sizeof(*briefly) };

static long long now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static pthread_t first;

static void *send_all(void *arg)
{
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    usleep(20000);
    for (int i = 0; i < UNHANDLED; i++) {
        CHECK(kill(getpid(), unhandled[i]) == 0);
        usleep(1000);
        CHECK(pthread_kill(first, unhandled[i]) == 0);
        usleep(1000);
    }
    return arg;
}

/* Though another thread blocks them. */
static void sent_to_nobody(void)
{
    pthread_t t;

    first = pthread_self();
    for (int i = 0; i < BRIEFLY; i++) {
        long long from = now_ns();

        CHECK(pthread_create(&t, NULL, send_all, NULL) == 0);
        CHECK(briefly[i]() == 0);
        CHECK(now_ns() - from >= 99 * MS);
        CHECK(pthread_join(t, NULL) == 0);
    }
}

static void block_and_send(const sigset_t *set)
{
    pthread_sigmask(SIG_BLOCK, set, NULL);
    for (int i = 0; i < UNHANDLED; i++) {
        CHECK(kill(getpid(), unhandled[i]) == 0);
        CHECK(raise(unhandled[i]) == 0);
    }
}

/* They were blocked until then, and not what comes while it waits. */
static void held_back_for_nobody(void)
{
    struct timespec short_time = {.tv_nsec = 20 * MS};
    struct itimerval soon = {.it_value = {.tv_usec = 50000}};
    sigset_t these;
    long long from;

    sigemptyset(&these);
    for (int i = 0; i < UNHANDLED; i++)
        sigaddset(&these, unhandled[i]);
    block_and_send(&these);
    CHECK(ppoll(NULL, 0, &short_time, &none) == 0);
    block_and_send(&these);
    CHECK(pselect(0, NULL, NULL, NULL, &short_time, &none) == 0);
    block_and_send(&these);
    from = now_ns();
    count = 0;
    CHECK(setitimer(ITIMER_REAL, &soon, NULL) == 0);
    FAILS(sigsuspend(&none), EINTR);
    CHECK(count == 1 && now_ns() - from >= 49 * MS);
    pthread_sigmask(SIG_UNBLOCK, &these, NULL);
}

/* --------------------------------------------- handled by another thread */
static _Thread_local volatile int mine;
static atomic_int over;

static void mine_too(int signal)
{
    (void)signal;
    mine++;
}

static void *send_often(void *arg)
{
    while (!over) {
        usleep(300);
        CHECK(kill(getpid(), SIGUSR1) == 0);
    }
    return arg;
}

static void taken_by_another(void)
{
    struct sigaction act = {.sa_handler = mine_too};
    pthread_t t;

    sigaction(SIGUSR1, &act, NULL);
    CHECK(pthread_create(&t, NULL, send_often, NULL) == 0);
    for (int i = 0; i < 200; i++) {
        int before = mine;
        long n = i % 2 ? poll(NULL, 0, 2)
                       : nanosleep(&(struct timespec){.tv_nsec = MS}, NULL);

        CHECK(n == 0 || (errno == EINTR && mine > before));
    }
    over = 1;
    CHECK(pthread_join(t, NULL) == 0);
}

int main(int argc, char **argv)
{
    struct sigaction counts = {.sa_handler = counting};
    struct sigaction answer = {.sa_handler = answering, .sa_flags = SA_RESTART};

    sigemptyset(&none);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigaction(SIGUSR1, &counts, NULL);
    sigaction(SIGUSR2, &answer, NULL);
    sigaction(SIGALRM, &counts, NULL);
    signal(SIGPIPE, SIG_IGN);
    sem_init(&never, 0, 0);
    sent_before();
    sent_to_nobody();
    held_back_for_nobody();
    taken_by_another();
    sigaction(SIGUSR1, &counts, NULL);
    woken_for_nothing();
    fighting(argc > 1 ? atoi(argv[1]) : 1);
    return done();
}
