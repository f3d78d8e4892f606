/* file.c - see file.h: files, descriptors, and what regular files do. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/ioctl.h>

#include "lib/string.h"
#include "mm/heap.h"
#include "mm/limits.h"
#include "sched/signal.h"
#include "vfs/file.h"
#include "vfs/wait.h"

static struct file *table[FDS];
static bool closes_on_exec[FDS];

struct file *file_create(const struct file_ops *ops, struct node *node,
                         int flags)
{
    struct file *f = heap_alloc(sizeof(*f));

    if (!f) {
        node_put(node);
        return NULL;
    }
    *f = (struct file){.ops = ops, .node = node, .uses = 1, .flags = flags};
    return f;
}

static void (*on_release)(const struct file *f);

void file_on_release(void (*handler)(const struct file *f))
{
    on_release = handler;
}

bool file_lock_conflicts(const struct file *f, int how)
{
    const struct node *n = f->node;

    return n->locks - (f->lock != 0) > 0 &&
           (how == LOCK_EX || n->lock == LOCK_EX);
}

void file_set_lock(struct file *f, int how)
{
    f->node->locks += (how != 0) - (f->lock != 0);
    if (how)
        f->node->lock = how;
    f->lock = how;
}

static void release(struct file *f)
{
    bool locked = f->lock != 0;

    file_set_lock(f, 0);
    if (on_release)
        on_release(f);
    if (f->ops->release)
        f->ops->release(f);
    node_put(f->node);
    heap_free(f, sizeof(*f));
    if (locked)
        files_changed();
}

/* A socket that goes drops the files on their way to it: one after the other,
 * for the stack is no place for a chain of them. */
void file_put(struct file *f)
{
    static struct file **going; /* NULL: none goes just now */
    struct file *next = f;

    if (--f->uses > 0)
        return;
    f->next_to_go = going ? *going : NULL;
    if (going) {
        *going = f;
        return;
    }
    going = &next;
    while ((f = next) != NULL) {
        next = f->next_to_go;
        release(f);
    }
    going = NULL;
}

struct file *fd_find(int fd)
{
    return fd >= 0 && fd < FDS ? table[fd] : NULL;
}

struct file *fd_find_open(int fd)
{
    struct file *f = fd_find(fd);

    return f && f->flags & O_PATH ? NULL : f;
}

bool *fd_close_on_exec(int fd)
{
    return &closes_on_exec[fd];
}

int fd_limit(void)
{
    return (int)minimum(limit_of(RLIMIT_NOFILE), (uint64_t)FDS);
}

long fd_add(struct file *f, int from, bool close_on_exec)
{
    for (int fd = from; fd < fd_limit(); fd++) {
        if (table[fd])
            continue;
        table[fd] = f;
        closes_on_exec[fd] = close_on_exec;
        return fd;
    }
    file_put(f);
    return -EMFILE;
}

bool fd_is_free(void)
{
    int fd = 0;

    while (fd < fd_limit() && table[fd])
        fd++;
    return fd < fd_limit();
}

long fd_close(int fd)
{
    struct file *f = fd_find(fd);

    if (!f)
        return -EBADF;
    table[fd] = NULL;
    file_put(f);
    return 0;
}

void fd_replace(int fd, struct file *f)
{
    if (table[fd])
        fd_close(fd);
    table[fd] = f;
    closes_on_exec[fd] = false;
}

static long regular_read(struct file *f, void *to, size_t size, uint64_t at)
{
    struct node *n = f->node;

    /* Once for each change is enough. */
    if (!(f->flags & O_NOATIME) &&
        (n->stat.st_atim.tv_sec < n->stat.st_ctim.tv_sec ||
         (n->stat.st_atim.tv_sec == n->stat.st_ctim.tv_sec &&
          n->stat.st_atim.tv_nsec <= n->stat.st_ctim.tv_nsec)))
        node_touch(n, TOUCH_ACCESS);
    return node_read(n, to, size, at);
}

long file_room(uint64_t at, size_t size)
{
    uint64_t limit = limit_of(RLIMIT_FSIZE);

    if (size == 0 || at < limit)
        return (long)minimum(size, limit - at);
    signal_send_simple(thread_current(), SIGXFSZ, SI_KERNEL);
    return -EFBIG;
}

static long regular_write(struct file *f, const void *from, size_t size,
                          uint64_t at)
{
    long room = file_room(at, size);

    return room < 0 ? room : node_write(f->node, from, (size_t)room, at);
}

static long regular_ioctl(struct file *f, unsigned long request, void *argument)
{
    int left = (int)(f->node->stat.st_size - (off_t)f->position);

    if (request != FIONREAD)
        return -ENOTTY;
    memcpy(argument, &left, sizeof(left));
    return 0;
}

const struct file_ops regular_ops = {
    .ioctl = regular_ioctl,
    .read = regular_read,
    .write = regular_write,
    .has_position = true,
};

static long directory_read(struct file *f, void *to, size_t size, uint64_t at)
{
    (void)f, (void)to, (void)size, (void)at;
    return -EISDIR;
}

const struct file_ops directory_ops = {
    .read = directory_read,
    .has_position = true,
};
