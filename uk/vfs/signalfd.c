/* signalfd.c - see signalfd.h. Source: signalfd(2). */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/signalfd.h>

#include "lib/string.h"
#include "vfs/signalfd.h"
#include "vfs/wait.h"

/* The position is the mask. */
static short signalfd_poll(struct file *f)
{
    return signal_pending() & f->position ? POLLIN : 0;
}

static void describe(const siginfo_t *from, struct signalfd_siginfo *to)
{
    memset(to, 0, sizeof(*to));
    to->ssi_signo = (uint32_t)from->si_signo;
    to->ssi_errno = from->si_errno;
    to->ssi_code = from->si_code;
    to->ssi_pid = (uint32_t)from->si_pid;
    to->ssi_uid = from->si_uid;
    if (from->si_code == SI_TIMER) {
        to->ssi_tid = (uint32_t)from->si_timerid;
        to->ssi_overrun = (uint32_t)from->si_overrun;
    }
    to->ssi_int = from->si_value.sival_int;
    to->ssi_ptr = (uintptr_t)from->si_value.sival_ptr;
}

static long signalfd_read(struct file *f, void *to, size_t size, uint64_t at)
{
    struct signalfd_siginfo *out = to;
    size_t room = size / sizeof(*out), n = 0;
    siginfo_t info;
    long error = room ? file_wait(f, POLLIN) : -EINVAL;

    (void)at;
    if (error)
        return error;
    if (!space_allows(to, size, PROT_WRITE))
        return -EFAULT;
    while (n < room && signal_take(f->position, &info))
        describe(&info, &out[n++]);
    return (long)(n * sizeof(*out));
}

static const struct file_ops signalfd_ops = {.read = signalfd_read,
                                             .poll = signalfd_poll};

bool file_is_signalfd(const struct file *f)
{
    return f->ops == &signalfd_ops;
}

void signalfd_set(struct file *f, uint64_t mask)
{
    f->position = mask & ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
    files_changed();
}

long signalfd_create_file(uint64_t mask, int flags, struct file **f)
{
    struct node *n = node_create(0600);

    *f = n ? file_create(&signalfd_ops, n, flags | O_RDONLY) : NULL;
    if (!*f)
        return -ENOMEM;
    signals_on_send(files_changed);
    signalfd_set(*f, mask);
    return 0;
}
