/* signals.c - handlers, masks, queues, faults, timers, cancellation. */
/* hosted: yes */
/* expect: 0 failures */
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static volatile sig_atomic_t count, last_value, last_code, most_missed;
static volatile double x = 1.5;
static sigjmp_buf back;
static char *volatile fault_at;

static void counting(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    x = x * 2;
    count++;
    last_value = info->si_value.sival_int;
    last_code = info->si_code;
    if (last_code == SI_TIMER && info->si_overrun > most_missed)
        most_missed = info->si_overrun;
}

static void handle(int signal, void (*handler)(int, siginfo_t *, void *),
                   int flags)
{
    struct sigaction a = {.sa_sigaction = handler,
                          .sa_flags = SA_SIGINFO | flags};

    CHECK(sigaction(signal, &a, NULL) == 0);
}

static void sending(void)
{
    double before = x;
    sigset_t set, old;

    handle(SIGUSR1, counting, 0);
    CHECK(raise(SIGUSR1) == 0 && count == 1 && x == before * 2);
    CHECK(kill(getpid(), SIGUSR1) == 0 && count == 2 && last_code == SI_USER);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK(sigprocmask(SIG_BLOCK, &set, &old) == 0);
    raise(SIGUSR1);
    raise(SIGUSR1);
    CHECK(count == 2 && sigpending(&set) == 0 && sigismember(&set, SIGUSR1));
    CHECK(sigprocmask(SIG_SETMASK, &old, NULL) == 0 && count == 3);
    FAILS(kill(getpid(), 65), EINVAL);
    FAILS(kill(1 << 30, SIGUSR1), ESRCH);
    signal(SIGUSR1, SIG_IGN);
    CHECK(raise(SIGUSR1) == 0 && count == 3);
}

