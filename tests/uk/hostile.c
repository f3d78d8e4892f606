/* hostile.c - every call with arguments that nobody should give: whatever it
 * answers, it answers, harms nothing that it may not write, and loses no
 * memory. The numbers come from uk/sys/syscalls.def. With a number: so many
 * calls by each of three threads at the same time, which change each other's
 * arguments and descriptors. */
/* timeout: 120 */
/* expect: 0 failures */
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "check.h"

enum {
    PAGE = 4096,
    ROUNDS = 250,
    ARGS = 6,
    OUTPUT = 900,
    FIRST_FD = 20,
    THREADS = 3
};

struct call {
    long number;
    const char *name;
};

#define CALL(name, remark) {SYS_##name, #name},
#define SAME(name, other)  {SYS_##name, #name},
static const struct call calls[] = {
#include "../../uk/sys/syscalls.def"
};
enum { CALLS = sizeof(calls) / sizeof(*calls) };

/* Those that end the program or the thread, or take its memory, its segment or
 * the handler of its signals away, as they should; and clock_gettime(), which
 * writes as a program does, and faults like one, as Linux's vDSO. */
static const long left_out[] = {
    SYS_exit,   SYS_exit_group,   SYS_rt_sigreturn,
    SYS_clone,  SYS_munmap,       SYS_set_thread_area,
    SYS_mremap, SYS_mprotect,     SYS_brk,
    SYS_mmap,   SYS_rt_sigaction, SYS_clock_gettime,
};
/* Those that change what other calls may do, or empty pages; only with memory
 * that is not there. */
static const long without_memory[] = {SYS_prlimit64, SYS_setrlimit,
                                      SYS_madvise};
/* What a thread does to itself or to its fellows, not at the same time. */
static const long of_threads[] = {SYS_set_robust_list,    SYS_set_tid_address,
                                  SYS_sched_setscheduler, SYS_sched_setparam,
                                  SYS_setpriority,        SYS_mlockall};

/* Those with lists of parts, which are seldom reached by chance. */
static const long of_parts[] = {SYS_readv,   SYS_writev,  SYS_preadv,
                                SYS_pwritev, SYS_sendmsg, SYS_recvmsg};

/* Whose argument is a mask: nobody could hurry who waits with it. */
static const struct {
    long number;
    int argument;
} masks[] = {{SYS_rt_sigsuspend, 0},
             {SYS_ppoll, 3},
             {SYS_pselect6, 5},
             {SYS_epoll_pwait, 4}};

static bool is_in(long number, const long *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == number)
            return true;
    return false;
}
#define IS_IN(number, list) is_in(number, list, sizeof(list) / sizeof(*list))

/* ---------------------------------------------------------------- arguments */
static _Thread_local uint64_t seed;
static unsigned pick(unsigned n)
{
    seed = seed * 6364136223846793005UL + 1442695040888963407UL;
    return (unsigned)(seed >> 33) % n;
}

/* Three pages to write, one to read, one for nobody. */
static unsigned char *pages;
#define READABLE (pages + 3UL * PAGE)
#define NOBODYS  (pages + 4UL * PAGE)

static long number(void)
{
    static const long numbers[] = {
        0,         1,         2,         3,         4,        5,       7,
        8,         16,        63,        64,        100,      4095,    4096,
        65536,     1 << 20,   INT32_MAX, INT32_MIN, -1,       -2,      -100,
        INT64_MAX, INT64_MIN, 1L << 32,  1L << 47,  AT_FDCWD, 0x80000, 0x800};

    return pick(2) ? FIRST_FD + pick(12)
                   : numbers[pick(sizeof(numbers) / sizeof(*numbers))];
}

static long no_memory(void)
{
    const long addresses[] = {
        0,
        8,
        4095,
        1L << 40,
        (long)NOBODYS,
        (long)NOBODYS - 1,
        (long)READABLE - 4 + PAGE,
        0x00007ffffffff000,
        (long)0x8000000000000000,
        (long)0xffff800000000000, /* the hypervisor's */
        (long)0xffff880000000000, /* the kernel's */
        (long)0xffff880000100008,
        (long)0xffffffffffffffff,
        (long)0xfffffffffffff000,
    };

    return addresses[pick(sizeof(addresses) / sizeof(*addresses))];
}

