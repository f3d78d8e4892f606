/* epoll.c - epoll and timerfd. */
/* hosted: yes */
/* expect: 0 failures */
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "check.h"

static int ends[2];

static void *write_later(void *arg)
{
    usleep(10000);
    CHECK(write(ends[1], "x", 1) == 1);
    return arg;
}

static void watching(void)
{
    struct epoll_event e = {.events = EPOLLIN, .data.u64 = 7}, out[4];
    int fd = epoll_create1(0);
    pthread_t t;
    char c;

    CHECK(pipe(ends) == 0);
    CHECK(epoll_ctl(fd, EPOLL_CTL_ADD, ends[0], &e) == 0);
    FAILS(epoll_ctl(fd, EPOLL_CTL_ADD, ends[0], &e), EEXIST);
    FAILS(epoll_ctl(fd, EPOLL_CTL_DEL, ends[1], &e), ENOENT);
    FAILS(epoll_ctl(fd, EPOLL_CTL_ADD, fd, &e), EINVAL);
    FAILS(epoll_wait(ends[0], out, 4, 0), EINVAL);
    FAILS(epoll_wait(fd, out, 0, 0), EINVAL);
    CHECK(epoll_wait(fd, out, 4, 0) == 0);
    CHECK(pthread_create(&t, NULL, write_later, NULL) == 0);
    CHECK(epoll_wait(fd, out, 4, -1) == 1 && out[0].data.u64 == 7);
    CHECK(out[0].events == EPOLLIN && epoll_wait(fd, out, 4, 0) == 1);
    pthread_join(t, NULL);
    e.events = EPOLLIN | EPOLLET;
    CHECK(epoll_ctl(fd, EPOLL_CTL_MOD, ends[0], &e) == 0);
    CHECK(epoll_wait(fd, out, 4, 0) == 1 && epoll_wait(fd, out, 4, 0) == 0);
    CHECK(write(ends[1], "y", 1) == 1 && epoll_wait(fd, out, 4, 0) == 1);
    e.events = EPOLLIN | EPOLLONESHOT;
    CHECK(epoll_ctl(fd, EPOLL_CTL_MOD, ends[0], &e) == 0);
    CHECK(epoll_wait(fd, out, 4, 0) == 1 && epoll_wait(fd, out, 4, 0) == 0);
    CHECK(read(ends[0], &c, 1) == 1 && c == 'x');
    CHECK(close(ends[0]) == 0 && epoll_wait(fd, out, 4, 0) == 0);
    CHECK(close(ends[1]) == 0 && close(fd) == 0);
}

/* More are ready than are asked for: each is told in its turn. */
static void in_turn(void)
{
    enum { MANY = 5 };
    struct epoll_event e = {.events = EPOLLIN}, out[2];
    int fd = epoll_create1(0), pipes[MANY][2], told[MANY] = {0};

    for (unsigned i = 0; i < MANY; i++) {
        e.data.u32 = i;
        CHECK(pipe(pipes[i]) == 0 && write(pipes[i][1], "x", 1) == 1);
        CHECK(epoll_ctl(fd, EPOLL_CTL_ADD, pipes[i][0], &e) == 0);
    }
    for (int round = 0; round < MANY; round++) {
        CHECK(epoll_wait(fd, out, 2, 0) == 2);
        told[out[0].data.u32]++;
        told[out[1].data.u32]++;
    }
    for (int i = 0; i < MANY; i++) {
        CHECK(told[i] == 2);
        close(pipes[i][0]);
        close(pipes[i][1]);
    }
    close(fd);
}

static int told(int fd)
{
    struct epoll_event out[4];

    return epoll_wait(fd, out, 4, 0);
}

/* What other files do, or the other direction, is no edge. */
static void edges(int make(int[2]))
{
    struct epoll_event e = {.events = EPOLLIN | EPOLLET};
    int fd = epoll_create1(0), watched[2], other[2];
    char c[2];

    CHECK(make(watched) == 0 && make(other) == 0);
    CHECK(epoll_ctl(fd, EPOLL_CTL_ADD, watched[0], &e) == 0 && told(fd) == 0);
    CHECK(write(watched[1], "abc", 3) == 3 && told(fd) == 1 && told(fd) == 0);
    CHECK(write(other[1], "x", 1) == 1 && told(fd) == 0);
    CHECK(read(other[0], c, 1) == 1 && told(fd) == 0);
    CHECK(read(watched[0], c, 1) == 1 && told(fd) == 0);
    CHECK(epoll_ctl(fd, EPOLL_CTL_ADD, other[0], &e) == 0 && told(fd) == 0);
    CHECK(write(watched[1], "d", 1) == 1 && told(fd) == 1 && told(fd) == 0);
    CHECK(close(watched[1]) == 0 && told(fd) == 1);
    close(watched[0]);
    close(other[0]);
    close(other[1]);
    close(fd);
}

