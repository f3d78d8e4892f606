/* threads.c - threads, mutexes, conditions, sleep, preemption, many of them. */
/* hosted: yes */
/* args: --memory 64M threads */
/* expect: 0 failures */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

enum { ITEMS = 20000, MANY = 1000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;
static pthread_cond_t room = PTHREAD_COND_INITIALIZER;
static int queue[16], queued;
static long sum;
static __thread int own = 5;

static void *produce(void *arg)
{
    for (int i = 1; i <= ITEMS; i++) {
        pthread_mutex_lock(&lock);
        while (queued == 16)
            pthread_cond_wait(&room, &lock);
        queue[queued++] = i;
        pthread_cond_signal(&more);
        pthread_mutex_unlock(&lock);
    }
    return arg;
}

static void *consume(void *arg)
{
    for (int i = 1; i <= ITEMS; i++) {
        pthread_mutex_lock(&lock);
        while (queued == 0)
            pthread_cond_wait(&more, &lock);
        sum += queue[--queued];
        pthread_cond_broadcast(&room);
        pthread_mutex_unlock(&lock);
    }
    return arg;
}

static void producers_and_consumers(void)
{
    pthread_t t[4];
    void *result;

    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&t[i], NULL, i % 2 ? consume : produce,
                             queue + i) == 0);
    for (int i = 0; i < 4; i++)
        CHECK(pthread_join(t[i], &result) == 0 && result == queue + i);
    CHECK(sum == (long)ITEMS * (ITEMS + 1));
}

/* They wait for each other without a call: only preemption brings them on. */
static atomic_int turn;

static void *spin(void *arg)
{
    int me = (int)(long)arg;
    double d = me + 0.5;

    for (int i = 0; i < 5; i++) {
        while (turn % 2 != me)
            d = d * 1.0000001;
        turn++;
    }
    CHECK(d >= me + 0.5);
    return NULL;
}

static void preemption(void)
{
    pthread_t t[2];

    for (long i = 0; i < 2; i++)
        CHECK(pthread_create(&t[i], NULL, spin, (void *)i) == 0);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    CHECK(turn == 10);
}

static sem_t go;
static atomic_int arrived;

static void *wait_for_go(void *arg)
{
    own += (int)(long)arg;
    arrived++;
    sem_wait(&go);
    CHECK(own == 5 + (int)(long)arg);
    return NULL;
}

static void many(void)
{
    static pthread_t t[MANY];
    pthread_attr_t small;

    sem_init(&go, 0, 0);
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 16384);
    for (long i = 0; i < MANY; i++)
        CHECK(pthread_create(&t[i], &small, wait_for_go, (void *)i) == 0);
    for (int i = 0; i < MANY; i++)
        sem_post(&go);
    for (int i = 0; i < MANY; i++)
        pthread_join(t[i], NULL);
    CHECK(arrived == MANY && own == 5);
}

static double seconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void sleeping(void)
{
    double start = seconds(CLOCK_MONOTONIC), span;
    struct timespec until;

    CHECK(usleep(50000) == 0);
    span = seconds(CLOCK_MONOTONIC) - start;
    CHECK(span >= 0.05 && span < 2);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec--;
    pthread_mutex_lock(&lock);
    CHECK(pthread_cond_timedwait(&more, &lock, &until) == ETIMEDOUT);
    pthread_mutex_unlock(&lock);
    CHECK(time(NULL) > 1700000000);
    FAILS(nanosleep(&(struct timespec){.tv_nsec = 1000000000}, NULL), EINVAL);
}

static void *stay(void *arg)
{
    CHECK(sleep(1000) == 0);
    return arg;
}

int main(void)
{
    pthread_t t;

    producers_and_consumers();
    preemption();
    many();
    sleeping();
    CHECK(pthread_create(&t, NULL, stay, NULL) == 0);
    return done();
}
