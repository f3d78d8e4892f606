/* kindless.c - what is done with sockets, queues, epolls and timers answers as
 * ever in a program that makes none, which is linked without them. */
/* hosted: yes */
/* expect: 0 failures */
#include <mqueue.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#include "check.h"

static void socket_calls(int fd, int error)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "a"};
    struct msghdr h = {.msg_name = NULL};
    socklen_t n = sizeof(a);
    int number = 0;

    FAILS(accept(fd, (void *)&a, &n), error);
    FAILS(accept4(fd, NULL, NULL, SOCK_CLOEXEC), error);
    FAILS(bind(fd, (void *)&a, n), error);
    FAILS(connect(fd, (void *)&a, n), error);
    FAILS(getpeername(fd, (void *)&a, &n), error);
    FAILS(getsockname(fd, (void *)&a, &n), error);
    n = sizeof(number);
    FAILS(getsockopt(fd, SOL_SOCKET, SO_TYPE, &number, &n), error);
    FAILS(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &number, n), error);
    FAILS(listen(fd, 1), error);
    FAILS(recv(fd, &number, n, 0), error);
    FAILS(recvmsg(fd, &h, 0), error);
    FAILS(send(fd, &number, n, 0), error);
    FAILS(sendmsg(fd, &h, 0), error);
    FAILS(shutdown(fd, SHUT_RD), error);
}

static void other_calls(int fd, int pipe, int error)
{
    struct epoll_event e = {.events = EPOLLIN};
    struct itimerspec t = {.it_value.tv_sec = 1};

    FAILS(epoll_ctl(fd, EPOLL_CTL_ADD, pipe, &e), error);
    FAILS(epoll_wait(fd, &e, 1, 0), error);
    FAILS(timerfd_settime(fd, 0, &t, NULL), error);
    FAILS(timerfd_gettime(fd, &t), error);
}

static void queue_calls(int fd)
{
    struct mq_attr a = {.mq_flags = 0};
    char c = 0;

    FAILS(mq_getattr(fd, &a), EBADF);
    FAILS(mq_setattr(fd, &a, NULL), EBADF);
    FAILS(mq_notify(fd, NULL), EBADF);
    FAILS(mq_send(fd, &c, 1, 0), EBADF);
    FAILS(mq_receive(fd, &c, 1, NULL), EBADF);
}

int main(void)
{
    static const int closed[] = {-1, 99, 0x7fffffff};
    int ends[2];

    CHECK(pipe(ends) == 0);
    for (int i = 0; i < 3; i++) {
        socket_calls(closed[i], EBADF);
        other_calls(closed[i], ends[0], EBADF);
        queue_calls(closed[i]);
    }
    socket_calls(ends[0], ENOTSOCK);
    other_calls(ends[0], ends[1], EINVAL);
    queue_calls(ends[0]);
    return done();
}
