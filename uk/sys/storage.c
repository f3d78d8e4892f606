/*
 * storage.c - the calls about a file's memory, locks of whole files, and data
 * moved from file to file. Layer: sys. Source: POSIX.1-2017 posix_fallocate,
 * posix_fadvise; fallocate(2), flock(2), sendfile(2), copy_file_range(2),
 * memfd_create(2).
 */
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/mman.h>

#include "lib/string.h"
#include "mm/heap.h"
#include "sys/sys.h"
#include "sys/user.h"
#include "vfs/wait.h"

enum { COPY_BYTES = 4096, KEEP_SIZE = 1 };

long sys_fallocate(int fd, int mode, int64_t at, int64_t size)
{
    struct file *f = fd_find_open(fd);
    int64_t end;

    if (!f || (f->flags & O_ACCMODE) == O_RDONLY)
        return -EBADF;
    if (at < 0 || size <= 0)
        return -EINVAL;
    if (S_ISFIFO(f->node->stat.st_mode))
        return -ESPIPE;
    if (f->ops != &regular_ops)
        return -ENODEV;
    if (mode & ~KEEP_SIZE)
        return -EOPNOTSUPP;
    if (__builtin_add_overflow(at, size, &end))
        return -EFBIG;
    if (!mode && end > f->node->stat.st_size &&
        file_room((uint64_t)end - 1, 1) < 0)
        return -EFBIG;
    return node_reserve(f->node, (uint64_t)at, (uint64_t)end, mode);
}

/* Files are in memory: no advice makes a difference. */
long sys_fadvise64(int fd, int64_t at, int64_t size, int advice)
{
    const struct file *f = fd_find(fd);

    (void)at;
    if (!f)
        return -EBADF;
    if (S_ISFIFO(f->node->stat.st_mode))
        return -ESPIPE;
    return size < 0 || advice < POSIX_FADV_NORMAL || advice > POSIX_FADV_NOREUSE
               ? -EINVAL
               : 0;
}

long sys_syncfs(int fd)
{
    return sys_fsync(fd);
}

/* ------------------------------------------------------------------ flock */
long sys_flock(int fd, int how)
{
    struct file *f = fd_find(fd);
    int kind = how & ~LOCK_NB;
    long error;

    if (!f)
        return -EBADF;
    if (kind == LOCK_UN) {
        file_set_lock(f, 0);
        files_changed();
        return 0;
    }
    if (kind != LOCK_SH && kind != LOCK_EX)
        return -EINVAL;
    while (file_lock_conflicts(f, kind)) {
        error = how & LOCK_NB ? -EAGAIN : files_wait(NEVER);
        if (error)
            return error;
        if (fd_find(fd) != f)
            return -EBADF;
    }
    file_set_lock(f, kind);
    files_changed();
    return 0;
}

/* -------------------------------------------------------- file to file */
static bool may_move(const int64_t *at)
{
    return !at || user_writes((int64_t *)(uintptr_t)at, sizeof(*at));
}

/* Both are there, and readable and writable. */
static long copy_part(struct file *in, uint64_t *from, struct file *out,
                      uint64_t *to, size_t size)
{
    char *part = heap_alloc(COPY_BYTES);
    long sum = 0, n = 0;

    if (!part)
        return -ENOMEM;
    while (size > 0) {
        n = node_read(in->node, part, minimum(size, (size_t)COPY_BYTES), *from);
        if (n > 0)
            n = out->ops->write(out, part, (size_t)n, *to);
        if (n <= 0)
            break;
        *from += (uint64_t)n;
        *to += (uint64_t)n;
        size -= (size_t)n;
        sum += n;
    }
    heap_free(part, COPY_BYTES);
    return sum ? sum : n;
}

/* From and to where the program says, or else their own positions, which move;
 * what it says may be gone behind a wait. */
static long copy(struct file *in, int64_t *from, struct file *out, int64_t *to,
                 size_t size)
{
    uint64_t here[2] = {from ? (uint64_t)*from : 0, to ? (uint64_t)*to : 0};
    long done;

    in->uses++;
    out->uses++;
    done = copy_part(in, from ? &here[0] : &in->position, out,
                     to ? &here[1] : &out->position,
                     minimum(size, (size_t)INT_MAX));
    file_put(in);
    file_put(out);
    if (!may_move(from) || !may_move(to))
        return -EFAULT;
    if (from)
        *from = (int64_t)here[0];
    if (to)
        *to = (int64_t)here[1];
    return done;
}

static long find_pair(int in_fd, int out_fd, struct file **in,
                      struct file **out)
{
    *in = fd_find_open(in_fd);
    *out = fd_find_open(out_fd);
    if (!*in || !*out || ((*in)->flags & O_ACCMODE) == O_WRONLY ||
        ((*out)->flags & O_ACCMODE) == O_RDONLY)
        return -EBADF;
    return (*in)->ops == &regular_ops && (*out)->ops->write ? 0 : -EINVAL;
}

long sys_sendfile(int out_fd, int in_fd, int64_t *at, size_t size)
{
    struct file *in, *out;
    long error = find_pair(in_fd, out_fd, &in, &out);

    if (error)
        return error;
    if (!may_move(at))
        return -EFAULT;
    if (at && *at < 0)
        return -EINVAL;
    return copy(in, at, out, NULL, size);
}

long sys_copy_file_range(int in_fd, int64_t *from, int out_fd, int64_t *to,
                         size_t size, unsigned flags)
{
    struct file *in, *out;
    long error = find_pair(in_fd, out_fd, &in, &out);

    if (error)
        return error;
    if (flags || out->ops != &regular_ops)
        return -EINVAL;
    if (out->flags & O_APPEND)
        return -EBADF;
    if (!may_move(from) || !may_move(to))
        return -EFAULT;
    if ((from && *from < 0) || (to && *to < 0))
        return -EINVAL;
    return copy(in, from, out, to, size);
}

long sys_memfd_create(const char *name, unsigned flags)
{
    struct node *n;
    struct file *f;
    long error = user_take_string(name, &name);

    if (error)
        return error;
    if (flags & ~(unsigned)MFD_CLOEXEC || strlen(name) > NAME_MAX)
        return -EINVAL;
    n = node_create(S_IFREG | 0777);
    f = n ? file_create(&regular_ops, n, O_RDWR) : NULL;
    return f ? fd_add(f, 0, flags & MFD_CLOEXEC) : -ENOMEM;
}
