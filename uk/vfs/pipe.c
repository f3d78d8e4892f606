/* pipe.c - see pipe.h. Source: POSIX.1-2017 pipe, read, write; eventfd(2). */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "lib/string.h"
#include "mm/heap.h"
#include "vfs/pipe.h"
#include "vfs/wait.h"

enum { BYTES = 65536 };

struct pipe {
    char *ring;
    size_t first, filled;
    unsigned readers, writers;
    unsigned opened[2]; /* how often, for reading and for writing */
};

/* Nobody can have hung up before somebody came: a reader's position is how
 * often it was opened for writing then, if nobody was there. */
static short read_poll(struct file *f)
{
    const struct pipe *p = f->data;
    bool is_over = !p->writers && f->position != p->opened[1];

    return (short)((p->filled ? POLLIN : 0) | (is_over ? POLLHUP : 0));
}

/* Writes of up to PIPE_BUF bytes are never mixed with others. */
static short write_poll(struct file *f)
{
    const struct pipe *p = f->data;

    return (short)((BYTES - p->filled >= PIPE_BUF ? POLLOUT : 0) |
                   (p->readers ? 0 : POLLERR));
}

static long pipe_read(struct file *f, void *to, size_t size, uint64_t at)
{
    struct pipe *p = f->data;
    long error = size && p->writers ? file_wait(f, POLLIN) : 0;
    size_t n = minimum(size, p->filled), part = minimum(n, BYTES - p->first);

    (void)at;
    if (error)
        return error;
    if (!space_still_allows(to, n, PROT_WRITE))
        return -EFAULT;
    memcpy(to, p->ring + p->first, part);
    memcpy((char *)to + part, p->ring, n - part);
    p->first = (p->first + n) % BYTES;
    p->filled -= n;
    if (n)
        node_changed(f->node, POLLOUT);
    return (long)n;
}

static size_t put(struct pipe *p, const char *from, size_t size)
{
    size_t n = minimum(size, BYTES - p->filled);

    for (size_t done = 0; done < n;) {
        size_t at = (p->first + p->filled) % BYTES;
        size_t part = minimum(n - done, BYTES - at);

        memcpy(p->ring + at, from + done, part);
        p->filled += part;
        done += part;
    }
    return n;
}

/* Up to PIPE_BUF bytes go at once or not at all. Who has more, and waits, does
 * not wake for each byte that was read. */
static size_t wanted_room(const struct file *f, size_t size, size_t left)
{
    if (size <= PIPE_BUF)
        return size;
    return f->flags & O_NONBLOCK ? 1 : minimum(left, PIPE_BUF);
}

long pipe_wait_for_room(struct file *f, size_t bytes)
{
    const struct pipe *p = f->data;

    while (p->readers && BYTES - p->filled < bytes) {
        long error = f->flags & O_NONBLOCK ? -EAGAIN : files_wait(NEVER);

        if (error)
            return error;
    }
    if (p->readers)
        return 0;
    signal_send_simple(thread_current(), SIGPIPE, SI_KERNEL);
    return -EPIPE;
}

static long pipe_write(struct file *f, const void *from, size_t size,
                       uint64_t at)
{
    struct pipe *p = f->data;
    size_t done = 0;

    (void)at;
    while (done < size) {
        long error = pipe_wait_for_room(f, wanted_room(f, size, size - done));

        if (!error && !space_still_allows(from, size, PROT_READ))
            error = -EFAULT;
        if (error)
            return done ? (long)done : error;
        done += put(p, (const char *)from + done, size - done);
        node_changed(f->node, POLLIN);
    }
    return (long)done;
}

static void release(struct pipe *p, struct node *n)
{
    node_changed(n, POLLIN | POLLOUT);
    if (p->readers || p->writers)
        return;
    if (n->pipe == p)
        n->pipe = NULL;
    heap_free(p->ring, BYTES);
    heap_free(p, sizeof(*p));
}

static void read_release(struct file *f)
{
    struct pipe *p = f->data;

    p->readers--;
    release(p, f->node);
}

static void write_release(struct file *f)
{
    struct pipe *p = f->data;

    p->writers--;
    release(p, f->node);
}

static void both_release(struct file *f)
{
    struct pipe *p = f->data;

    p->readers--;
    p->writers--;
    release(p, f->node);
}

static long pipe_ioctl(struct file *f, unsigned long request, void *argument)
{
    const struct pipe *p = f->data;
    int filled = (int)p->filled;

    if (request != FIONREAD)
        return -ENOTTY;
    memcpy(argument, &filled, sizeof(filled));
    return 0;
}

static const struct file_ops read_ops = {.ioctl = pipe_ioctl,
                                         .read = pipe_read,
                                         .poll = read_poll,
                                         .release = read_release};
static const struct file_ops write_ops = {.ioctl = pipe_ioctl,
                                          .write = pipe_write,
                                          .poll = write_poll,
                                          .release = write_release};

/* A named one that is opened for both never ends. */
static short both_poll(struct file *f)
{
    return (short)(read_poll(f) | write_poll(f));
}

static const struct file_ops both_ops = {.ioctl = pipe_ioctl,
                                         .read = pipe_read,
                                         .write = pipe_write,
                                         .poll = both_poll,
                                         .release = both_release};

