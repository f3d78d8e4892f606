/* pipes.c - pipes, eventfd, poll and select; what can be asked of a descriptor,
 * and mapped. */
/* hosted: yes */
/* expect: 0 failures */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

enum { TURNS = 2000, BULK = 1 << 20 };

static int forth[2], back[2];

static void *answer(void *arg)
{
    char c;

    while (read(forth[0], &c, 1) == 1 && c != 'q')
        CHECK(write(back[1], &c, 1) == 1);
    return arg;
}

static void ping_pong(void)
{
    pthread_t t;
    char c = 0;

    CHECK(pipe(forth) == 0 && pipe(back) == 0);
    CHECK(pthread_create(&t, NULL, answer, NULL) == 0);
    for (int i = 0; i < TURNS; i++) {
        CHECK(write(forth[1], "x", 1) == 1);
        CHECK(read(back[0], &c, 1) == 1 && c == 'x');
    }
    CHECK(write(forth[1], "q", 1) == 1 && pthread_join(t, NULL) == 0);
}

static void *pour(void *arg)
{
    static char block[BULK];

    for (int i = 0; i < BULK; i++)
        block[i] = (char)(i * 7);
    CHECK(write(forth[1], block, BULK) == BULK);
    close(forth[1]);
    return arg;
}

static void bulk(void)
{
    static char block[BULK + 10000];
    long n, sum = 0;
    pthread_t t;

    CHECK(pthread_create(&t, NULL, pour, NULL) == 0);
    while ((n = read(forth[0], block + sum, 10000)) > 0)
        sum += n;
    CHECK(n == 0 && sum == BULK && pthread_join(t, NULL) == 0);
    for (int i = 0; i < BULK; i++)
        if (block[i] != (char)(i * 7)) {
            CHECK(i < 0);
            break;
        }
    close(forth[0]);
}

static void polling(void)
{
    struct pollfd p[2] = {{.fd = back[0], .events = POLLIN},
                          {.fd = back[1], .events = POLLOUT}};
    struct timespec start, end;
    fd_set set;

    CHECK(poll(p, 2, 0) == 1 && p[0].revents == 0 && p[1].revents == POLLOUT);
    clock_gettime(CLOCK_MONOTONIC, &start);
    CHECK(poll(p, 1, 20) == 0);
    clock_gettime(CLOCK_MONOTONIC, &end);
    CHECK((end.tv_sec - start.tv_sec) * 1000000000L + end.tv_nsec -
              start.tv_nsec >=
          20000000);
    CHECK(write(back[1], "abc", 3) == 3 && poll(p, 1, -1) == 1);
    FD_ZERO(&set);
    FD_SET(back[0], &set);
    CHECK(select(back[0] + 1, &set, NULL, NULL, NULL) == 1);
    CHECK(FD_ISSET(back[0], &set));
    CHECK(fcntl(back[0], F_SETFL, O_NONBLOCK) == 0);
    CHECK(read(back[0], (char[9]){0}, 9) == 3);
    FAILS(read(back[0], (char[9]){0}, 9), EAGAIN);
    CHECK(close(back[1]) == 0 && poll(p, 1, -1) == 1);
    CHECK(p[0].revents == POLLHUP && close(back[0]) == 0);
    p[0].fd = 99;
    CHECK(poll(p, 1, 0) == 1 && p[0].revents == POLLNVAL);
}

static void *unmap_soon(void *page)
{
    usleep(5000);
    CHECK(munmap(page, 4096) == 0);
    return NULL;
}

/* The mask is taken when the wait begins. */
static void mask_that_goes(void)
{
    struct timespec soon = {.tv_nsec = 20000000};
    uint64_t *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_t t;

    page[0] = (uint64_t)(page + 2);
    page[1] = 8;
    CHECK(pthread_create(&t, NULL, unmap_soon, page) == 0);
    CHECK(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &soon, page) == 0);
    pthread_join(t, NULL);
}

static void *empty_slowly(void *arg)
{
    char c[1000];

    for (int i = 0; i < 12; i++) {
        usleep(5000);
        CHECK(read(forth[0], c, sizeof(c)) == sizeof(c));
    }
    return arg;
}

/* What fits is taken, and up to PIPE_BUF bytes as a whole. */
static void nearly_full(void)
{
    static char block[65536 - 1000];
    struct iovec parts[2] = {{block, 600}, {block, 600}};
    pthread_t t;
    int n;

    CHECK(pipe2(forth, O_NONBLOCK) == 0);
    CHECK(write(forth[1], block, sizeof(block)) == sizeof(block));
    FAILS(writev(forth[1], parts, 2), EAGAIN);
    FAILS(write(forth[1], block, 1001), EAGAIN);
    CHECK(ioctl(forth[0], FIONREAD, &n) == 0 && n == sizeof(block));
    CHECK(write(forth[1], block, 100) == 100);
    CHECK(fcntl(forth[1], F_SETFL, 0) == 0);
    CHECK(pthread_create(&t, NULL, empty_slowly, NULL) == 0);
    CHECK(writev(forth[1], parts, 2) == 1200);
    CHECK(write(forth[1], block, 4096) == 4096);
    pthread_join(t, NULL);
    CHECK(fcntl(forth[1], F_SETFL, O_NONBLOCK) == 0);
    while (write(forth[1], block, 1) == 1)
        ;
    CHECK(errno == EAGAIN);
    close(forth[0]);
    close(forth[1]);
}

