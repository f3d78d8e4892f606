/* sockets.c - sockets of AF_UNIX, files that go through them, and signalfd.
 * expect: 0 failures
 */
/* hosted: yes */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "check.h"

static char buffer[300000];
static void *much;

static short polled(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT | POLLRDHUP};

    poll(&p, 1, 0);
    return p.revents;
}

static void pairs(void)
{
    int fd[2], n = 0;
    struct iovec parts[2] = {{buffer, 3}, {buffer + 10, 5}};

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
    CHECK(polled(fd[0]) == POLLOUT);
    CHECK(write(fd[0], "hello", 5) == 5 && write(fd[0], "world", 5) == 5);
    CHECK(polled(fd[1]) == (POLLIN | POLLOUT));
    CHECK(recv(fd[1], buffer, 7, MSG_PEEK) == 7);
    CHECK(readv(fd[1], parts, 2) == 8);
    CHECK(memcmp(buffer, "hel", 3) == 0 &&
          memcmp(buffer + 10, "lowor", 5) == 0);
    CHECK(read(fd[1], buffer, 100) == 2 && memcmp(buffer, "ld", 2) == 0);
    FAILS(recv(fd[1], buffer, 1, MSG_DONTWAIT), EAGAIN);
    while (send(fd[0], buffer, 10000, MSG_DONTWAIT) > 0)
        n++;
    CHECK(errno == EAGAIN && n > 10 && n < 100);
    CHECK(!(polled(fd[0]) & POLLOUT));
    CHECK(shutdown(fd[0], SHUT_WR) == 0);
    while (read(fd[1], buffer, sizeof(buffer)) > 0)
        ;
    CHECK(read(fd[1], buffer, 1) == 0);
    CHECK(polled(fd[1]) & POLLRDHUP && !(polled(fd[1]) & POLLHUP));
    CHECK(write(fd[1], "x", 1) == 1 && read(fd[0], buffer, 9) == 1);
    FAILS(send(fd[0], "x", 1, MSG_NOSIGNAL), EPIPE);
    close(fd[0]);
    CHECK(polled(fd[1]) & POLLHUP);
    FAILS(send(fd[1], "x", 1, MSG_NOSIGNAL), EPIPE);
    close(fd[1]);
    CHECK(socketpair(AF_INET, SOCK_STREAM, 0, fd) == -1 &&
          (errno == EAFNOSUPPORT || errno == EOPNOTSUPP));
    FAILS(socketpair(AF_UNIX, SOCK_RDM, 0, fd), ESOCKTNOSUPPORT);
    FAILS(recv(0, buffer, 1, 0), ENOTSOCK);
    FAILS(recv(99, buffer, 1, 0), EBADF);
}

static socklen_t name(struct sockaddr_un *a, const char *path)
{
    memset(a, 0, sizeof(*a));
    a->sun_family = AF_UNIX;
    strcpy(a->sun_path + (*path == '@'), path + (*path == '@'));
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path) +
                       (*path != '@'));
}

static void *client(void *path)
{
    struct sockaddr_un a;
    socklen_t size = name(&a, path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    CHECK(connect(fd, (void *)&a, size) == 0);
    FAILS(connect(fd, (void *)&a, size), EISCONN);
    CHECK(write(fd, "ping", 4) == 4);
    CHECK(read(fd, buffer, 100) == 4 && memcmp(buffer, "pong", 4) == 0);
    close(fd);
    return NULL;
}

static void connections(const char *path)
{
    struct sockaddr_un a, b;
    socklen_t size = name(&a, path), room = sizeof(b);
    int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), fd;
    char got[8] = "", *last = (char *)&a + size - 1;
    struct stat s;
    pthread_t t;

    FAILS(listen(server, 1), EINVAL);
    CHECK(bind(server, (void *)&a, size) == 0);
    last -= *last == 0;
    ++*last;
    FAILS(bind(server, (void *)&a, size), EINVAL);
    --*last;
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    FAILS(bind(fd, (void *)&a, size), EADDRINUSE);
    FAILS(connect(fd, (void *)&a, size), ECONNREFUSED);
    FAILS(accept(server, NULL, NULL), EINVAL);
    CHECK(listen(server, 4) == 0);
    CHECK(getsockname(server, (void *)&b, &room) == 0 && room == size &&
          memcmp(&a, &b, size) == 0);
    if (*path == '/')
        CHECK(stat(path, &s) == 0 && S_ISSOCK(s.st_mode));
    close(fd);
    pthread_create(&t, NULL, client, (void *)(uintptr_t)path);
    room = sizeof(b);
    fd = accept(server, (void *)&b, &room);
    CHECK(fd >= 0 && room == 2 && b.sun_family == AF_UNIX);
    CHECK(recv(fd, got, 4, MSG_WAITALL) == 4 && memcmp(got, "ping", 4) == 0);
    CHECK(write(fd, "pong", 4) == 4);
    pthread_join(t, NULL);
    CHECK(read(fd, got, 1) == 0);
    close(fd);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    CHECK(connect(fd, (void *)&a, size) == 0);
    CHECK(polled(server) & POLLIN);
    close(server);
    CHECK(polled(fd) & POLLHUP);
    close(fd);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    FAILS(connect(fd, (void *)&a, size), ECONNREFUSED);
    if (*path == '/')
        CHECK(unlink(path) == 0);
    if (*path == '/')
        FAILS(connect(fd, (void *)&a, size), ENOENT);
    close(fd);
}

