/* passed-on.c - a signal for the program is told to one thread; if that one
 * then blocks it, waits for it no longer or ends, it reaches another. */
/* hosted: yes */
/* timeout: 60 */
/* expect: 0 failures */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

enum { ROUNDS = 200 };

static sigset_t both;
static atomic_int first, second, waiting, stop, go;

static bool eventually(atomic_int *count, int wanted)
{
    for (int i = 0; i < 5000 && *count < wanted; i++)
        usleep(1000);
    return *count >= wanted;
}

static void handle(int signal, void (*handler)(int), const sigset_t *mask)
{
    struct sigaction act = {.sa_handler = handler};

    if (mask)
        act.sa_mask = *mask;
    CHECK(sigaction(signal, &act, NULL) == 0);
}

static void *pausing(void *arg)
{
    pthread_sigmask(SIG_UNBLOCK, &both, NULL);
    waiting++;
    while (!stop)
        pause();
    return arg;
}

/* ------------------------------------------- blocked while a handler runs */
static void counts_second(int signal)
{
    (void)signal;
    second++;
}

/* The other signal is blocked here, and handled meanwhile. */
static void waits_for_second(int signal)
{
    (void)signal;
    first++;
    CHECK(eventually(&second, 1));
}

static void blocked_by_a_handler(void)
{
    pthread_t t[2];

    handle(SIGUSR1, waits_for_second, &both);
    handle(SIGUSR2, counts_second, NULL);
    for (int i = 0; i < 2; i++)
        CHECK(pthread_create(&t[i], NULL, pausing, NULL) == 0);
    CHECK(eventually(&waiting, 2));
    usleep(20000);
    kill(getpid(), SIGUSR1);
    kill(getpid(), SIGUSR2);
    CHECK(eventually(&second, 1) && eventually(&first, 1));
    stop = 1;
    for (int i = 0; i < 2; i++) {
        pthread_kill(t[i], SIGUSR2);
        pthread_join(t[i], NULL);
    }
}

/* ----------------------------------------------------- waited for no longer */
static void *take_one(void *arg)
{
    struct timespec limit = {.tv_sec = 10};

    waiting++;
    CHECK(sigtimedwait(&both, NULL, &limit) > 0);
    return arg;
}

static void taken_one_each(void)
{
    time_t start = time(NULL);
    pthread_t t[2];

    waiting = 0;
    for (int i = 0; i < 2; i++)
        CHECK(pthread_create(&t[i], NULL, take_one, NULL) == 0);
    CHECK(eventually(&waiting, 2));
    usleep(20000);
    kill(getpid(), SIGUSR1);
    kill(getpid(), SIGUSR2);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    CHECK(time(NULL) - start < 5);
}

/* ------------------------------------------------------- ended meanwhile */
static void *ending(void *arg)
{
    pthread_sigmask(SIG_UNBLOCK, &both, NULL);
    waiting++;
    while (!go)
        __builtin_ia32_pause();
    return arg;
}

static void ended(void)
{
    pthread_t other, t;

    stop = waiting = second = 0;
    handle(SIGUSR2, counts_second, NULL);
    CHECK(pthread_create(&other, NULL, pausing, NULL) == 0);
    for (int n = 1; n <= ROUNDS && !failures; n++) {
        go = 0;
        CHECK(pthread_create(&t, NULL, ending, NULL) == 0);
        CHECK(eventually(&waiting, n + 1));
        go = 1;
        for (int i = n * 5; i > 0; i--)
            __builtin_ia32_pause();
        kill(getpid(), SIGUSR2);
        CHECK(eventually(&second, n));
        pthread_join(t, NULL);
    }
    stop = 1;
    pthread_kill(other, SIGUSR2);
    pthread_join(other, NULL);
}

int main(void)
{
    sigemptyset(&both);
    sigaddset(&both, SIGUSR1);
    sigaddset(&both, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &both, NULL);
    blocked_by_a_handler();
    taken_one_each();
    ended();
    return done();
}
