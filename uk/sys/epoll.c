/* epoll.c - the calls of epoll and timerfd. Layer: sys. */
#include <fcntl.h>
#include <sys/timerfd.h>
#include <time.h>

#include "sched/signal.h"
#include "sys/sys.h"
#include "sys/times.h"
#include "sys/user.h"
#include "vfs/epoll.h"
#include "vfs/wait.h"
#include "xen/clock.h"

long sys_epoll_create1(int flags)
{
    struct file *f;
    long error = flags & ~EPOLL_CLOEXEC ? -EINVAL : epoll_create_file(&f);

    return error ? error : fd_add(f, 0, flags & EPOLL_CLOEXEC);
}

long sys_epoll_create(int size)
{
    return size > 0 ? sys_epoll_create1(0) : -EINVAL;
}

static long find(int fd, struct file **f)
{
    *f = fd_find(fd);
    if (!*f)
        return -EBADF;
    return file_is_epoll(*f) ? 0 : -EINVAL;
}

long sys_epoll_ctl(int epoll, int operation, int fd,
                   const struct epoll_event *event)
{
    struct file *f;
    long error = find(epoll, &f);

    if (error)
        return error;
    if (operation != EPOLL_CTL_ADD && operation != EPOLL_CTL_MOD &&
        operation != EPOLL_CTL_DEL)
        return -EINVAL;
    if (operation != EPOLL_CTL_DEL && !user_reads(event, sizeof(*event)))
        return -EFAULT;
    return epoll_change(f, operation, fd, event);
}

static long collect(struct file *f, struct epoll_event *out, int room,
                    uint64_t deadline)
{
    long error = 0;

    for (;;) {
        int n;

        if (!user_writes(out, (size_t)room * sizeof(*out)))
            return -EFAULT;
        n = epoll_collect(f, out, room);
        if (n || error == -ETIMEDOUT)
            return n;
        if (error)
            return -EINTR;
        error = files_wait(deadline);
    }
}

long sys_epoll_pwait(int epoll, struct epoll_event *out, int room,
                     int timeout_ms, const uint64_t *mask, size_t size)
{
    struct thread *t = thread_current();
    struct file *f;
    long error = find(epoll, &f);

    if (error)
        return error;
    if (room <= 0 || room > 1 << 20 || (mask && size != sizeof(*mask)))
        return -EINVAL;
    if (mask && !user_reads(mask, sizeof(*mask)))
        return -EFAULT;
    if (mask) {
        t->saved_mask = t->signal_mask;
        t->mask_is_saved = true;
        signal_set_mask(*mask);
    }
    f->uses++;
    error = collect(
        f, out, room,
        timeout_ms < 0 ? NEVER : times_after((uint64_t)timeout_ms * 1000000));
    file_put(f);
    if (mask)
        percpu()->work = 1;
    return error;
}

long sys_epoll_wait(int epoll, struct epoll_event *out, int room,
                    int timeout_ms)
{
    return sys_epoll_pwait(epoll, out, room, timeout_ms, NULL, 0);
}

/* --------------------------------------------------------------- timerfd */
long sys_timerfd_create(int clock, int flags)
{
    struct file *f;
    long error;

    if ((clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME &&
         clock != CLOCK_BOOTTIME) ||
        flags & ~(TFD_NONBLOCK | TFD_CLOEXEC))
        return -EINVAL;
    error = timerfd_create_file(flags & O_NONBLOCK, &f);
    if (error)
        return error;
    f->position = (uint64_t)clock;
    return fd_add(f, 0, flags & O_CLOEXEC);
}

static struct timespec spec(uint64_t ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / NS_PER_S),
                             .tv_nsec = (long)(ns % NS_PER_S)};
}

long sys_timerfd_gettime(int fd, struct itimerspec *out)
{
    struct file *f = fd_find(fd);
    uint64_t left, interval;

    if (!f)
        return -EBADF;
    if (!file_is_timerfd(f))
        return -EINVAL;
    if (!user_writes(out, sizeof(*out)))
        return -EFAULT;
    timerfd_get(f, &left, &interval);
    out->it_value = spec(left);
    out->it_interval = spec(interval);
    return 0;
}

long sys_timerfd_settime(int fd, int flags, const struct itimerspec *new,
                         struct itimerspec *old)
{
    struct file *f = fd_find(fd);
    struct itimerspec copy;
    uint64_t at, interval;
    long error;

    if (!f)
        return -EBADF;
    if (!file_is_timerfd(f) || flags & ~TFD_TIMER_ABSTIME)
        return -EINVAL;
    if (!user_take(&copy, new, sizeof(copy)))
        return -EFAULT;
    error = times_begin((int)f->position, flags & TFD_TIMER_ABSTIME,
                        &copy.it_value, &at);
    if (!error && !times_are_valid(&copy.it_interval))
        error = -EINVAL;
    if (!error && old)
        error = sys_timerfd_gettime(fd, old);
    if (error)
        return error;
    interval = times_ns(&copy.it_interval);
    if (!copy.it_value.tv_sec && !copy.it_value.tv_nsec)
        at = 0;
    timerfd_set(f, at, interval);
    return 0;
}
