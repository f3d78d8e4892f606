/*
 * mqueue.c - message queues. Layer: sys. Source: POSIX.1-2017 mq_open and its
 * like; mq_overview(7).
 */
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <poll.h>
#include <time.h>

#include "lib/string.h"
#include "mm/heap.h"
#include "sys/sys.h"
#include "sys/times.h"
#include "sys/user.h"
#include "vfs/socket.h"
#include "vfs/wait.h"

enum {
    MESSAGES_MOST = 65536,
    BYTES_MOST = 1 << 24,
    MESSAGES_USUAL = 10,
    BYTES_USUAL = 8192,
    PRIORITIES = 32768,
    NOTE_BYTES = 32,
    NOTE_SENT = 1,
    NOTE_REMOVED = 2
};

struct message {
    struct message *next;
    size_t size;
    unsigned priority;
    char data[];
};

struct queue {
    struct queue *next; /* among those with a name */
    char name[NAME_MAX + 1];
    bool named;
    unsigned uses, receivers; /* descriptors; threads that wait */
    long most, bytes, count;
    struct message *first;       /* the most urgent, and of those the oldest */
    const struct file *notified; /* who asked for it; NULL: nobody */
    struct sigevent event;
    struct file *listener; /* of SIGEV_THREAD: a socket, used once */
    char note[NOTE_BYTES]; /* what it is told; how is the last byte */
};

static struct queue *queues;

static struct queue **find(const char *name)
{
    struct queue **at = &queues;

    while (*at && strcmp((*at)->name, name) != 0)
        at = &(*at)->next;
    return at;
}

static void free_if_unused(struct queue *q)
{
    struct message *m;

    if (q->named || q->uses)
        return;
    while ((m = q->first) != NULL) {
        q->first = m->next;
        heap_free(m, sizeof(*m) + m->size);
    }
    heap_free(q, sizeof(*q));
}

/* Nobody asks to be notified from now on. */
static void forget(struct queue *q, char how)
{
    struct file *listener = q->listener;

    q->notified = NULL;
    q->listener = NULL;
    if (!listener)
        return;
    q->note[NOTE_BYTES - 1] = how;
    socket_tell(listener, q->note, NOTE_BYTES);
    file_put(listener);
}

static void queue_release(struct file *f)
{
    struct queue *q = f->data;

    if (q->notified == f)
        forget(q, NOTE_REMOVED);
    q->uses--;
    free_if_unused(q);
}

static short queue_poll(struct file *f)
{
    const struct queue *q = f->data;

    return (short)((q->count ? POLLIN : 0) |
                   (q->count < q->most ? POLLOUT : 0));
}

static const struct file_ops queue_ops = {.poll = queue_poll,
                                          .release = queue_release};

/* ----------------------------------------------------- names of queues */
static long take_name(const char *from, const char **name)
{
    long error = user_take_string(from, name);

    if (error)
        return error;
    if (!**name)
        return -ENOENT;
    for (size_t i = 0; (*name)[i]; i++)
        if ((*name)[i] == '/')
            return -EACCES;
    return strlen(*name) > NAME_MAX ? -ENAMETOOLONG : 0;
}

static long create(const char *name, const struct mq_attr *a, struct queue **q)
{
    long most = a ? a->mq_maxmsg : MESSAGES_USUAL;
    long bytes = a ? a->mq_msgsize : BYTES_USUAL;

    if (most <= 0 || most > MESSAGES_MOST || bytes <= 0 || bytes > BYTES_MOST)
        return -EINVAL;
    *q = heap_alloc(sizeof(**q));
    if (!*q)
        return -ENOSPC;
    memset(*q, 0, sizeof(**q));
    memcpy((*q)->name, name, strlen(name) + 1);
    (*q)->most = most;
    (*q)->bytes = bytes;
    (*q)->named = true;
    (*q)->next = queues;
    queues = *q;
    return 0;
}

static void remove_name(struct queue *q)
{
    *find(q->name) = q->next;
    q->named = false;
    free_if_unused(q);
}

