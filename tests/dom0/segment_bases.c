/*
 * segment_bases.c - the fs and gs bases that arch_prctl (or wrgsbase) sets
 * read back, work, and survive switches between processes and threads.
 */
#include <asm/prctl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "probe.h"

#define ROUNDS          5000
#define HWCAP2_FSGSBASE 2

static unsigned long get_gs_base(void)
{
    unsigned long base;

    CHECK(syscall(SYS_arch_prctl, ARCH_GET_GS, &base) == 0);
    return base;
}

static void set_gs_base(unsigned long base)
{
    CHECK(syscall(SYS_arch_prctl, ARCH_SET_GS, base) == 0);
}

static uint64_t read_gs(void)
{
    uint64_t value;

    __asm__ volatile("mov %%gs:0, %0" : "=r"(value));
    return value;
}

static void check_refusals(void)
{
    CHECK(syscall(SYS_arch_prctl, ARCH_SET_GS, 0xffff830000000000UL) == -1);
    CHECK(syscall(SYS_arch_prctl, ARCH_SET_FS, 0x8000000000000000UL) == -1);
}

static void check_values(void)
{
    static const unsigned long bases[] = {
        0, 1, 0xffffffff, 0x100000000, 0x7fffdeadb000, 0x12345678,
    };

    for (unsigned i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
        set_gs_base(bases[i]);
        sched_yield();
        CHECK_EQUAL(get_gs_base(), bases[i]);
    }
}

static void check_instructions(void)
{
    uint64_t word = 77, base;

    if (!(getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE))
        return;
    __asm__ volatile("wrgsbase %0" : : "r"(&word));
    sched_yield();
    __asm__ volatile("rdgsbase %0" : "=r"(base));
    CHECK_EQUAL(base, (uintptr_t)&word);
    CHECK_EQUAL(get_gs_base(), (uintptr_t)&word);
    CHECK_EQUAL(read_gs(), 77);
}

/* Each thread and process sees its own word through gs. */
static void *watch_own(void *words)
{
    uint64_t *mine = words;
    unsigned long fs, fs_before;

    CHECK(syscall(SYS_arch_prctl, ARCH_GET_FS, &fs_before) == 0);
    set_gs_base((uintptr_t)mine);
    for (uint64_t i = 0; i < ROUNDS; i++) {
        *mine = i ^ (uintptr_t)mine;
        sched_yield();
        CHECK_EQUAL(read_gs(), i ^ (uintptr_t)mine);
        if (i % 64 == 0)
            CHECK_EQUAL(get_gs_base(), (uintptr_t)mine);
    }
    CHECK(syscall(SYS_arch_prctl, ARCH_GET_FS, &fs) == 0);
    CHECK_EQUAL(fs, fs_before);
    return NULL;
}

static void run_threads(void)
{
    pthread_t threads[3];
    uint64_t words[3];

    for (int i = 0; i < 3; i++)
        CHECK(pthread_create(&threads[i], NULL, watch_own, &words[i]) == 0);
    for (int i = 0; i < 3; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

int main(void)
{
    int status;
    pid_t pid;

    check_refusals();
    check_values();
    check_instructions();
    set_gs_base(0);
    pid = fork();
    CHECK(pid >= 0);
    run_threads();
    if (pid == 0)
        _exit(0);
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK_EQUAL(status, 0);
    return pass("fs and gs bases of 2 processes with 3 threads each");
}
