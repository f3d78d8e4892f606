/* poll.c - the calls that wait for several descriptors. Layer: sys. */
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <time.h>

#include "lib/string.h"
#include "sys/sys.h"
#include "sys/times.h"
#include "sys/user.h"
#include "vfs/pipe.h"
#include "vfs/wait.h"

static int look(struct pollfd *fds, size_t n)
{
    int ready = 0;

    for (size_t i = 0; i < n; i++) {
        struct file *f = fd_find(fds[i].fd);
        short shown = f ? file_poll(f) : POLLNVAL;

        if (shown & POLLIN)
            shown |= POLLRDNORM;
        if (shown & POLLOUT)
            shown |= POLLWRNORM;
        fds[i].revents =
            fds[i].fd < 0
                ? 0
                : shown & (fds[i].events | POLLHUP | POLLERR | POLLNVAL);
        ready += fds[i].revents != 0;
    }
    return ready;
}

static long wait(struct pollfd *fds, size_t n, uint64_t deadline)
{
    long error = 0;

    if (n > (size_t)fd_limit())
        return -EINVAL;
    for (;;) {
        int ready;

        if (!user_writes(fds, n * sizeof(*fds)))
            return -EFAULT;
        ready = look(fds, n);
        if (ready || error == -ETIMEDOUT)
            return ready;
        if (error)
            return -EINTR;
        error = files_wait(deadline);
    }
}

long sys_poll(struct pollfd *fds, size_t n, int timeout_ms)
{
    uint64_t deadline = NEVER;

    if (timeout_ms >= 0)
        deadline = times_after((uint64_t)timeout_ms * 1000000);
    return wait(fds, n, deadline);
}

/* The mask is in force while it waits; a handler's return brings the old one.
 */
static long change_mask(const uint64_t *mask, size_t size)
{
    struct thread *t = thread_current();

    if (!mask)
        return 0;
    if (size != sizeof(*mask))
        return -EINVAL;
    if (!user_reads(mask, sizeof(*mask)))
        return -EFAULT;
    t->saved_mask = t->signal_mask;
    t->mask_is_saved = true;
    signal_set_mask(*mask);
    return 0;
}

/* Without a handler, the old mask comes back on the way out. */
static void restore_mask(const uint64_t *mask)
{
    if (mask)
        percpu()->work = 1;
}

long sys_ppoll(struct pollfd *fds, size_t n, const struct timespec *time,
               const uint64_t *mask, size_t size)
{
    uint64_t deadline = NEVER;
    long error = 0;

    if (time)
        error = times_deadline(CLOCK_MONOTONIC, false, time, &deadline);
    if (!error)
        error = change_mask(mask, size);
    if (error)
        return error;
    error = wait(fds, n, deadline);
    restore_mask(mask);
    return error;
}

/* ---------------------------------------------------------------- select */
enum { WORD_BITS = 64, SETS = 3 };

static const short set_events[SETS] = {POLLIN | POLLHUP | POLLERR,
                                       POLLOUT | POLLERR, POLLPRI};

/* What of `wanted` is ready, in `found`; their number, -EBADF for a closed one.
 */
static long look_at_sets(int n, uint64_t wanted[SETS][FDS / WORD_BITS],
                         uint64_t found[SETS][FDS / WORD_BITS])
{
    long ready = 0;

    memset(found, 0, SETS * FDS / 8);
    for (int fd = 0; fd < n; fd++)
        for (int s = 0; s < SETS; s++) {
            struct file *f = fd_find(fd);

            if (!(wanted[s][fd / WORD_BITS] >> fd % WORD_BITS & 1))
                continue;
            if (!f)
                return -EBADF;
            if (!(file_poll(f) & set_events[s]))
                continue;
            found[s][fd / WORD_BITS] |= 1UL << fd % WORD_BITS;
            ready++;
        }
    return ready;
}

