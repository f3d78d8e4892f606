/* wait.c - see wait.h. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include "vfs/wait.h"

static struct wait_queue waiters;

static uint64_t changes;

uint64_t files_change_count(void)
{
    return changes;
}

void files_changed(void)
{
    changes++;
    sched_wake_some(&waiters, UINT32_MAX);
}

void node_changed(struct node *n, short events)
{
    n->more += (events & POLLIN) != 0;
    n->room += (events & POLLOUT) != 0;
    sched_wake_some(&waiters, UINT32_MAX);
}

long files_wait(uint64_t deadline_ns)
{
    return sched_wait(&waiters, deadline_ns);
}

short file_poll(struct file *f)
{
    return f->ops->poll ? f->ops->poll(f) : POLLIN | POLLOUT;
}

long file_wait(struct file *f, short events)
{
    while (!(file_poll(f) & (events | POLLHUP | POLLERR))) {
        long error = f->flags & O_NONBLOCK ? -EAGAIN : files_wait(NEVER);

        if (error)
            return error;
    }
    return 0;
}