static void broken(void)
{
    signal(SIGPIPE, SIG_IGN);
    CHECK(pipe(forth) == 0 && close(forth[0]) == 0);
    FAILS(write(forth[1], "x", 1), EPIPE);
    FAILS(read(forth[1], (char[9]){0}, 9), EBADF);
    FAILS(lseek(forth[1], 0, SEEK_SET), ESPIPE);
    close(forth[1]);
}

static void counters(void)
{
    int fd = eventfd(3, EFD_NONBLOCK);
    eventfd_t value;

    CHECK(eventfd_write(fd, 4) == 0 && eventfd_read(fd, &value) == 0);
    CHECK(value == 7);
    FAILS(eventfd_read(fd, &value), EAGAIN);
    close(fd);
}

static void asking(void)
{
    int fd[2], n = 1;

    CHECK(pipe(fd) == 0 && write(fd[1], "abc", 3) == 3);
    CHECK(ioctl(fd[0], FIONREAD, &n) == 0 && n == 3);
    CHECK(ioctl(fd[0], FIONBIO, &n) == 0);
    CHECK(read(fd[0], (char[9]){0}, 9) == 3);
    FAILS(read(fd[0], (char[9]){0}, 9), EAGAIN);
    n = 0;
    CHECK(ioctl(fd[0], FIONBIO, &n) == 0);
    CHECK(!(fcntl(fd[0], F_GETFL) & O_NONBLOCK));
    CHECK(ioctl(fd[0], FIOCLEX) == 0 && fcntl(fd[0], F_GETFD) == FD_CLOEXEC);
    CHECK(ioctl(fd[0], FIONCLEX) == 0 && fcntl(fd[0], F_GETFD) == 0);
    FAILS(ioctl(fd[0], FIONBIO, NULL), EFAULT);
    CHECK(write(fd[1], "abcd", 4) == 4);
    CHECK(ioctl(fd[1], FIONREAD, &n) == 0 && n == 4);
    CHECK(fcntl(fd[0], F_GETPIPE_SZ) == 65536);
    CHECK(fcntl(fd[1], F_SETPIPE_SZ, 65536) == 65536);
    FAILS(fcntl(open("/", O_RDONLY), F_GETPIPE_SZ), EBADF);
    CHECK(fcntl(fd[0], F_GETOWN) == 0);
    CHECK(fcntl(fd[0], F_SETOWN, getpid()) == 0);
    CHECK(fcntl(fd[0], F_GETOWN) == getpid());
    FAILS(fcntl(fd[0], F_SETOWN, 9999999), ESRCH);
    close(fd[0]);
    close(fd[1]);
}

/* Of a regular file, what is behind the position; of a directory, nothing. */
static void what_is_left(void)
{
    int fd = memfd_create("left", 0), d = open("/", O_RDONLY), n = 0;

    CHECK(write(fd, "0123456789", 10) == 10 && lseek(fd, 4, SEEK_SET) == 4);
    CHECK(ioctl(fd, FIONREAD, &n) == 0 && n == 6);
    FAILS(ioctl(d, FIONREAD, &n), ENOTTY);
    close(fd);
    close(d);
}

/* Memory by /dev/zero, as before there was MAP_ANONYMOUS. */
static void zeros(void)
{
    int fd = open("/dev/zero", O_RDWR), null = open("/dev/null", O_RDWR);
    int read_only = open("/dev/zero", O_RDONLY);
    char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 4096);
    char *q = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    CHECK(p != MAP_FAILED && q != MAP_FAILED && !p[0] && !q[8191]);
    p[0] = q[0] = 1;
    CHECK(pread(fd, q, 1, 0) == 1 && !q[0] && p[0] == 1);
    CHECK(munmap(p, 8192) == 0 && munmap(q, 8192) == 0);
    CHECK(mmap(NULL, 1, PROT_READ, MAP_PRIVATE, null, 0) == MAP_FAILED);
    CHECK(errno == ENODEV);
    CHECK(mmap(NULL, 1, PROT_WRITE, MAP_SHARED, read_only, 0) == MAP_FAILED);
    CHECK(errno == EACCES);
    close(fd);
    close(null);
    close(read_only);
}

/* Flags that are not known are refused if the program wants it so. */
static void validated(void)
{
    enum { UNKNOWN = 1 << 19 };
    int fd = memfd_create("shared", 0);
    char *p, c = 0;

    CHECK(ftruncate(fd, 4096) == 0);
    p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE, fd, 0);
    CHECK(p != MAP_FAILED);
    p[5] = 7;
    CHECK(pread(fd, &c, 1, 5) == 1 && c == 7);
    CHECK(madvise(p, 4096, MADV_DONTDUMP) == 0);
    CHECK(madvise(p, 4096, MADV_DODUMP) == 0 && p[5] == 7);
    CHECK(munmap(p, 4096) == 0);
    CHECK(mmap(NULL, 4096, PROT_READ, MAP_SHARED_VALIDATE | UNKNOWN, fd, 0) ==
          MAP_FAILED);
    CHECK(errno == EOPNOTSUPP);
    CHECK(mmap(NULL, 4096, PROT_READ, MAP_SHARED_VALIDATE | MAP_ANONYMOUS, -1,
               0) == MAP_FAILED);
    CHECK(errno == EINVAL);
    close(fd);
}

int main(void)
{
    ping_pong();
    bulk();
    polling();
    mask_that_goes();
    nearly_full();
    broken();
    counters();
    asking();
    what_is_left();
    zeros();
    validated();
    return done();
}