static long open_queue(struct queue *q, int flags, mode_t mode)
{
    struct node *n = node_create(S_IFREG | (mode & 07777));
    struct file *f =
        n ? file_create(&queue_ops, n, flags & (O_ACCMODE | O_NONBLOCK)) : NULL;

    if (!f)
        return -ENOMEM;
    f->data = q;
    q->uses++;
    return fd_add(f, 0, true);
}

long sys_mq_open(const char *name, int flags, mode_t mode,
                 const struct mq_attr *attributes)
{
    bool described = flags & O_CREAT && attributes, is_new;
    struct mq_attr a;
    struct queue *q;
    long error = take_name(name, &name);

    if (error)
        return error;
    if (described && !user_take(&a, attributes, sizeof(a)))
        return -EFAULT;
    q = *find(name);
    if (q && (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
        return -EEXIST;
    if (!q && !(flags & O_CREAT))
        return -ENOENT;
    is_new = !q;
    if (is_new)
        error = create(name, described ? &a : NULL, &q);
    if (error)
        return error;
    error = open_queue(q, flags, mode);
    if (error < 0 && is_new)
        remove_name(q);
    return error;
}

long sys_mq_unlink(const char *name)
{
    long error = take_name(name, &name);
    struct queue *q;

    if (error)
        return error;
    q = *find(name);
    if (!q)
        return -ENOENT;
    remove_name(q);
    return 0;
}

static struct file *find_open(int fd)
{
    struct file *f = fd_find(fd);

    return f && f->ops == &queue_ops ? f : NULL;
}

/* -------------------------------------------------------------- messages */
static long read_deadline(const struct timespec *time, uint64_t *ns)
{
    *ns = NEVER;
    return time ? times_deadline(CLOCK_REALTIME, true, time, ns) : 0;
}

/* A queue that was empty and that nobody waits for. */
static void notify(struct queue *q)
{
    siginfo_t info;

    if (!q->notified || q->count != 1 || q->receivers)
        return;
    forget(q, NOTE_SENT);
    if (q->event.sigev_notify != SIGEV_SIGNAL)
        return;
    memset(&info, 0, sizeof(info));
    info.si_signo = q->event.sigev_signo;
    info.si_code = SI_MESGQ;
    info.si_pid = 1;
    info.si_value = q->event.sigev_value;
    signal_send(NULL, &info);
}

/* The program's memory is looked at last: that there is some for it holds until
 * the kernel takes more. */
static long create_message(const char *data, size_t size, unsigned priority,
                           struct message **m)
{
    *m = heap_alloc(sizeof(**m) + size);
    if (!*m)
        return -ENOMEM;
    if (!user_take((*m)->data, data, size)) {
        heap_free(*m, sizeof(**m) + size);
        return -EFAULT;
    }
    (*m)->size = size;
    (*m)->priority = priority;
    return 0;
}

static long put(struct queue *q, const char *data, size_t size,
                unsigned priority)
{
    struct message *m, **at = &q->first;
    long error = create_message(data, size, priority, &m);

    if (error)
        return error;
    while (*at && (*at)->priority >= priority)
        at = &(*at)->next;
    m->next = *at;
    *at = m;
    q->count++;
    notify(q);
    files_changed();
    return 0;
}

long sys_mq_timedsend(int fd, const char *data, size_t size, unsigned priority,
                      const struct timespec *time)
{
    struct file *f = find_open(fd);
    struct queue *q = f ? f->data : NULL;
    uint64_t deadline;
    long error = read_deadline(time, &deadline);

    if (error || priority >= PRIORITIES)
        return error ? error : -EINVAL;
    if (!f || (f->flags & O_ACCMODE) == O_RDONLY)
        return -EBADF;
    if (size > (size_t)q->bytes)
        return -EMSGSIZE;
    f->uses++;
    while (!error && q->count >= q->most)
        error = f->flags & O_NONBLOCK ? -EAGAIN : files_wait(deadline);
    if (!error)
        error = put(q, data, size, priority);
    file_put(f);
    return error;
}

static long take(struct queue *q, char *to, unsigned *priority)
{
    struct message *m = q->first;
    long size = (long)m->size;

    if (!user_writes(to, m->size) ||
        (priority && !user_writes(priority, sizeof(*priority))))
        return -EFAULT;
    memcpy(to, m->data, m->size);
    if (priority)
        *priority = m->priority;
    q->first = m->next;
    q->count--;
    heap_free(m, sizeof(*m) + m->size);
    files_changed();
    return size;
}

long sys_mq_timedreceive(int fd, char *to, size_t size, unsigned *priority,
                         const struct timespec *time)
{
    struct file *f = find_open(fd);
    struct queue *q = f ? f->data : NULL;
    uint64_t deadline;
    long error = read_deadline(time, &deadline);

    if (error)
        return error;
    if (!f || (f->flags & O_ACCMODE) == O_WRONLY)
        return -EBADF;
    if (size < (size_t)q->bytes)
        return -EMSGSIZE;
    f->uses++;
    q->receivers++;
    while (!error && !q->count)
        error = f->flags & O_NONBLOCK ? -EAGAIN : files_wait(deadline);
    q->receivers--;
    if (!error)
        error = take(q, to, priority);
    file_put(f);
    return error;
}

/* SIGEV_THREAD's signal is the socket that a thread of the library reads, its
 * value what is to come there. */
static long check_event(const struct sigevent *e, struct file **listener)
{
    switch (e->sigev_notify) {
    case SIGEV_NONE:
        return 0;
    case SIGEV_SIGNAL:
        return e->sigev_signo < 1 || e->sigev_signo > SIGNALS ? -EINVAL : 0;
    case SIGEV_THREAD:
        *listener = fd_find(e->sigev_signo);
        if (!*listener)
            return -EBADF;
        return socket_is_netlink(*listener) ? 0 : -ENOTSOCK;
    default:
        return -EINVAL;
    }
}

/* Once, by the next message that finds the queue empty. */
long sys_mq_notify(int fd, const struct sigevent *event)
{
    struct file *f = find_open(fd), *listener = NULL;
    struct queue *q = f ? f->data : NULL;
    struct sigevent e;
    char note[NOTE_BYTES];
    long error = 0;

    if (event && (!user_take(&e, event, sizeof(e)) ||
                  (e.sigev_notify == SIGEV_THREAD &&
                   !user_take(note, e.sigev_value.sival_ptr, NOTE_BYTES))))
        return -EFAULT;
    if (event)
        error = check_event(&e, &listener);
    if (error)
        return error;
    if (!f)
        return -EBADF;
    if (event && q->notified)
        return -EBUSY;
    if (!event) {
        forget(q, NOTE_REMOVED);
        return 0;
    }
    q->notified = f;
    q->event = e;
    q->listener = listener;
    if (listener) {
        listener->uses++;
        memcpy(q->note, note, NOTE_BYTES);
    }
    return 0;
}

long sys_mq_getsetattr(int fd, const struct mq_attr *new, struct mq_attr *old)
{
    struct file *f = find_open(fd);
    const struct queue *q = f ? f->data : NULL;
    struct mq_attr a = {.mq_flags = 0};

    if ((new && !user_take(&a, new, sizeof(a))) ||
        (old && !user_writes(old, sizeof(*old))))
        return -EFAULT;
    if (a.mq_flags & ~(long)O_NONBLOCK)
        return -EINVAL;
    if (!f)
        return -EBADF;
    if (old)
        *old = (struct mq_attr){.mq_flags = f->flags & O_NONBLOCK,
                                .mq_maxmsg = q->most,
                                .mq_msgsize = q->bytes,
                                .mq_curmsgs = q->count};
    if (new)
        f->flags = (f->flags & ~O_NONBLOCK) | (int)a.mq_flags;
    return 0;
}
