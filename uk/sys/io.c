/* io.c - the calls that move data through descriptors. Layer: sys. */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>

#include "sys/sys.h"
#include "sys/user.h"
#include "vfs/pipe.h"
#include "vfs/socket.h"
#include "vfs/wait.h"

enum { READS = 1, WRITES = 2 };

/* `way` is READS or WRITES. */
static long find(int fd, int way, struct file **f)
{
    int mode;

    *f = fd_find_open(fd);
    if (!*f)
        return -EBADF;
    mode = (*f)->flags & O_ACCMODE;
    if (mode != O_RDWR && mode != (way == READS ? O_RDONLY : O_WRONLY))
        return -EBADF;
    if (way == READS ? !(*f)->ops->read : !(*f)->ops->write)
        return -EINVAL;
    return 0;
}

/* Behind a file's end nothing is written to the program's memory. */
static size_t readable(const struct file *f, size_t n, uint64_t at)
{
    uint64_t size =
        f->ops == &regular_ops ? (uint64_t)f->node->stat.st_size : UINT64_MAX;

    return at < size ? minimum(n, size - at) : 0;
}

static long move(struct file *f, int way, void *data, size_t n, uint64_t at)
{
    long done = -EFAULT;

    if (n > SSIZE_MAX)
        return -EINVAL;
    /* It may wait, and be closed meanwhile. */
    f->uses++;
    if (way == READS)
        n = readable(f, n, at);
    if (way == READS && user_writes(data, n))
        done = f->ops->read(f, data, n, at);
    if (way == WRITES && user_reads(data, n))
        done = f->ops->write(f, data, n, at);
    file_put(f);
    return done;
}

/* At the file's own position, which moves. */
static long move_here(struct file *f, int way, void *data, size_t n)
{
    long done;

    if (way == WRITES && f->flags & O_APPEND && f->ops->has_position)
        f->position = (uint64_t)f->node->stat.st_size;
    f->uses++;
    done = move(f, way, data, n, f->position);
    if (done > 0 && f->ops->has_position)
        f->position += (uint64_t)done;
    file_put(f);
    return done;
}

static size_t sum_of(const struct user_parts *p)
{
    size_t sum = 0;

    for (int i = 0; i < p->count; i++)
        sum += p->list[i].iov_len;
    return sum;
}

static long check_parts(const struct user_parts *p)
{
    size_t sum = 0;

    for (int i = 0; i < p->count; i++)
        if (p->list[i].iov_len > SSIZE_MAX ||
            (sum += p->list[i].iov_len) > SSIZE_MAX)
            return -EINVAL;
    return 0;
}

/* All parts are one message. */
static long move_message(struct file *f, int way, const struct user_parts *p)
{
    struct socket_message m = {.parts = p->list, .count = p->count};

    if (!user_parts_allowed(p, way == READS))
        return -EFAULT;
    if (way == READS && !sum_of(p))
        return 0;
    return way == READS ? socket_receive(f, &m) : socket_send(f, &m);
}

/* Nobody waits for more than there is. */
static bool would_wait(struct file *f, int way)
{
    return way == READS && !f->ops->has_position && !(file_poll(f) & POLLIN);
}

/* So small a write to a pipe is not torn: there is room for all its parts
 * before the first goes. */
static long wait_for_all(struct file *f, int way, const struct user_parts *p)
{
    size_t size = sum_of(p);

    if (way == WRITES && p->count > 1 && size && size <= PIPE_BUF &&
        S_ISFIFO(f->node->stat.st_mode))
        return pipe_wait_for_room(f, size);
    return 0;
}

/* `at` is NULL for the file's own position. */
static long move_all(struct file *f, int way, const struct user_parts *p,
                     const uint64_t *at)
{
    long sum = wait_for_all(f, way, p);

    if (sum)
        return sum;
    for (int i = 0; i < p->count && !(sum && would_wait(f, way)); i++) {
        void *data = p->list[i].iov_base;
        size_t n = p->list[i].iov_len;
        long done = 0;

        if (n > 0)
            done = at ? move(f, way, data, n, *at + (uint64_t)sum)
                      : move_here(f, way, data, n);
        if (done < 0)
            return sum ? sum : done;
        sum += done;
        if ((size_t)done < n)
            break;
    }
    return sum;
}