static void datagrams(void)
{
    struct sockaddr_un a, b;
    socklen_t size = name(&a, "@drop"), room = sizeof(b);
    int to = socket(AF_UNIX, SOCK_DGRAM, 0);
    int from = socket(AF_UNIX, SOCK_DGRAM, 0), fd[2];
    struct timeval t = {.tv_usec = 20000}, seen;

    CHECK(bind(to, (void *)&a, size) == 0);
    FAILS(send(from, "x", 1, 0), ENOTCONN);
    size = name(&b, "@from");
    CHECK(bind(from, (void *)&b, size) == 0);
    size = name(&a, "@drop");
    CHECK(sendto(from, "one", 3, 0, (void *)&a, size) == 3);
    CHECK(connect(from, (void *)&a, size) == 0);
    CHECK(send(from, "", 0, 0) == 0 && send(from, "three", 5, 0) == 5);
    CHECK(recvfrom(to, buffer, 2, MSG_TRUNC, (void *)&b, &room) == 3);
    CHECK(room == 2 + 5 && memcmp(b.sun_path, "\0from", 5) == 0);
    CHECK(recv(to, buffer, 9, 0) == 0 && recv(to, buffer, 9, 0) == 5);
    CHECK(setsockopt(to, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)) == 0);
    room = sizeof(seen);
    CHECK(getsockopt(to, SOL_SOCKET, SO_RCVTIMEO, &seen, &room) == 0 &&
          seen.tv_usec == 20000);
    FAILS(recv(to, buffer, 1, 0), EAGAIN);
    FAILS(send(from, buffer, sizeof(buffer), 0), EMSGSIZE);
    close(to);
    FAILS(send(from, "x", 1, 0), ECONNREFUSED);
    close(from);
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) == 0);
    CHECK(write(fd[0], "ab", 2) == 2 && write(fd[0], "cd", 2) == 2);
    CHECK(read(fd[1], buffer, 9) == 2);
    close(fd[0]);
    CHECK(read(fd[1], buffer, 1) == 1 && read(fd[1], buffer, 1) == 0);
    close(fd[1]);
}

static void files_go_through(void)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(2 * sizeof(int))];
    } control;
    struct iovec part = {buffer, 1};
    struct msghdr h = {.msg_iov = &part, .msg_iovlen = 1};
    int fd[2], ends[2], got[2] = {-1, -1};

    h.msg_control = &control;
    h.msg_controllen = sizeof(control);
    control.header.cmsg_len = CMSG_LEN(2 * sizeof(int));
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0 && pipe(ends) == 0);
    memcpy(CMSG_DATA(&control.header), ends, sizeof(ends));
    CHECK(sendmsg(fd[0], &h, 0) == 1);
    close(ends[0]);
    close(ends[1]);
    memset(&control, 0, sizeof(control));
    CHECK(recvmsg(fd[1], &h, MSG_CMSG_CLOEXEC) == 1);
    CHECK(control.header.cmsg_type == SCM_RIGHTS &&
          control.header.cmsg_len == CMSG_LEN(sizeof(got)));
    memcpy(got, CMSG_DATA(&control.header), sizeof(got));
    CHECK(fcntl(got[0], F_GETFD) == FD_CLOEXEC);
    CHECK(write(got[1], "through", 7) == 7 && read(got[0], buffer, 9) == 7);
    memcpy(CMSG_DATA(&control.header), (int[]){got[0], 77}, sizeof(got));
    h.msg_controllen = sizeof(control);
    FAILS(sendmsg(fd[0], &h, 0), EBADF);
    control.header.cmsg_len = 1000;
    FAILS(sendmsg(fd[0], &h, 0), EINVAL);
    control.header.cmsg_len = CMSG_LEN(sizeof(int));
    CHECK(sendmsg(fd[0], &h, 0) == 1);
    close(got[0]);
    FAILS(send(fd[0], (void *)16, 5, 0), EFAULT);
    close(fd[0]);
    close(fd[1]);
    /* The end that was on its way is gone, too. */
    signal(SIGPIPE, SIG_IGN);
    FAILS(write(got[1], "x", 1), EPIPE);
    close(got[1]);
}

