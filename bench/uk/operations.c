/*
 * operations.c - what a program asks of its kernel most, each counted by the
 * time stamp counter: under QEMU's -icount that counts instructions. Prints
 * `N NAME COUNT` for one operation, the least of some turns. The same source
 * runs as a guest of its own and in a Linux guest.
 */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    TURNS = 5,
    PAGE = 4096,
    FUTEX_WAIT_PRIVATE = 128,
    FUTEX_WAKE_PRIVATE = 129
};

static int there, back;
static int to[2], from[2];
static volatile sig_atomic_t caught;

static uint64_t tsc(void)
{
    uint32_t low, high;

    __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

static void measure(const char *name, int times, void (*operation)(void))
{
    uint64_t least = UINT64_MAX;

    for (int turn = 0; turn < TURNS; turn++) {
        uint64_t start = tsc(), took;

        for (int i = 0; i < times; i++)
            operation();
        took = tsc() - start;
        least = took < least ? took : least;
    }
    printf("N %s %llu\n", name, (unsigned long long)least / (unsigned)times);
}

static void ask_pid(void)
{
    getpid();
}

static void ask_time(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
}

static void *nothing(void *arg)
{
    return arg;
}

static void thread(void)
{
    pthread_t t;

    pthread_create(&t, NULL, nothing, NULL);
    pthread_join(t, NULL);
}

/* Waits until the word is 1, and makes it 0. */
static void take(int *word)
{
    while (!__atomic_exchange_n(word, 0, __ATOMIC_SEQ_CST))
        syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, 0, NULL);
}

static void give(int *word)
{
    __atomic_store_n(word, 1, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1);
}

static void *answer_futex(void *arg)
{
    for (;;) {
        take(&there);
        give(&back);
    }
    return arg;
}

static void ask_futex(void)
{
    give(&there);
    take(&back);
}

static void *answer_pipe(void *arg)
{
    char c;

    while (read(to[0], &c, 1) == 1 && write(from[1], &c, 1) == 1)
        ;
    return arg;
}

static void ask_pipe(void)
{
    char c = 0;

    if (write(to[1], &c, 1) != 1 || read(from[0], &c, 1) != 1)
        _exit(1);
}

static void map(void)
{
    char *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    *at = 1;
    munmap(at, PAGE);
}

static void catch (int signal)
{
    caught = signal;
}

static void send(void)
{
    kill(getpid(), SIGUSR1);
}

int main(void)
{
    struct timespec t;
    pthread_t other;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    printf("N main %ld\n", t.tv_sec * 1000000000 + t.tv_nsec);
    measure("getpid", 1000, ask_pid);
    measure("clock_gettime", 1000, ask_time);
    measure("thread", 50, thread);
    pthread_create(&other, NULL, answer_futex, NULL);
    measure("futex", 500, ask_futex);
    if (pipe(to) || pipe(from))
        return 1;
    pthread_create(&other, NULL, answer_pipe, NULL);
    measure("pipe", 500, ask_pipe);
    measure("mmap", 200, map);
    signal(SIGUSR1, catch);
    measure("signal", 500, send);
    puts("N done 0");
    return 0;
}