static long move_parts(int fd, int way, const struct iovec *parts, int count,
                       const uint64_t *at)
{
    struct user_parts p;
    struct file *f;
    long done = find(fd, way, &f);

    if (!done && (count < 0 || count > IOV_MAX))
        done = -EINVAL;
    if (!done)
        done = user_take_parts(&p, parts, count);
    if (done)
        return done;
    f->uses++;
    done = check_parts(&p);
    if (!done)
        done = file_is_socket(f) ? move_message(f, way, &p)
                                 : move_all(f, way, &p, at);
    file_put(f);
    user_drop_parts(&p);
    return done;
}

long sys_read(int fd, void *to, size_t n)
{
    struct file *f;
    long error = find(fd, READS, &f);

    return error ? error : move_here(f, READS, to, n);
}

long sys_write(int fd, const void *from, size_t n)
{
    struct file *f;
    long error = find(fd, WRITES, &f);

    return error ? error : move_here(f, WRITES, (void *)(uintptr_t)from, n);
}

long sys_readv(int fd, const struct iovec *parts, int count)
{
    return move_parts(fd, READS, parts, count, NULL);
}

long sys_writev(int fd, const struct iovec *parts, int count)
{
    return move_parts(fd, WRITES, parts, count, NULL);
}

static long check_position(int fd, int64_t at)
{
    struct file *f = fd_find(fd);

    if (!f)
        return -EBADF;
    if (!f->ops->has_position)
        return -ESPIPE;
    return at < 0 ? -EINVAL : 0;
}

long sys_preadv(int fd, const struct iovec *parts, int count, int64_t at)
{
    long error = check_position(fd, at);

    return error
               ? error
               : move_parts(fd, READS, parts, count, &(uint64_t){(uint64_t)at});
}

long sys_pwritev(int fd, const struct iovec *parts, int count, int64_t at)
{
    long error = check_position(fd, at);

    return error ? error
                 : move_parts(fd, WRITES, parts, count,
                              &(uint64_t){(uint64_t)at});
}

long sys_pread64(int fd, void *to, size_t n, int64_t at)
{
    struct file *f;
    long error = find(fd, READS, &f);

    if (!error)
        error = check_position(fd, at);
    return error ? error : move(f, READS, to, n, (uint64_t)at);
}

long sys_pwrite64(int fd, const void *from, size_t n, int64_t at)
{
    struct file *f;
    long error = find(fd, WRITES, &f);

    if (!error)
        error = check_position(fd, at);
    return error ? error
                 : move(f, WRITES, (void *)(uintptr_t)from, n, (uint64_t)at);
}

long sys_lseek(int fd, int64_t offset, int whence)
{
    struct file *f = fd_find(fd);
    int64_t base, at;

    if (!f)
        return -EBADF;
    if (!f->ops->has_position)
        return -ESPIPE;
    switch (whence) {
    case SEEK_SET:
        base = 0;
        break;
    case SEEK_CUR:
        base = (int64_t)f->position;
        break;
    case SEEK_END:
        base = f->node->stat.st_size;
        break;
    default:
        return -EINVAL;
    }
    if (__builtin_add_overflow(base, offset, &at))
        return -EOVERFLOW;
    if (at < 0)
        return -EINVAL;
    f->position = (uint64_t)at;
    return at;
}

/* What a request takes or gives lies there; a number needs no memory. */
static bool has_argument(unsigned long request, void *argument)
{
    enum { TERMIOS_BYTES = 36 };

    switch (request) {
    case TCGETS:
        return user_writes(argument, TERMIOS_BYTES);
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
        return user_reads(argument, TERMIOS_BYTES);
    case TIOCGWINSZ:
        return user_writes(argument, sizeof(struct winsize));
    case TIOCSWINSZ:
        return user_reads(argument, sizeof(struct winsize));
    case FIONREAD:
    case TIOCGPGRP:
    case TIOCGSID:
        return user_writes(argument, sizeof(int));
    case FIONBIO:
        return user_reads(argument, sizeof(int));
    default:
        return true;
    }
}

