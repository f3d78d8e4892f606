/* interrupt.c - a signal that came just before a call waits ends the wait as a
 * later one does: sent while it was blocked, to a thread that was only woken to
 * wait again, or by another vcpu on the way in. The argument: rounds of those.
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

int main(int argc, char **argv)
{
    struct sigaction counts = {.sa_handler = counting};
    struct sigaction answer = {.sa_handler = answering, .sa_flags = SA_RESTART};

    sigemptyset(&none);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigaction(SIGUSR1, &counts, NULL);
    sigaction(SIGUSR2, &answer, NULL);
    sent_before();
    woken_for_nothing();
    fighting(argc > 1 ? atoi(argv[1]) : 1);
    return done();
}