static void *send_signal(void *unused)
{
    usleep(10000);
    kill(getpid(), SIGUSR1);
    return unused;
}

static void signals(void)
{
    struct epoll_event e = {.events = EPOLLIN};
    struct signalfd_siginfo s[3];
    sigset_t set;
    pthread_t t;
    int fd, epoll = epoll_create1(0);

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    fd = signalfd(-1, &set, SFD_NONBLOCK);
    CHECK(fd >= 0);
    FAILS(read(fd, s, sizeof(s)), EAGAIN);
    FAILS(read(fd, s, 10), EINVAL);
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
    CHECK(epoll_wait(epoll, &e, 1, 0) == 0);
    pthread_create(&t, NULL, send_signal, NULL);
    CHECK(epoll_wait(epoll, &e, 1, 2000) == 1);
    pthread_join(t, NULL);
    sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 7});
    CHECK(read(fd, s, sizeof(s)) == 2 * sizeof(*s));
    CHECK(s[0].ssi_signo == SIGUSR1 && s[1].ssi_int == 7 &&
          s[1].ssi_signo == (unsigned)SIGRTMIN);
    fcntl(fd, F_SETFL, 0);
    pthread_create(&t, NULL, send_signal, NULL);
    CHECK(read(fd, s, sizeof(s)) == sizeof(*s) && s[0].ssi_signo == SIGUSR1);
    pthread_join(t, NULL);
    close(fd);
    close(epoll);
}

/* As much as there is, without waiting for the second part. */
static void parts_of_a_pipe(void)
{
    struct iovec parts[2] = {{buffer, 3}, {buffer + 10, 5}};
    int fd[2];

    CHECK(pipe(fd) == 0 && write(fd[1], "abc", 3) == 3);
    CHECK(readv(fd[0], parts, 2) == 3);
    close(fd[0]);
    close(fd[1]);
}

static int send_file(int to, int fd, const char *text)
{
    char room[CMSG_SPACE(sizeof(int))] = "";
    struct iovec part = {(char *)(long)text, strlen(text)};
    struct msghdr h = {.msg_iov = &part,
                       .msg_iovlen = 1,
                       .msg_control = room,
                       .msg_controllen = sizeof(room)};
    struct cmsghdr *c = CMSG_FIRSTHDR(&h);

    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &fd, sizeof(fd));
    return sendmsg(to, &h, 0) == (long)strlen(text);
}

/* Each on its way to the next: they go one after the other. */
static void chain(void)
{
    int last = open("/", O_RDONLY), fd[2];

    for (int i = 0; i < 3000; i++) {
        CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
        CHECK(send_file(fd[0], last, "x"));
        close(last);
        close(fd[0]);
        last = fd[1];
    }
    close(last);
}

/* Without a byte they do not go, nor stay; and nothing sent for ever fills
 * something, too. */
static int option(int fd, int which)
{
    socklen_t size = sizeof(int);
    int value = -1;

    CHECK(getsockopt(fd, SOL_SOCKET, which, &value, &size) == 0);
    return value;
}

static int set_option(int fd, int which, int value)
{
    return setsockopt(fd, SOL_SOCKET, which, &value, sizeof(value));
}

