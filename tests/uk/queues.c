/* queues.c - message queues, named pipes, locks of files. */
/* expect: 0 failures */
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static volatile sig_atomic_t told;

static void tell(int signal, siginfo_t *info, void *context)
{
    (void)context;
    told = signal == SIGUSR1 && info->si_code == SI_MESGQ
               ? info->si_value.sival_int
               : -1;
}

static void order(void)
{
    struct mq_attr a = {.mq_maxmsg = 3, .mq_msgsize = 8}, seen;
    mqd_t q =
        mq_open("/order", O_CREAT | O_EXCL | O_RDWR | O_NONBLOCK, 0600, &a);
    char text[8];
    unsigned priority;

    CHECK(q != -1 && mq_getattr(q, &seen) == 0 && seen.mq_msgsize == 8);
    FAILS(mq_open("/order", O_CREAT | O_EXCL | O_RDWR, 0600, &a), EEXIST);
    FAILS(mq_receive(q, text, 8, NULL), EAGAIN);
    FAILS(mq_send(q, "too long.", 9, 0), EMSGSIZE);
    CHECK(mq_send(q, "a", 1, 1) == 0 && mq_send(q, "b", 1, 2) == 0);
    CHECK(mq_send(q, "c", 1, 2) == 0);
    FAILS(mq_send(q, "d", 1, 0), EAGAIN);
    FAILS(mq_receive(q, text, 7, NULL), EMSGSIZE);
    CHECK(mq_receive(q, text, 8, &priority) == 1 && text[0] == 'b');
    CHECK(mq_receive(q, text, 8, &priority) == 1 && text[0] == 'c');
    CHECK(priority == 2 && mq_receive(q, text, 8, &priority) == 1);
    CHECK(text[0] == 'a' && priority == 1);
    CHECK(mq_unlink("/order") == 0 && mq_send(q, "e", 1, 0) == 0);
    FAILS(mq_open("/order", O_RDWR), ENOENT);
    CHECK(mq_close(q) == 0);
}

/* A queue that could not be opened was not made either. */
static void without_descriptors(void)
{
    struct rlimit old, few;

    CHECK(getrlimit(RLIMIT_NOFILE, &old) == 0);
    few = old;
    few.rlim_cur = 3;
    CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
    FAILS(mq_open("/never", O_CREAT | O_RDWR, 0600, NULL), EMFILE);
    CHECK(setrlimit(RLIMIT_NOFILE, &old) == 0);
    FAILS(mq_open("/never", O_RDWR), ENOENT);
}

static void *send_late(void *name)
{
    mqd_t q = mq_open(name, O_WRONLY);

    usleep(2000);
    CHECK(q != -1 && mq_send(q, "late", 4, 7) == 0 && mq_close(q) == 0);
    return NULL;
}

static void waiting(void)
{
    struct sigaction act = {.sa_sigaction = tell, .sa_flags = SA_SIGINFO};
    struct sigevent e = {.sigev_notify = SIGEV_SIGNAL,
                         .sigev_signo = SIGUSR1,
                         .sigev_value.sival_int = 42};
    struct timespec soon;
    pthread_t t;
    char text[8192];
    mqd_t q = mq_open("/wait", O_CREAT | O_RDONLY, 0600, NULL);

    clock_gettime(CLOCK_REALTIME, &soon);
    soon.tv_nsec = (soon.tv_nsec + 1000000) % 1000000000;
    soon.tv_sec += soon.tv_nsec < 1000000;
    FAILS(mq_timedreceive(q, text, sizeof(text), NULL, &soon), ETIMEDOUT);
    soon.tv_nsec = -1;
    FAILS(mq_timedreceive(q, text, sizeof(text), NULL, &soon), EINVAL);
    CHECK(pthread_create(&t, NULL, send_late, "/wait") == 0);
    CHECK(mq_receive(q, text, sizeof(text), NULL) == 4);
    CHECK(pthread_join(t, NULL) == 0 && sigaction(SIGUSR1, &act, NULL) == 0);
    CHECK(mq_notify(q, &e) == 0);
    FAILS(mq_notify(q, &e), EBUSY);
    send_late("/wait");
    CHECK(told == 42 && mq_notify(q, NULL) == 0);
    CHECK(mq_unlink("/wait") == 0 && mq_close(q) == 0);
}