static void queueing(void)
{
    sigset_t set;
    siginfo_t info;

    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    for (int i = 0; i < 3; i++)
        CHECK(sigqueue(getpid(), SIGRTMIN + 1,
                       (union sigval){.sival_int = i}) == 0);
    CHECK(sigwaitinfo(&set, &info) == SIGRTMIN + 1);
    CHECK(info.si_value.sival_int == 0 && info.si_code == SI_QUEUE);
    count = 0;
    handle(SIGRTMIN + 1, counting, 0);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    CHECK(count == 2 && last_value == 2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    FAILS(sigtimedwait(&set, &info, &(struct timespec){.tv_nsec = 1000000}),
          EAGAIN);
}

/* One that came before the call is there for it, as soon as the mask lets it.
 */
static void held_back(void)
{
    struct timespec t = {.tv_sec = 5};
    struct epoll_event e;
    sigset_t set, none;
    int fd = epoll_create1(0);

    sigemptyset(&none);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    handle(SIGUSR1, counting, 0);
    count = 0;
    raise(SIGUSR1);
    FAILS(ppoll(NULL, 0, &t, &none), EINTR);
    raise(SIGUSR1);
    FAILS(pselect(0, NULL, NULL, NULL, &t, &none), EINTR);
    raise(SIGUSR1);
    FAILS(epoll_pwait(fd, &e, 1, 5000, &none), EINTR);
    raise(SIGUSR1);
    FAILS(sigsuspend(&none), EINTR);
    CHECK(count == 4);
    close(fd);
    raise(SIGUSR1);
    signal(SIGUSR1, SIG_IGN);
    CHECK(sigpending(&none) == 0 && !sigismember(&none, SIGUSR1));
    handle(SIGUSR1, counting, 0);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    CHECK(count == 4 && sigqueue(getpid(), 0, (union sigval){0}) == 0);
}

static void jump(int signal, siginfo_t *info, void *context)
{
    (void)context;
    last_code = info->si_code;
    fault_at = info->si_addr;
    siglongjmp(back, signal);
}

static int catch (void (*act)(void))
{
    int signal = sigsetjmp(back, 1);

    if (!signal)
        act();
    return signal;
}

static volatile unsigned long somewhere = 8;

static void read_null(void)
{
    (void)*(volatile char *)somewhere;
}

static void write_code(void)
{
    *(volatile char *)(unsigned long)read_null = 0;
}

static void wild(void)
{
    (void)*(volatile char *)0xffff830000000000UL;
}

static void write_wildly(void)
{
    *(volatile char *)0xffff830000000000UL = 1;
}

static void call_wildly(void)
{
    ((void (*)(void))0xffff830000000000UL)();
}

static void push_wildly(void)
{
    __asm__ volatile("mov %0, %%rax; movnti %%rax, (%%rax)"
                     :
                     : "r"(0xffff88007ffff000UL)
                     : "rax", "memory");
}

static void noncanonical(void)
{
    (void)*(volatile char *)0x8000000000000000UL;
}

static void call_null(void)
{
    ((void (*volatile)(void))0)();
}

static void divide(void)
{
    volatile int zero = 0;

    zero = 10 / zero;
}

static void illegal(void)
{
    __asm__ volatile("ud2");
}

static void breakpoint(void)
{
    __asm__ volatile("int3");
}

/* QEMU does not tell of those of SSE. */
static void divide_floats(void)
{
    static const unsigned mask = 0x1f80 & ~(4U << 7), usual = 0x1f80;
    volatile double zero = 0;

    __asm__ volatile("ldmxcsr %0" : : "m"(mask));
    zero = 1 / zero;
    __asm__ volatile("ldmxcsr %0" : : "m"(usual));
}

static void overflow_x87(void)
{
    static const unsigned short mask = 0x37f & ~8;
    volatile double large = 1e308, small = 0;

    __asm__ volatile("fldcw %1; fldl %2; fmull %2; fstpl %0; fwait"
                     : "=m"(small)
                     : "m"(mask), "m"(large));
}

/* Behind the end of a mapped file. */
static void behind_the_end(void)
{
    FILE *f = tmpfile();
    char *p;

    CHECK(f && ftruncate(fileno(f), 100) == 0);
    p = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fileno(f), 0);
    fclose(f);
    CHECK(p != MAP_FAILED && p[4095] == 0);
    (void)*(volatile char *)(p + 4096);
}

static void call_data(void)
{
    static char data[16];

    ((void (*)(void))(unsigned long)data)();
}

static void faults(void)
{
    static char alternate[16384];
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof(alternate)};

    CHECK(sigaltstack(&stack, NULL) == 0);
    handle(SIGSEGV, jump, SA_ONSTACK);
    handle(SIGFPE, jump, 0);
    handle(SIGILL, jump, 0);
    handle(SIGBUS, jump, 0);
    handle(SIGTRAP, jump, 0);
    for (int i = 0; i < 3; i++) {
        CHECK(catch (read_null) == SIGSEGV && fault_at == (char *)8);
        CHECK(last_code == SEGV_MAPERR);
    }
    CHECK(catch (write_code) == SIGSEGV && last_code == SEGV_ACCERR);
    CHECK(catch (wild) == SIGSEGV);
    CHECK(catch (write_wildly) == SIGSEGV);
    CHECK(catch (call_wildly) == SIGSEGV);
    CHECK(catch (push_wildly) == SIGSEGV);
    CHECK(catch (noncanonical) == SIGSEGV && last_code == SI_KERNEL);
    CHECK(catch (call_null) == SIGSEGV && fault_at == NULL);
    CHECK(catch (call_data) == SIGSEGV);
    CHECK(catch (divide) == SIGFPE && last_code == FPE_INTDIV);
    CHECK(catch (divide_floats) == 0 || last_code == FPE_FLTDIV);
    CHECK(catch (overflow_x87) == SIGFPE && last_code == FPE_FLTOVF);
    __asm__ volatile("fninit");
    CHECK(catch (illegal) == SIGILL && last_code == ILL_ILLOPN);
    CHECK(catch (breakpoint) == SIGTRAP && last_code == SI_KERNEL);
    CHECK(catch (behind_the_end) == SIGBUS && last_code == BUS_ADRERR);
}