static void options(void)
{
    static const int switches[] = {SO_REUSEADDR, SO_KEEPALIVE, SO_BROADCAST,
                                   SO_DONTROUTE, SO_OOBINLINE, SO_PASSCRED};
    struct linger l = {1, 5}, seen = {0};
    socklen_t size = sizeof(seen);
    int fd[2];

    CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd) == 0);
    for (unsigned i = 0; i < sizeof(switches) / sizeof(*switches); i++) {
        CHECK(option(fd[0], switches[i]) == 0);
        CHECK(set_option(fd[0], switches[i], 7) == 0);
        CHECK(option(fd[0], switches[i]) == 1 &&
              option(fd[1], switches[i]) == 0);
        CHECK(set_option(fd[0], switches[i], 0) == 0);
        CHECK(option(fd[0], switches[i]) == 0);
    }
    CHECK(set_option(fd[0], SO_SNDBUF, 20000) == 0);
    CHECK(option(fd[0], SO_SNDBUF) == 40000);
    FAILS(send(fd[0], buffer, 40001, MSG_DONTWAIT), EMSGSIZE);
    CHECK(set_option(fd[0], SO_RCVBUF, 1) == 0);
    CHECK(option(fd[0], SO_RCVBUF) == 2304);
    CHECK(set_option(fd[0], SO_PRIORITY, 3) == 0);
    CHECK(option(fd[0], SO_PRIORITY) == 3);
    CHECK(option(fd[0], SO_RCVLOWAT) == 1);
    FAILS(set_option(fd[0], SO_TYPE, 1), ENOPROTOOPT);
    FAILS(set_option(fd[0], 999, 1), ENOPROTOOPT);
    FAILS(setsockopt(fd[0], SOL_SOCKET, SO_KEEPALIVE, &size, 2), EINVAL);
    FAILS(setsockopt(fd[0], SOL_SOCKET, SO_KEEPALIVE, (void *)8, 4), EFAULT);
    FAILS(setsockopt(fd[0], 6, 1, &size, sizeof(size)), EOPNOTSUPP);
    CHECK(setsockopt(fd[0], SOL_SOCKET, SO_LINGER, &l, sizeof(l)) == 0);
    CHECK(getsockopt(fd[0], SOL_SOCKET, SO_LINGER, &seen, &size) == 0);
    CHECK(seen.l_onoff == 1 && seen.l_linger == 5);
    close(fd[0]);
    close(fd[1]);
}

static void sender_is_told(void)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {buffer, 1};
    struct msghdr h = {.msg_iov = &part, .msg_iovlen = 1};
    struct ucred who = {.pid = -1};
    struct cmsghdr *c = &control.header;
    int fd[2];

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
    CHECK(set_option(fd[1], SO_PASSCRED, 1) == 0);
    h.msg_control = &control;
    h.msg_controllen = CMSG_SPACE(sizeof(int));
    *c = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)),
                          .cmsg_level = SOL_SOCKET,
                          .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(c), &fd[0], sizeof(int));
    CHECK(sendmsg(fd[0], &h, 0) == 1);
    h.msg_controllen = sizeof(control);
    CHECK(recvmsg(fd[1], &h, 0) == 1 && !(h.msg_flags & MSG_CTRUNC));
    c = CMSG_FIRSTHDR(&h);
    CHECK(c && c->cmsg_type == SCM_CREDENTIALS);
    memcpy(&who, CMSG_DATA(c), sizeof(who));
    CHECK(who.pid == getpid() && who.uid == getuid());
    c = CMSG_NXTHDR(&h, c);
    CHECK(c && c->cmsg_type == SCM_RIGHTS);
    if (c)
        close(*(int *)(void *)CMSG_DATA(c));
    c = &control.header;
    *c = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(who)),
                          .cmsg_level = SOL_SOCKET,
                          .cmsg_type = SCM_CREDENTIALS};
    memcpy(CMSG_DATA(c), &who, sizeof(who));
    h.msg_controllen = CMSG_SPACE(sizeof(who));
    CHECK(sendmsg(fd[0], &h, 0) == 1);
    h.msg_controllen = CMSG_LEN(4);
    CHECK(recvmsg(fd[1], &h, 0) == 1 && h.msg_flags & MSG_CTRUNC);
    close(fd[0]);
    close(fd[1]);
}

static int readable(int fd)
{
    int n = -1;

    CHECK(ioctl(fd, FIONREAD, &n) == 0);
    return n;
}