long pipe_capacity(const struct file *f)
{
    return f->ops == &read_ops || f->ops == &write_ops || f->ops == &both_ops
               ? BYTES
               : -EBADF;
}

static struct pipe *create(void)
{
    struct pipe *p = heap_alloc(sizeof(*p));

    if (p)
        p->ring = heap_alloc(BYTES);
    if (p && !p->ring) {
        heap_free(p, sizeof(*p));
        return NULL;
    }
    return p;
}

/* One more end; takes over the use of the node. */
static struct file *create_end(struct pipe *p, struct node *n, int flags)
{
    int mode = flags & O_ACCMODE;
    struct file *f = file_create(mode == O_RDONLY   ? &read_ops
                                 : mode == O_WRONLY ? &write_ops
                                                    : &both_ops,
                                 n, flags);

    if (!f)
        return NULL;
    f->data = p;
    f->position = p->writers ? UINT64_MAX : p->opened[1];
    p->readers += mode != O_WRONLY;
    p->writers += mode != O_RDONLY;
    p->opened[0] += mode != O_WRONLY;
    p->opened[1] += mode != O_RDONLY;
    return f;
}

long pipe_create(int flags, struct file *ends[2])
{
    struct node *n = node_create(S_IFIFO | 0600);
    struct pipe *p = n ? create() : NULL;

    if (!p) {
        if (n)
            node_put(n);
        return -ENOMEM;
    }
    node_get(n);
    ends[0] = create_end(p, n, flags | O_RDONLY);
    ends[1] = ends[0] ? create_end(p, n, flags | O_WRONLY) : NULL;
    if (ends[1])
        return 0;
    if (ends[0]) {
        file_put(ends[0]);
    } else {
        release(p, n);
        node_put(n);
    }
    return -ENOMEM;
}

/* Waits until the other end was opened, too. */
static long wait_for_other(struct file *f)
{
    struct pipe *p = f->data;
    int mode = f->flags & O_ACCMODE, other = mode == O_RDONLY;
    unsigned before = p->opened[other];

    while (mode != O_RDWR && p->opened[other] == before &&
           !(other ? p->writers : p->readers)) {
        long error = files_wait(NEVER);

        if (error)
            return error;
    }
    return 0;
}

long pipe_open(struct node *n, int flags, struct file **f)
{
    int mode = flags & O_ACCMODE;
    long error = 0;

    if (mode == O_WRONLY && flags & O_NONBLOCK &&
        !(n->pipe && n->pipe->readers))
        return -ENXIO;
    if (!n->pipe)
        n->pipe = create();
    if (!n->pipe)
        return -ENOMEM;
    node_get(n);
    *f = create_end(n->pipe, n, flags);
    if (!*f) {
        release(n->pipe, n);
        return -ENOMEM;
    }
    node_changed(n, POLLIN | POLLOUT);
    if (!(flags & O_NONBLOCK))
        error = wait_for_other(*f);
    if (error)
        file_put(*f);
    return error;
}

/* --------------------------------------------------------------- eventfd */
struct counter {
    uint64_t value;
    bool semaphore;
};

static short counter_poll(struct file *f)
{
    const struct counter *c = f->data;

    return (short)((c->value ? POLLIN : 0) |
                   (c->value < UINT64_MAX - 1 ? POLLOUT : 0));
}

static long counter_read(struct file *f, void *to, size_t size, uint64_t at)
{
    struct counter *c = f->data;
    uint64_t value;
    long error = size < sizeof(value) ? -EINVAL : file_wait(f, POLLIN);

    (void)at;
    if (error)
        return error;
    if (!space_allows(to, sizeof(value), PROT_WRITE))
        return -EFAULT;
    value = c->semaphore ? 1 : c->value;
    c->value -= value;
    memcpy(to, &value, sizeof(value));
    node_changed(f->node, POLLOUT);
    return sizeof(value);
}

static long counter_write(struct file *f, const void *from, size_t size,
                          uint64_t at)
{
    struct counter *c = f->data;
    uint64_t value;

    (void)at;
    if (size < sizeof(value))
        return -EINVAL;
    memcpy(&value, from, sizeof(value));
    if (value == UINT64_MAX)
        return -EINVAL;
    while (c->value > UINT64_MAX - 1 - value) {
        long error = f->flags & O_NONBLOCK ? -EAGAIN : files_wait(NEVER);

        if (error)
            return error;
    }
    c->value += value;
    node_changed(f->node, POLLIN);
    return sizeof(value);
}

static void counter_release(struct file *f)
{
    heap_free(f->data, sizeof(struct counter));
}

static const struct file_ops counter_ops = {.read = counter_read,
                                            .write = counter_write,
                                            .poll = counter_poll,
                                            .release = counter_release};

long eventfd_create(uint64_t count, bool semaphore, int flags, struct file **f)
{
    struct counter *c = heap_alloc(sizeof(*c));
    struct node *n = c ? node_create(0600) : NULL;

    *f = n ? file_create(&counter_ops, n, flags | O_RDWR) : NULL;
    if (!*f) {
        heap_free(c, sizeof(*c));
        return -ENOMEM;
    }
    *c = (struct counter){.value = count, .semaphore = semaphore};
    (*f)->data = c;
    return 0;
}