static void timers(void)
{
    struct itimerval fast = {{0, 1000}, {0, 1000}}, off = {{0, 0}, {0, 0}};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                             .sigev_signo = SIGUSR2,
                             .sigev_value = {.sival_int = 77}};
    struct itimerspec once = {.it_value = {.tv_nsec = 2000000}}, left;
    double sum = 0;
    timer_t id;

    count = 0;
    handle(SIGALRM, counting, SA_RESTART);
    setitimer(ITIMER_REAL, &fast, NULL);
    while (count < 50)
        sum = sum * 0.5 + 1;
    CHECK(sum > 1.5 && sum <= 2);
    FAILS(pause(), EINTR);
    FAILS(nanosleep(&(struct timespec){.tv_sec = 1}, NULL), EINTR);
    setitimer(ITIMER_REAL, &off, NULL);
    handle(SIGUSR2, counting, 0);
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &id) == 0);
    count = 0;
    CHECK(timer_settime(id, 0, &once, NULL) == 0);
    while (count == 0)
        pause();
    CHECK(last_value == 77 && last_code == SI_TIMER);
    CHECK(timer_gettime(id, &left) == 0 && left.it_value.tv_nsec == 0);
    CHECK(timer_delete(id) == 0);
    CHECK(alarm(10) == 0 && alarm(0) == 10);
}

/* What is asked for is read before the old one is told in its place. */
static void old_over_new(void)
{
    struct itimerval t = {.it_value = {.tv_sec = 50}}, *volatile same = &t;

    CHECK(setitimer(ITIMER_REAL, &t, NULL) == 0);
    t.it_value.tv_sec = 10;
    CHECK(setitimer(ITIMER_REAL, &t, same) == 0);
    CHECK(t.it_value.tv_sec >= 49 && t.it_value.tv_sec <= 50);
    CHECK(alarm(0) <= 10);
}

/* However often it is time, one is sent, and says how many are missing. */
static void overruns(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                             .sigev_signo = SIGRTMIN};
    struct itimerspec fast = {{0, 1000000}, {0, 1000000}};
    sigset_t set;
    timer_t id;

    count = most_missed = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    handle(SIGRTMIN, counting, 0);
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &id) == 0);
    CHECK(timer_settime(id, 0, &fast, NULL) == 0);
    usleep(100000);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    CHECK(most_missed >= 50 && count < 30);
    CHECK(timer_delete(id) == 0);
}

static sem_t never;
static volatile int cleaned;

static void clean(void *arg)
{
    (void)arg;
    cleaned++;
}

static void *block(void *arg)
{
    pthread_cleanup_push(clean, NULL);
    sem_post(arg);
    sem_wait(&never);
    pthread_cleanup_pop(0);
    return NULL;
}

static void *sleep_long(void *arg)
{
    sem_post(arg);
    sleep(1000);
    return NULL;
}

static void *spin(void *arg)
{
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    sem_post(arg);
    for (;;)
        x = x * 1.5;
    return NULL;
}

static void cancellation(void)
{
    void *(*const bodies[])(void *) = {block, sleep_long, spin};
    pthread_t t;
    void *result;
    sem_t ready;

    sem_init(&never, 0, 0);
    sem_init(&ready, 0, 0);
    for (int i = 0; i < 3; i++) {
        CHECK(pthread_create(&t, NULL, bodies[i], &ready) == 0);
        sem_wait(&ready);
        CHECK(pthread_cancel(t) == 0);
        CHECK(pthread_join(t, &result) == 0 && result == PTHREAD_CANCELED);
    }
    CHECK(cleaned == 1);
}

int main(void)
{
    sending();
    queueing();
    held_back();
    faults();
    timers();
    old_over_new();
    overruns();
    cancellation();
    fflush(stdout);
    return done();
}