static int make_pair(int fd[2])
{
    return socketpair(AF_UNIX, SOCK_STREAM, 0, fd);
}

/* A counter that grows has more to read each time. */
static void edges_of_counters(void)
{
    struct epoll_event e = {.events = EPOLLIN | EPOLLET};
    int fd = epoll_create1(0), watched = eventfd(0, 0), other = eventfd(0, 0);

    CHECK(epoll_ctl(fd, EPOLL_CTL_ADD, watched, &e) == 0 && told(fd) == 0);
    CHECK(eventfd_write(watched, 2) == 0 && told(fd) == 1 && told(fd) == 0);
    CHECK(eventfd_write(other, 2) == 0 && told(fd) == 0);
    CHECK(eventfd_write(watched, 2) == 0 && told(fd) == 1 && told(fd) == 0);
    close(watched);
    close(other);
    close(fd);
}

/* That nobody writes any more is told whatever was asked for. */
static void edge_of_the_end(void)
{
    struct epoll_event e = {.events = EPOLLET};
    int fd = epoll_create1(0), watched[2];

    CHECK(pipe(watched) == 0);
    CHECK(epoll_ctl(fd, EPOLL_CTL_ADD, watched[0], &e) == 0 && told(fd) == 0);
    CHECK(close(watched[1]) == 0 && told(fd) == 1 && told(fd) == 0);
    close(watched[0]);
    close(fd);
}

static void *ticking(void *arg)
{
    struct itimerspec fast = {{0, 2000000}, {0, 2000000}}, now;
    struct epoll_event e = {.events = EPOLLIN}, out;
    int timer = timerfd_create(CLOCK_MONOTONIC, 0), fd = epoll_create1(0);
    unsigned long ticks, sum = 0;

    CHECK(timerfd_settime(timer, 0, &fast, NULL) == 0);
    CHECK(epoll_ctl(fd, EPOLL_CTL_ADD, timer, &e) == 0);
    while (sum < 5) {
        CHECK(epoll_wait(fd, &out, 1, 1000) == 1);
        CHECK(read(timer, &ticks, 8) == 8 && ticks > 0);
        sum += ticks;
    }
    CHECK(timerfd_gettime(timer, &now) == 0);
    CHECK(now.it_interval.tv_nsec == 2000000 && now.it_value.tv_nsec > 0);
    FAILS(read(timer, &ticks, 4), EINVAL);
    FAILS(timerfd_create(99, 0), EINVAL);
    CHECK(close(timer) == 0 && close(fd) == 0);
    return arg;
}

/* They are files of no kind, without contents. */
static void have_no_contents(int fd)
{
    struct stat s;

    CHECK(fd >= 0 && fstat(fd, &s) == 0);
    CHECK((s.st_mode & S_IFMT) == 0 && s.st_size == 0);
    CHECK(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED);
    CHECK(errno == ENODEV);
    FAILS(ftruncate(fd, 10), EINVAL);
    CHECK(ioctl(fd, FIONREAD, &s) == -1);
    FAILS(sendfile(1, fd, NULL, 10), EINVAL);
    close(fd);
}

int main(void)
{
    pthread_t t;

    watching();
    in_turn();
    edges(pipe);
    edges(make_pair);
    edges_of_counters();
    edge_of_the_end();
    ticking(NULL);
    CHECK(pthread_create(&t, NULL, ticking, NULL) == 0);
    CHECK(pthread_join(t, NULL) == 0);
    have_no_contents(epoll_create1(0));
    have_no_contents(timerfd_create(CLOCK_MONOTONIC, 0));
    have_no_contents(eventfd(1, 0));
    have_no_contents(signalfd(-1, &(sigset_t){0}, 0));
    return done();
}
