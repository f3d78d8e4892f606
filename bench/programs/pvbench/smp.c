/* smp.c - one benchmark by several processes at once, each on its own CPU. */
#include "pvbench.h"

#define CPUS_MAX 8

static struct shared {
    int arrived; /* at barriers, by all, so far */
    u64 begin[CPUS_MAX], end[CPUS_MAX];
} * shared;

static void barrier(int cpus, int *passed)
{
    *passed += cpus;
    __atomic_add_fetch(&shared->arrived, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&shared->arrived, __ATOMIC_SEQ_CST) < *passed)
        asm volatile("pause");
}

static void run_on(int cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    CK(sched_setaffinity(0, sizeof(set), &set));
}

/* From the first beginning to the last end. */
static u64 span(int cpus)
{
    u64 begin = shared->begin[0], end = shared->end[0];

    for (int i = 1; i < cpus; i++) {
        if (shared->begin[i] < begin)
            begin = shared->begin[i];
        if (shared->end[i] > end)
            end = shared->end[i];
    }
    return end - begin;
}

static u64 work(int cpu, int cpus, int reps, void (*fn)(long), long n)
{
    u64 least = -1UL;
    int passed = 0;

    run_on(cpu);
    fn(n / 10 + 1);
    for (int r = 0; r < reps; r++) {
        barrier(cpus, &passed);
        fn(n);
        shared->begin[cpu] = t_beg;
        shared->end[cpu] = t_beg + t_acc;
        barrier(cpus, &passed);
        if (span(cpus) < least)
            least = span(cpus);
    }
    return least;
}

void smp(const char *name, int cpus, int reps, void (*fn)(long), long n)
{
    u64 least;

    if (cpus > CPUS_MAX)
        die("cpus");
    shared =
        mmap(0, PG, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int cpu = 1; cpu < cpus; cpu++)
        if (!CK(fork())) {
            work(cpu, cpus, reps, fn, n);
            _exit(0);
        }
    least = work(0, cpus, reps, fn, n);
    while (wait(0) > 0)
        ;
    munmap(shared, PG);
    printf("S %s cpus=%d n=%ld min=%.2f\n", name, cpus, n,
           (double)least / n / cpus);
    fflush(stdout);
}