static void how_much(int type, int expected)
{
    int fd[2];

    CHECK(socketpair(AF_UNIX, type, 0, fd) == 0 && readable(fd[0]) == 0);
    CHECK(write(fd[1], "abc", 3) == 3 && write(fd[1], "de", 2) == 2);
    CHECK(readable(fd[0]) == expected && readable(fd[1]) == 0);
    close(fd[0]);
    close(fd[1]);
}

static void connected_no_longer(void)
{
    struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    int fd[2];

    CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd) == 0);
    CHECK(connect(fd[0], &nobody, sizeof(nobody)) == 0);
    FAILS(send(fd[0], "x", 1, 0), ENOTCONN);
    CHECK(connect(fd[0], &nobody, 2) == 0);
    close(fd[0]);
    close(fd[1]);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
    FAILS(connect(fd[0], &nobody, sizeof(nobody)), EINVAL);
    close(fd[0]);
    close(fd[1]);
}

static void *send_in_parts(void *fd)
{
    CHECK(write(*(int *)fd, "a", 1) == 1);
    usleep(10000);
    CHECK(write(*(int *)fd, "bcd", 3) == 3);
    usleep(10000);
    CHECK(write(*(int *)fd, "efg", 3) == 3);
    return NULL;
}

static void all_parts(void)
{
    char first[3] = "", second[4] = "";
    struct iovec parts[2] = {{first, 2}, {second, 3}};
    struct msghdr h = {.msg_iov = parts, .msg_iovlen = 2};
    pthread_t t;
    int fd[2];

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
    pthread_create(&t, NULL, send_in_parts, &fd[1]);
    CHECK(recvmsg(fd[0], &h, MSG_WAITALL) == 5);
    CHECK(strcmp(first, "ab") == 0 && strcmp(second, "cde") == 0);
    pthread_join(t, NULL);
    close(fd[1]);
    CHECK(recvmsg(fd[0], &h, MSG_WAITALL) == 2);
    close(fd[0]);
}

/* read() of nothing takes nothing and waits for nothing; recv() does. */
static void nothing_read(int type)
{
    struct iovec none = {buffer, 0};
    int fd[2];

    CHECK(socketpair(AF_UNIX, type, 0, fd) == 0);
    CHECK(read(fd[0], buffer, 0) == 0 && readv(fd[0], &none, 1) == 0);
    FAILS(recv(fd[0], buffer, 0, MSG_DONTWAIT), EAGAIN);
    CHECK(write(fd[1], "kept", 4) == 4 && read(fd[0], buffer, 0) == 0);
    CHECK(readv(fd[0], &none, 1) == 0 && read(fd[0], buffer, 9) == 4);
    close(fd[0]);
    close(fd[1]);
}

static void nothing_sent(void)
{
    int fd[2], ends[2], n = 0;

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0 && pipe(ends) == 0);
    CHECK(send_file(fd[0], ends[1], ""));
    close(ends[1]);
    CHECK(polled(ends[0]) == POLLHUP);
    close(ends[0]);
    close(fd[0]);
    close(fd[1]);
    CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd) == 0);
    while (n < 10000 && send(fd[0], "", 0, MSG_DONTWAIT) == 0)
        n++;
    CHECK(n < 10000 && errno == EAGAIN);
    close(fd[0]);
    close(fd[1]);
}

/* Each holds the other on its way: no descriptor leads there any more, so what
 * else is on its way there is closed. */
static void circle(void)
{
    int a[2], b[2], ends[2];

    CHECK(pipe(ends) == 0);
    for (int i = 0; i < 2; i++) {
        CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, a) == 0);
        CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, b) == 0);
        CHECK(send_file(a[0], b[1], "x") && send_file(b[0], a[1], "x"));
        CHECK(send_file(a[0], ends[1], "x"));
        close(b[1]);
        close(a[1]);
        if (i == 0) { /* by one end of each it can still be read from */
            CHECK(polled(ends[0]) == 0);
        }
        close(b[0]);
        close(a[0]);
    }
    close(ends[1]);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, a) == 0);
    close(a[0]);
    close(a[1]);
    usleep(50000); /* Linux has a worker for that */
    CHECK(polled(ends[0]) == POLLHUP);
    close(ends[0]);
}

static struct sockaddr_un name_of(const char *abstract)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};

    strcpy(a.sun_path + 1, abstract);
    return a;
}