static long select_until(int n, uint64_t *sets[SETS], uint64_t deadline)
{
    uint64_t wanted[SETS][FDS / WORD_BITS], found[SETS][FDS / WORD_BITS];
    size_t bytes = (size_t)(n + WORD_BITS - 1) / WORD_BITS * 8;
    long ready, error = 0;

    if (n < 0 || n > FDS)
        return -EINVAL;
    memset(wanted, 0, sizeof(wanted));
    for (int s = 0; s < SETS; s++) {
        if (sets[s] && !user_writes(sets[s], bytes))
            return -EFAULT;
        if (sets[s])
            memcpy(wanted[s], sets[s], bytes);
    }
    while ((ready = look_at_sets(n, wanted, found)) == 0 && !error)
        error = files_wait(deadline);
    if (ready < 0)
        return ready;
    if (!ready && error != -ETIMEDOUT)
        return -EINTR;
    for (int s = 0; s < SETS; s++) {
        if (sets[s] && !user_writes(sets[s], bytes))
            return -EFAULT;
        if (sets[s])
            memcpy(sets[s], found[s], bytes);
    }
    return ready;
}

long sys_select(int n, uint64_t *in, uint64_t *out, uint64_t *other,
                struct timeval *time)
{
    uint64_t *sets[SETS] = {in, out, other};
    uint64_t deadline = NEVER;

    if (time && !user_reads(time, sizeof(*time)))
        return -EFAULT;
    if (time && (time->tv_sec < 0 || time->tv_usec < 0))
        return -EINVAL;
    if (time)
        deadline = times_after(minimum((uint64_t)time->tv_sec, 1UL << 32) *
                                   1000000000 +
                               (uint64_t)time->tv_usec * 1000);
    return select_until(n, sets, deadline);
}

long sys_pselect6(int n, uint64_t *in, uint64_t *out, uint64_t *other,
                  const struct timespec *time, const uint64_t *const *mask)
{
    uint64_t *sets[SETS] = {in, out, other};
    const uint64_t *given[2] = {NULL, NULL}; /* and its size */
    uint64_t deadline = NEVER;
    long error = 0;

    if (mask && !user_take(given, mask, sizeof(given)))
        return -EFAULT;
    if (time)
        error = times_deadline(CLOCK_MONOTONIC, false, time, &deadline);
    if (!error)
        error = change_mask(given[0], 8);
    if (error)
        return error;
    error = select_until(n, sets, deadline);
    restore_mask(given[0]);
    return error;
}

/* ------------------------------------------------------- pipes, counters */
long sys_pipe2(int *fds, int flags)
{
    struct file *ends[2];
    long fd[2], error;

    if (flags & ~(O_CLOEXEC | O_NONBLOCK))
        return -EINVAL;
    if (!user_writes(fds, 2 * sizeof(*fds)))
        return -EFAULT;
    error = pipe_create(flags & O_NONBLOCK, ends);
    if (error)
        return error;
    fd[0] = fd_add(ends[0], 0, flags & O_CLOEXEC);
    if (fd[0] < 0) {
        file_put(ends[1]);
        return fd[0];
    }
    fd[1] = fd_add(ends[1], 0, flags & O_CLOEXEC);
    if (fd[1] < 0) {
        fd_close((int)fd[0]);
        return fd[1];
    }
    fds[0] = (int)fd[0];
    fds[1] = (int)fd[1];
    return 0;
}

long sys_pipe(int *fds)
{
    return sys_pipe2(fds, 0);
}

long sys_eventfd2(unsigned count, int flags)
{
    struct file *f;
    long error;

    if (flags & ~(EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE))
        return -EINVAL;
    error =
        eventfd_create(count, flags & EFD_SEMAPHORE, flags & O_NONBLOCK, &f);
    return error ? error : fd_add(f, 0, flags & O_CLOEXEC);
}

long sys_eventfd(unsigned count)
{
    return sys_eventfd2(count, 0);
}