static int can_have(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return p != MAP_FAILED && munmap(p, bytes) == 0;
}

/* Room for the message or for what is to be sent, but not for both. */
static void without_memory(void)
{
    enum { BYTES = 4 << 20, STEP = 1 << 20, STEPS = 64 };
    struct mq_attr a = {.mq_maxmsg = 4, .mq_msgsize = BYTES};
    mqd_t q = mq_open("/large", O_CREAT | O_RDWR, 0600, &a);
    void *taken[STEPS];
    int n = 0, sent;
    char *p = mmap(NULL, BYTES, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    CHECK(q != -1 && p != MAP_FAILED);
    while (n < STEPS && can_have(BYTES + BYTES / 2))
        taken[n++] = mmap(NULL, STEP, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(n > 0 && n < STEPS);
    sent = mq_send(q, p, BYTES, 0);
    CHECK(sent == 0 || errno == EFAULT || errno == ENOMEM);
    while (n > 0)
        munmap(taken[--n], STEP);
    CHECK(mq_send(q, p, BYTES, 0) == 0);
    munmap(p, BYTES);
    CHECK(mq_unlink("/large") == 0 && mq_close(q) == 0);
}

static volatile sig_atomic_t called;

static void be_called(union sigval value)
{
    called = value.sival_int;
}

/* What the library asks of the kernel for a thread that is to be called. */
static void listening(mqd_t q)
{
    char cookie[32] = "cookie", got[33] = "";
    int ends[2], s = socket(AF_NETLINK, SOCK_RAW, 0), other;
    struct sigevent e = {.sigev_notify = SIGEV_THREAD,
                         .sigev_signo = 99,
                         .sigev_value.sival_ptr = cookie};

    CHECK(s >= 0 && pipe(ends) == 0);
    FAILS(syscall(SYS_mq_notify, q, &e), EBADF);
    e.sigev_signo = ends[0];
    FAILS(syscall(SYS_mq_notify, q, &e), ENOTSOCK);
    other = socket(AF_UNIX, SOCK_DGRAM, 0);
    e.sigev_signo = other;
    CHECK(syscall(SYS_mq_notify, q, &e) == -1);
    e.sigev_signo = s;
    e.sigev_value.sival_ptr = (void *)16;
    FAILS(syscall(SYS_mq_notify, q, &e), EFAULT);
    e.sigev_value.sival_ptr = cookie;
    CHECK(syscall(SYS_mq_notify, q, &e) == 0);
    FAILS(syscall(SYS_mq_notify, q, &e), EBUSY);
    CHECK(mq_notify(q, NULL) == 0 && recv(s, got, 33, 0) == 32);
    CHECK(memcmp(got, "cookie", 7) == 0 && got[31] == 2);
    FAILS(recv(s, got, 32, MSG_DONTWAIT), EAGAIN);
    FAILS(socket(AF_NETLINK, SOCK_RAW, 99), EPROTONOSUPPORT);
    CHECK(syscall(SYS_mq_notify, q, &e) == 0 && close(s) == 0);
    CHECK(mq_send(q, "lost", 4, 0) == 0);
    CHECK(mq_receive(q, (char[8192]){0}, 8192, NULL) == 4);
    close(other);
    close(ends[0]);
    close(ends[1]);
}

static void calling(void)
{
    struct sigevent e = {.sigev_notify = SIGEV_THREAD,
                         .sigev_notify_function = be_called,
                         .sigev_value.sival_int = 5};
    mqd_t q = mq_open("/call", O_CREAT | O_RDWR, 0600, NULL);

    listening(q);
    CHECK(mq_notify(q, &e) == 0);
    FAILS(mq_notify(q, &e), EBUSY);
    CHECK(mq_notify(q, NULL) == 0 && !called);
    CHECK(mq_notify(q, &e) == 0 && mq_send(q, "now", 3, 0) == 0);
    while (!called)
        usleep(1000);
    CHECK(called == 5 && mq_send(q, "again", 5, 0) == 0);
    CHECK(mq_unlink("/call") == 0 && mq_close(q) == 0);
}

static void *write_named(void *name)
{
    int fd = open(name, O_WRONLY);

    CHECK(fd >= 0 && write(fd, "hello", 5) == 5 && close(fd) == 0);
    return NULL;
}

/* Who opened a named pipe without waiting reads its end, but is told of none
 * before somebody came and went. */
static void not_over_before_it_began(void)
{
    int fd = open("/tmp/fifo", O_RDONLY | O_NONBLOCK), writer, late;
    struct pollfd p = {.fd = fd, .events = POLLIN};

    CHECK(fd >= 0 && poll(&p, 1, 0) == 0);
    CHECK(read(fd, (char[1]){0}, 1) == 0);
    CHECK(fcntl(fd, F_SETFL, 0) == 0 && read(fd, (char[1]){0}, 1) == 0);
    writer = open("/tmp/fifo", O_WRONLY);
    late = open("/tmp/fifo", O_RDONLY | O_NONBLOCK);
    CHECK(writer >= 0 && poll(&p, 1, 0) == 0 && close(writer) == 0);
    CHECK(poll(&p, 1, 0) == 1 && p.revents == POLLHUP);
    p.fd = late;
    CHECK(poll(&p, 1, 0) == 1 && p.revents == POLLHUP);
    close(late);
    late = open("/tmp/fifo", O_RDONLY | O_NONBLOCK);
    p.fd = late;
    CHECK(poll(&p, 1, 0) == 0 && close(late) == 0 && close(fd) == 0);
}

static void named_pipe(void)
{
    pthread_t t;
    char text[8];
    int fd;

    CHECK(mkfifo("/tmp/fifo", 0600) == 0);
    FAILS(mkfifo("/tmp/fifo", 0600), EEXIST);
    FAILS(open("/tmp/fifo", O_WRONLY | O_NONBLOCK), ENXIO);
    not_over_before_it_began();
    CHECK(pthread_create(&t, NULL, write_named, "/tmp/fifo") == 0);
    fd = open("/tmp/fifo", O_RDONLY);
    CHECK(fd >= 0 && read(fd, text, sizeof(text)) == 5);
    CHECK(pthread_join(t, NULL) == 0 && read(fd, text, sizeof(text)) == 0);
    CHECK(close(fd) == 0 && unlink("/tmp/fifo") == 0);
}

static void locks(void)
{
    int a = open("/tmp/locked", O_CREAT | O_RDWR, 0600);
    int b = open("/tmp/locked", O_RDWR);

    CHECK(flock(a, LOCK_SH) == 0 && flock(b, LOCK_SH) == 0);
    FAILS(flock(a, LOCK_EX | LOCK_NB), EWOULDBLOCK);
    CHECK(flock(b, LOCK_UN) == 0 && flock(a, LOCK_EX) == 0);
    FAILS(flock(b, LOCK_SH | LOCK_NB), EWOULDBLOCK);
    CHECK(close(a) == 0 && flock(b, LOCK_EX) == 0 && close(b) == 0);
}

static void storage(void)
{
    struct stat s;
    off_t from = 0;
    int fd = open("/tmp/stored", O_CREAT | O_RDWR, 0600);
    int to = memfd_create("copy", MFD_CLOEXEC);
    int shared = shm_open("/shared", O_CREAT | O_RDWR, 0600);

    CHECK(posix_fallocate(fd, 4096, 4096) == 0 && fstat(fd, &s) == 0);
    CHECK(s.st_size == 8192 && s.st_blocks == 8);
    CHECK(pwrite(fd, "data", 4, 8188) == 4);
    CHECK(copy_file_range(fd, &from, to, NULL, 8192, 0) == 8192);
    CHECK(from == 8192 && lseek(to, -4, SEEK_CUR) == 8188);
    CHECK(shared >= 0 && ftruncate(shared, 4096) == 0);
    CHECK(shm_unlink("/shared") == 0 && close(shared) == 0);
    CHECK(wait(NULL) == -1 && errno == ECHILD);
}

int main(void)
{
    order();
    without_memory();
    without_descriptors();
    waiting();
    calling();
    named_pipe();
    locks();
    storage();
    return done();
}