static long memory(void)
{
    const unsigned char *const addresses[] = {
        pages,    pages + 1,    pages + PAGE - 8,     pages + PAGE,
        READABLE, READABLE - 8, READABLE + PAGE - 16, pages + 2 * PAGE,
    };

    return (long)addresses[pick(sizeof(addresses) / sizeof(*addresses))];
}

static long anything(void)
{
    return pick(3) ? number() : pick(2) ? no_memory() : memory();
}

/* Of a list of parts, or of a message's header: addresses and lengths in
 * turn. */
static long of_pairs(unsigned i)
{
    static const long lengths[] = {0, 1, 1, 2, 2, 3, 7, 16, 100, 4097, -1};

    if (i % 2)
        return lengths[pick(sizeof(lengths) / sizeof(*lengths))];
    return pick(4) ? memory() : no_memory();
}

static void fill_pages(void)
{
    static const char *const texts[] = {
        "/dev/null", "/tmp/x", "../tmp", "/proc/self/fd/25/x", "/", "\001"};
    bool pairs = pick(2);

    for (unsigned i = 0; i < 3 * PAGE / 8; i++)
        ((long *)(void *)pages)[i] = pairs ? of_pairs(i) : anything();
    strcpy((char *)pages, texts[pick(6)]);
    if (!pairs)
        strcpy((char *)pages + 2 * PAGE, texts[pick(6)]);
}

/* -------------------------------------------------------------- descriptors */
static void drop_descriptors(void)
{
    for (int fd = 3; fd < OUTPUT; fd++)
        close(fd);
    dup2(OUTPUT, 0);
    dup2(OUTPUT, 1);
    dup2(OUTPUT, 2);
}

static void make_descriptors(void)
{
    struct mq_attr a = {.mq_maxmsg = 2, .mq_msgsize = 64};
    int fd[12] = {open("/tmp", O_RDONLY | O_DIRECTORY),
                  open("/tmp/file", O_RDWR | O_CREAT | O_TRUNC, 0600),
                  eventfd(1, 0),
                  epoll_create1(0),
                  timerfd_create(CLOCK_MONOTONIC, 0),
                  mq_open("/queue", O_RDWR | O_CREAT, 0600, &a),
                  open("/dev/zero", O_RDWR),
                  open("/proc/self/maps", O_RDONLY),
                  -1,
                  -1,
                  -1,
                  -1};

    (void)!pipe(fd + 8);
    socketpair(AF_UNIX, pick(2) ? SOCK_STREAM : SOCK_DGRAM, 0, fd + 10);
    for (int i = 0; i < 12; i++)
        fcntl(fd[i], F_DUPFD, FIRST_FD);
    for (int i = 3; i < FIRST_FD; i++)
        close(i);
}

/* ------------------------------------------------------------ who would wait
 */
static atomic_ulong steps[THREADS];
static atomic_int over;
static pthread_t tried[THREADS];

static void *hurry(void *arg)
{
    unsigned long last[THREADS] = {0};

    while (!over) {
        usleep(1000);
        for (int i = 0; i < THREADS; i++) {
            if (tried[i] && steps[i] == last[i])
                pthread_kill(tried[i], SIGUSR1);
            last[i] = steps[i];
        }
    }
    return arg;
}

static void nothing(int signal)
{
    (void)signal;
}

static void hear_nothing_else(void)
{
    struct sigaction hurried = {.sa_handler = nothing};
    sigset_t none;

    for (int i = 1; i < NSIG; i++)
        if (i != SIGUSR1)
            signal(i, SIG_IGN);
    sigaction(SIGUSR1, &hurried, NULL);
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
}

/* ---------------------------------------------------------------- the trials
 */
static void put_back(void)
{
    static const struct itimerval off;
    static const stack_t no_stack = {.ss_flags = SS_DISABLE};
    struct sched_param normal = {.sched_priority = 0};
    sigset_t none;

    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    setitimer(ITIMER_REAL, &off, NULL);
    for (int id = 0; !syscall(SYS_timer_delete, id);)
        id++;
    sigaltstack(&no_stack, NULL);
    sched_setscheduler(0, SCHED_OTHER, &normal);
    (void)!chdir("/tmp");
}