/* Who is connected hears nobody else. */
static void strangers(void)
{
    struct sockaddr_un one = name_of("one"), two = name_of("two");
    int fd[3];

    for (int i = 0; i < 3; i++)
        fd[i] = socket(AF_UNIX, SOCK_DGRAM, 0);
    CHECK(bind(fd[0], (void *)&one, sizeof(one)) == 0);
    CHECK(bind(fd[1], (void *)&two, sizeof(two)) == 0);
    CHECK(connect(fd[0], (void *)&two, sizeof(two)) == 0);
    FAILS(sendto(fd[2], "x", 1, 0, (void *)&one, sizeof(one)), EPERM);
    FAILS(connect(fd[2], (void *)&one, sizeof(one)), EPERM);
    CHECK(sendto(fd[1], "x", 1, 0, (void *)&one, sizeof(one)) == 1);
    CHECK(sendto(fd[2], "x", 1, 0, (void *)&two, sizeof(two)) == 1);
    for (int i = 0; i < 3; i++)
        close(fd[i]);
}

static void nothing(int signal)
{
    (void)signal;
}

/* A wait with a limit ends with a handler, even one with SA_RESTART. */
static void limited_waits(void)
{
    struct sigaction act = {.sa_handler = nothing, .sa_flags = SA_RESTART};
    struct timeval limit = {.tv_sec = 20};
    struct itimerval soon = {.it_value.tv_usec = 20000};
    int fd[2];

    CHECK(sigaction(SIGALRM, &act, NULL) == 0);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
    CHECK(setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ==
          0);
    CHECK(setitimer(ITIMER_REAL, &soon, NULL) == 0);
    FAILS(read(fd[0], buffer, 1), EINTR);
    limit = (struct timeval){.tv_usec = 20000};
    CHECK(setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ==
          0);
    FAILS(read(fd[0], buffer, 1), EAGAIN);
    close(fd[0]);
    close(fd[1]);
}

/* Parts that are the kernel's, or nobody's. */
static void parts_of_others(void)
{
    static const unsigned long others[] = {0xffff880000000000, 0x700000000000,
                                           0xfffffffffffff000, 4096};
    int fd[2];

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
    CHECK(write(fd[0], "abcdefgh", 8) == 8);
    for (unsigned i = 0; i < 4; i++) {
        struct iovec parts[2] = {{buffer, 1}, {(void *)others[i], 8}};

        FAILS(writev(fd[0], parts, 2), EFAULT);
        FAILS(readv(fd[1], &parts[1], 1), EFAULT);
    }
    close(fd[0]);
    close(fd[1]);
}

static void *send_one(void *fd)
{
    usleep(20000);
    CHECK(munmap(much, 4096) == 0 && write(*(int *)fd, "abc", 3) == 3);
    return NULL;
}

/* The list of parts goes away while the call waits. */
static void parts_that_go(int (*make)(int fd[2]))
{
    struct iovec *parts;
    pthread_t t;
    int fd[2];

    CHECK(make(fd) == 0);
    much = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                -1, 0);
    parts = much;
    parts[0] = (struct iovec){buffer, 1};
    parts[1] = (struct iovec){buffer + 1, 9};
    pthread_create(&t, NULL, send_one, &fd[1]);
    CHECK(readv(fd[0], parts, 2) == 3 && memcmp(buffer, "abc", 3) == 0);
    pthread_join(t, NULL);
    close(fd[0]);
    close(fd[1]);
}

static int make_pair(int fd[2])
{
    return socketpair(AF_UNIX, SOCK_STREAM, 0, fd);
}

int main(void)
{
    pairs();
    connections("/tmp/socket");
    connections("@abstract");
    datagrams();
    files_go_through();
    signals();
    parts_of_a_pipe();
    chain();
    circle();
    parts_of_others();
    strangers();
    limited_waits();
    options();
    sender_is_told();
    how_much(SOCK_STREAM, 5);
    how_much(SOCK_SEQPACKET, 5);
    how_much(SOCK_DGRAM, 3);
    connected_no_longer();
    all_parts();
    nothing_sent();
    nothing_read(SOCK_STREAM);
    nothing_read(SOCK_SEQPACKET);
    nothing_read(SOCK_DGRAM);
    parts_that_go(pipe);
    parts_that_go(make_pair);
    return done();
}
