/* pipe.c - see pipe.h. Source: POSIX.1-2017 pipe, read, write; eventfd(2). */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/mman.h>

#include "lib/string.h"
#include "mm/heap.h"
#include "vfs/pipe.h"
#include "vfs/wait.h"

enum { BYTES = 65536 };

struct pipe {
    char *ring;
    size_t first, filled;
    bool has_reader, has_writer;
};

static short read_poll(struct file *f)
{
    const struct pipe *p = f->data;

    return (short)((p->filled ? POLLIN : 0) | (p->has_writer ? 0 : POLLHUP));
}

/* Writes of up to PIPE_BUF bytes are never mixed with others. */
static short write_poll(struct file *f)
{
    const struct pipe *p = f->data;

    return (short)((BYTES - p->filled >= PIPE_BUF ? POLLOUT : 0) |
                   (p->has_reader ? 0 : POLLERR));
}

static long pipe_read(struct file *f, void *to, size_t size, uint64_t at)
{
    struct pipe *p = f->data;
    long error = size ? file_wait(f, POLLIN) : 0;
    size_t n = minimum(size, p->filled), part = minimum(n, BYTES - p->first);

    (void)at;
    if (error)
        return error;
    if (!space_allows(to, n, PROT_WRITE))
        return -EFAULT;
    memcpy(to, p->ring + p->first, part);
    memcpy((char *)to + part, p->ring, n - part);
    p->first = (p->first + n) % BYTES;
    p->filled -= n;
    if (n)
        files_changed();
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

static long pipe_write(struct file *f, const void *from, size_t size,
                       uint64_t at)
{
    struct pipe *p = f->data;
    size_t done = 0;

    (void)at;
    while (done < size) {
        long error = p->has_reader ? file_wait(f, POLLOUT) : 0;

        if (!p->has_reader) {
            signal_send_simple(thread_current(), SIGPIPE, SI_KERNEL);
            return done ? (long)done : -EPIPE;
        }
        if (error)
            return done ? (long)done : error;
        if (!space_allows(from, size, PROT_READ))
            return -EFAULT;
        done += put(p, (const char *)from + done, size - done);
        files_changed();
    }
    return (long)done;
}

static void release(struct pipe *p)
{
    files_changed();
    if (p->has_reader || p->has_writer)
        return;
    heap_free(p->ring, BYTES);
    heap_free(p, sizeof(*p));
}

static void read_release(struct file *f)
{
    struct pipe *p = f->data;

    p->has_reader = false;
    release(p);
}

static void write_release(struct file *f)
{
    struct pipe *p = f->data;

    p->has_writer = false;
    release(p);
}

static const struct file_ops read_ops = {
    .read = pipe_read, .poll = read_poll, .release = read_release};
static const struct file_ops write_ops = {
    .write = pipe_write, .poll = write_poll, .release = write_release};

static struct file *create_end(struct pipe *p, struct node *n, bool reads,
                               int flags)
{
    struct file *f = n ? file_create(reads ? &read_ops : &write_ops, n,
                                     flags | (reads ? O_RDONLY : O_WRONLY))
                       : NULL;

    if (f)
        f->data = p;
    return f;
}

long pipe_create(int flags, struct file *ends[2])
{
    struct pipe *p = heap_alloc(sizeof(*p));

    if (!p)
        return -ENOMEM;
    p->ring = heap_alloc(BYTES);
    p->has_reader = p->has_writer = true;
    ends[0] = p->ring ? create_end(p, node_create(S_IFIFO | 0600), true, flags)
                      : NULL;
    ends[1] = ends[0] ? create_end(p, node_create(S_IFIFO | 0600), false, flags)
                      : NULL;
    if (ends[1])
        return 0;
    p->has_writer = false;
    if (ends[0]) {
        file_put(ends[0]);
    } else {
        p->has_reader = false;
        release(p);
    }
    return -ENOMEM;
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
    files_changed();
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
    files_changed();
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
    struct node *n = c ? node_create(S_IFREG | 0600) : NULL;

    *f = n ? file_create(&counter_ops, n, flags | O_RDWR) : NULL;
    if (!*f) {
        heap_free(c, sizeof(*c));
        return -ENOMEM;
    }
    *c = (struct counter){.value = count, .semaphore = semaphore};
    (*f)->data = c;
    return 0;
}