static void try(const struct call *c, int thread)
{
    bool with_memory = !IS_IN(c->number, without_memory);
    long a[ARGS], result;

    for (int i = 0; i < ARGS; i++)
        a[i] = pick(2)                  ? number()
               : with_memory && pick(2) ? memory()
                                        : no_memory();
    for (size_t i = 0; i < sizeof(masks) / sizeof(*masks); i++)
        if (c->number == masks[i].number)
            a[masks[i].argument] = no_memory();
    if (IS_IN(c->number, of_parts) && pick(2)) { /* a pipe, a socket */
        a[0] = FIRST_FD + 8 + pick(4);
        a[1] = memory();
        a[2] = pick(8);
    }
    result = syscall(c->number, a[0], a[1], a[2], a[3], a[4], a[5]);
    if (result == -1 && (errno < 1 || errno > 133)) {
        failures++;
        printf("FAIL %s: errno %d\n", c->name, errno);
    }
    steps[thread]++;
    put_back();
}

static void try_all(const struct call *c)
{
    seed = (uint64_t)c->number;
    for (int i = 0; i < ROUNDS; i++) {
        if (i % 16 == 0) {
            fill_pages();
            drop_descriptors();
            make_descriptors();
        }
        try(c, 0);
    }
    drop_descriptors();
    mq_unlink("/queue");
    unlink("/tmp/file");
}

static bool untouched(void)
{
    for (unsigned i = 0; i < PAGE; i++)
        if (READABLE[i] != 0x5a)
            return false;
    return true;
}

static unsigned long free_kib(void)
{
    static char text[4096];
    int fd = open("/proc/meminfo", O_RDONLY);
    unsigned long kib = 0;
    ssize_t n = read(fd, text, sizeof(text) - 1);
    const char *at;

    text[n > 0 ? n : 0] = 0;
    at = strstr(text, "MemFree:");
    if (at)
        sscanf(at + 8, "%lu", &kib);
    close(fd);
    return kib;
}

/* What a first run leaves, files and limits, a second finds: it takes nothing
 * more. */
static void run(const struct call *c)
{
    unsigned long before, after;

    try_all(c);
    before = free_kib();
    try_all(c);
    after = free_kib();
    if (after + 32 < before) {
        failures++;
        printf("FAIL %s: %lu KiB are lost\n", c->name, before - after);
    }
    if (!untouched()) {
        failures++;
        printf("FAIL %s: wrote where it must not\n", c->name);
    }
}

static void one_by_one(void)
{
    tried[0] = pthread_self();
    for (unsigned i = 0; i < CALLS; i++)
        if (!IS_IN(calls[i].number, left_out))
            run(&calls[i]);
}

/* --------------------------------------------------------- at the same time */
static int times;
static atomic_int ended;

static void *any_calls(void *thread)
{
    seed = (uint64_t)thread + (uint64_t)times * THREADS;
    for (int i = 0; i < times; i++) {
        const struct call *c = &calls[pick(CALLS)];

        if (IS_IN(c->number, left_out) || IS_IN(c->number, of_threads))
            continue;
        if (i % 64 == 0) {
            fill_pages();
            drop_descriptors();
            make_descriptors();
        }
        try(c, (int)(long)thread);
    }
    ended++;
    return NULL;
}

static void together(void)
{
    for (long i = 0; i < THREADS; i++)
        CHECK(pthread_create(&tried[i], NULL, any_calls, (void *)i) == 0);
    while (ended < THREADS)
        usleep(10000);
    dup2(OUTPUT, 1);
    CHECK(untouched());
}

int main(int argc, char **argv)
{
    pthread_t hurrier;

    pages = mmap(NULL, 5UL * PAGE, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(READABLE, 0x5a, PAGE);
    mprotect(READABLE, PAGE, PROT_READ);
    mprotect(NOBODYS, PAGE, PROT_NONE);
    CHECK(dup2(1, OUTPUT) == OUTPUT);
    hear_nothing_else();
    CHECK(pthread_create(&hurrier, NULL, hurry, NULL) == 0);
    times = argc > 1 ? atoi(argv[1]) : 0;
    if (times)
        together();
    else
        one_by_one();
    over = 1;
    pthread_join(hurrier, NULL);
    puts(""); /* behind what calls wrote */
    return done();
}
