/*
 * futex.c - threads exclude, wake and requeue each other: no lost count, no
 * lost wake-up, no early time-out.
 */
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>

#include "check.h"

#define THREADS    4
#define INCREMENTS 20000
#define TURNS      2000
#define SLEEPERS   8

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static long counter;
static int turn;
static uint32_t first_word, second_word;
static int woken;

static long futex(uint32_t *word, int op, uint32_t value, void *time,
                  uint32_t *other, uint32_t value3)
{
    return syscall(SYS_futex, word, op, value, time, other, value3);
}

static void *count_up(void *unused)
{
    for (int i = 0; i < INCREMENTS; i++) {
        pthread_mutex_lock(&lock);
        counter++;
        if (i % 500 == 0)
            sched_yield();
        pthread_mutex_unlock(&lock);
    }
    return unused;
}

static void *take_turns(void *mine)
{
    for (int i = 0; i < TURNS; i++) {
        pthread_mutex_lock(&lock);
        while (turn != (int)(intptr_t)mine)
            pthread_cond_wait(&turned, &lock);
        turn = !turn;
        pthread_cond_signal(&turned);
        pthread_mutex_unlock(&lock);
    }
    return mine;
}

static void *sleep_on_first(void *unused)
{
    futex(&first_word, FUTEX_WAIT, 0, NULL, NULL, 0);
    __atomic_add_fetch(&woken, 1, __ATOMIC_SEQ_CST);
    return unused;
}

static void run_threads(void *(*body)(void *), int count)
{
    pthread_t threads[SLEEPERS];

    for (intptr_t i = 0; i < count; i++)
        CHECK(pthread_create(&threads[i], NULL, body, (void *)i) == 0);
    for (int i = 0; i < count; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

/* Until all sleep on the first word, nobody is moved. */
static void requeue_sleepers(void)
{
    long moved = 0;

    while (moved != SLEEPERS) {
        long n = futex(&first_word, FUTEX_CMP_REQUEUE, 0,
                       (void *)(intptr_t)SLEEPERS, &second_word, 0);

        CHECK(n >= 0);
        moved += n;
        usleep(1000);
    }
}

static void requeue(void)
{
    pthread_t threads[SLEEPERS];

    for (int i = 0; i < SLEEPERS; i++)
        CHECK(pthread_create(&threads[i], NULL, sleep_on_first, NULL) == 0);
    requeue_sleepers();
    CHECK_EQUAL(woken, 0);
    CHECK_EQUAL(futex(&first_word, FUTEX_WAKE, SLEEPERS, NULL, NULL, 0), 0);
    CHECK_EQUAL(futex(&second_word, FUTEX_WAKE, 3, NULL, NULL, 0), 3);
    CHECK_EQUAL(futex(&second_word, FUTEX_WAKE, SLEEPERS, NULL, NULL, 0),
                SLEEPERS - 3);
    for (int i = 0; i < SLEEPERS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK_EQUAL(woken, SLEEPERS);
}

static void time_out(void)
{
    struct timespec wait = {0, 20000000}, before, after;
    long elapsed_ns;

    clock_gettime(CLOCK_MONOTONIC, &before);
    CHECK(futex(&first_word, FUTEX_WAIT, 0, &wait, NULL, 0) == -1);
    CHECK_EQUAL(errno, ETIMEDOUT);
    clock_gettime(CLOCK_MONOTONIC, &after);
    elapsed_ns = (after.tv_sec - before.tv_sec) * 1000000000L + after.tv_nsec -
                 before.tv_nsec;
    CHECK(elapsed_ns >= wait.tv_nsec);
}

int main(void)
{
    run_threads(count_up, THREADS);
    CHECK_EQUAL(counter, (long)THREADS * INCREMENTS);
    run_threads(take_turns, 2);
    requeue();
    time_out();
    return pass("%d locked increments, %d turns, %d threads requeued",
                THREADS * INCREMENTS, 2 * TURNS, SLEEPERS);
}