long sys_ioctl(int fd, unsigned long request, void *argument)
{
    struct file *f = fd_find_open(fd);

    if (!f)
        return -EBADF;
    if (!has_argument(request, argument))
        return -EFAULT;
    switch (request) {
    case FIOCLEX:
    case FIONCLEX:
        *fd_close_on_exec(fd) = request == FIOCLEX;
        return 0;
    case FIONBIO:
        f->flags &= ~O_NONBLOCK;
        f->flags |= *(const int *)argument ? O_NONBLOCK : 0;
        return 0;
    default:
        return f->ops->ioctl ? f->ops->ioctl(f, request, argument) : -ENOTTY;
    }
}

long sys_close(int fd)
{
    return fd_close(fd);
}

static long duplicate(int fd, int from, bool close_on_exec)
{
    struct file *f = fd_find(fd);

    if (!f)
        return -EBADF;
    f->uses++;
    return fd_add(f, from, close_on_exec);
}

long sys_dup(int fd)
{
    return duplicate(fd, 0, false);
}

long sys_dup3(int fd, int to, int flags)
{
    struct file *f = fd_find(fd);

    if (flags & ~O_CLOEXEC || fd == to)
        return -EINVAL;
    if (!f || to < 0 || to >= fd_limit())
        return -EBADF;
    f->uses++;
    fd_replace(to, f);
    *fd_close_on_exec(to) = flags & O_CLOEXEC;
    return to;
}

long sys_dup2(int fd, int to)
{
    if (fd == to)
        return fd_find(fd) ? fd : -EBADF;
    return sys_dup3(fd, to, 0);
}

/* There is no other process: nobody else ever holds a lock. */
static long lock(struct file *f, int command, struct flock *l)
{
    (void)f;
    if (!(command == F_GETLK ? user_writes(l, sizeof(*l))
                             : user_reads(l, sizeof(*l))))
        return -EFAULT;
    if (l->l_type != F_RDLCK && l->l_type != F_WRLCK && l->l_type != F_UNLCK)
        return -EINVAL;
    if (command == F_GETLK)
        l->l_type = F_UNLCK;
    return 0;
}

/* A pipe holds what it holds: more than what was asked for, or it is refused.
 */
static long set_capacity(const struct file *f, uint64_t bytes)
{
    long capacity = pipe_capacity(f);

    return capacity >= 0 && bytes > (uint64_t)capacity ? -EPERM : capacity;
}

/* The program, its group, or nobody. */
static long set_owner(struct file *f, int who)
{
    if (who != 1 && who != -1 && who != 0)
        return -ESRCH;
    f->owner = who;
    return 0;
}

long sys_fcntl(int fd, int command, uint64_t argument)
{
    enum {
        CHANGEABLE = O_APPEND | O_NONBLOCK | O_ASYNC | O_DIRECT | O_NOATIME
    };
    struct file *f = fd_find(fd);

    if (!f)
        return -EBADF;
    switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
        if (argument >= (uint64_t)fd_limit())
            return -EINVAL;
        return duplicate(fd, (int)argument, command == F_DUPFD_CLOEXEC);
    case F_GETFD:
        return *fd_close_on_exec(fd) ? FD_CLOEXEC : 0;
    case F_SETFD:
        *fd_close_on_exec(fd) = argument & FD_CLOEXEC;
        return 0;
    case F_GETFL:
        return f->flags;
    case F_SETFL:
        f->flags = (f->flags & ~CHANGEABLE) | ((int)argument & CHANGEABLE);
        return 0;
    case F_GETPIPE_SZ:
        return pipe_capacity(f);
    case F_SETPIPE_SZ:
        return set_capacity(f, argument);
    case F_GETOWN:
        return f->owner;
    case F_SETOWN:
        return set_owner(f, (int)argument);
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
        return lock(f, command, (struct flock *)argument);
    default:
        return -EINVAL;
    }
}
