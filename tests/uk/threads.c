/* threads.c - threads, mutexes, conditions, sleep, preemption, many of them. */
/* hosted: yes */
/* args: --memory 64M threads */
/* expect: 0 failures */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/mman.h>
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

/* ------------------------------------ one file's memory, mapped twice */
struct in_file {
    sem_t go;
    pthread_mutex_t mutex, inherits;
    pthread_cond_t changed;
    int turns, ended;
};

enum { TURNS = 50, LONG = 20 };

static struct timespec much_later(void)
{
    struct timespec t;

    CHECK(clock_gettime(CLOCK_REALTIME, &t) == 0);
    t.tv_sec += LONG;
    return t;
}

static void fill(struct in_file *f)
{
    pthread_mutexattr_t a;
    pthread_condattr_t c;

    CHECK(sem_init(&f->go, 1, 0) == 0);
    CHECK(pthread_mutexattr_init(&a) == 0);
    CHECK(pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED) == 0);
    CHECK(pthread_mutex_init(&f->mutex, &a) == 0);
    CHECK(pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT) == 0);
    CHECK(pthread_mutex_init(&f->inherits, &a) == 0);
    CHECK(pthread_condattr_init(&c) == 0);
    CHECK(pthread_condattr_setpshared(&c, PTHREAD_PROCESS_SHARED) == 0);
    CHECK(pthread_cond_init(&f->changed, &c) == 0);
}

/* The other's turns are the odd ones. */
static void take_turns(struct in_file *f, int mine)
{
    struct timespec end = much_later();

    for (int i = 0; i < TURNS; i++) {
        CHECK(pthread_mutex_timedlock(&f->mutex, &end) == 0);
        while (f->turns % 2 != mine)
            if (pthread_cond_timedwait(&f->changed, &f->mutex, &end)) {
                CHECK(!"it is told in time");
                break;
            }
        f->turns++;
        CHECK(pthread_cond_signal(&f->changed) == 0);
        CHECK(pthread_mutex_unlock(&f->mutex) == 0);
    }
    CHECK(pthread_mutex_timedlock(&f->inherits, &end) == 0);
    f->ended++;
    usleep(1000);
    CHECK(pthread_mutex_unlock(&f->inherits) == 0);
}

static void *other_mapping(void *arg)
{
    struct in_file *f = arg;
    struct timespec end = much_later();

    CHECK(sem_timedwait(&f->go, &end) == 0);
    take_turns(f, 1);
    return NULL;
}

static void shared_by_mappings(void)
{
    int fd = memfd_create("words", 0);
    struct in_file *here, *there;
    pthread_t t;

    CHECK(ftruncate(fd, sizeof(*here)) == 0);
    here = mmap(NULL, sizeof(*here), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    there =
        mmap(NULL, sizeof(*here), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(here != MAP_FAILED && there != MAP_FAILED && here != there);
    fill(here);
    CHECK(pthread_create(&t, NULL, other_mapping, there) == 0);
    usleep(10000);
    CHECK(sem_post(&here->go) == 0);
    CHECK(pthread_mutex_lock(&here->inherits) == 0);
    usleep(10000);
    CHECK(pthread_mutex_unlock(&here->inherits) == 0);
    take_turns(here, 0);
    CHECK(pthread_join(t, NULL) == 0);
    CHECK(here->turns == 2 * TURNS && here->ended == 2);
    CHECK(munmap(here, sizeof(*here)) == 0);
    CHECK(munmap(there, sizeof(*here)) == 0 && close(fd) == 0);
}

int main(void)
{
    pthread_t t;

    producers_and_consumers();
    preemption();
    many();
    sleeping();
    shared_by_mappings();
    CHECK(pthread_create(&t, NULL, stay, NULL) == 0);
    return done();
}
