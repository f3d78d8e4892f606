/* attributes.c - the calls about what files are like. Layer: sys. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/string.h"
#include "sys/names.h"
#include "sys/sys.h"
#include "sys/user.h"
#include "xen/clock.h"

static long copy_stat(const struct node *n, struct stat *out)
{
    if (!user_writes(out, sizeof(*out)))
        return -EFAULT;
    *out = n->stat;
    return 0;
}

long sys_newfstatat(int fd, const char *path, struct stat *out, int flags)
{
    struct node *n;
    long error = names_find_at(fd, path, flags & ~AT_NO_AUTOMOUNT, &n);

    return error ? error : copy_stat(n, out);
}

long sys_stat(const char *path, struct stat *out)
{
    return sys_newfstatat(AT_FDCWD, path, out, 0);
}

long sys_lstat(const char *path, struct stat *out)
{
    return sys_newfstatat(AT_FDCWD, path, out, AT_SYMLINK_NOFOLLOW);
}

long sys_fstat(int fd, struct stat *out)
{
    const struct file *f = fd_find(fd);

    return f ? copy_stat(f->node, out) : -EBADF;
}

/* Root may do all but execute what nobody may. */
long sys_faccessat(int fd, const char *path, int mode)
{
    struct node *n;
    long error = names_find(fd, path, true, &n);

    if (error)
        return error;
    if (mode & ~(R_OK | W_OK | X_OK))
        return -EINVAL;
    return mode & X_OK && !(n->stat.st_mode & 0111) ? -EACCES : 0;
}

long sys_faccessat2(int fd, const char *path, int mode, int flags)
{
    struct node *n;
    long error;

    if (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) ||
        mode & ~(R_OK | W_OK | X_OK))
        return -EINVAL;
    error = names_find_at(fd, path, flags & ~AT_EACCESS, &n);
    if (error)
        return error;
    return mode & X_OK && !(n->stat.st_mode & 0111) ? -EACCES : 0;
}

long sys_access(const char *path, int mode)
{
    return sys_faccessat(AT_FDCWD, path, mode);
}

long sys_readlinkat(int fd, const char *path, char *out, size_t size)
{
    struct node *n;
    long error = names_find(fd, path, false, &n);

    if (error)
        return error;
    if (!S_ISLNK(n->stat.st_mode) || (ssize_t)size <= 0)
        return -EINVAL;
    size = minimum(size, (size_t)n->stat.st_size);
    if (!user_writes(out, size))
        return -EFAULT;
    memcpy(out, n->link.target, size);
    return (long)size;
}

long sys_readlink(const char *path, char *out, size_t size)
{
    return sys_readlinkat(AT_FDCWD, path, out, size);
}

static long set_mode(struct node *n, mode_t mode)
{
    n->stat.st_mode = (n->stat.st_mode & S_IFMT) | (mode & 07777);
    node_touch(n, TOUCH_CHANGE);
    return 0;
}

long sys_fchmodat(int fd, const char *path, mode_t mode)
{
    struct node *n;
    long error = names_find(fd, path, true, &n);

    return error ? error : set_mode(n, mode);
}

long sys_chmod(const char *path, mode_t mode)
{
    return sys_fchmodat(AT_FDCWD, path, mode);
}

long sys_fchmod(int fd, mode_t mode)
{
    struct file *f = fd_find_open(fd);

    return f ? set_mode(f->node, mode) : -EBADF;
}

static long set_owner(struct node *n, uid_t uid, gid_t gid)
{
    if (uid != (uid_t)-1)
        n->stat.st_uid = uid;
    if (gid != (gid_t)-1)
        n->stat.st_gid = gid;
    node_touch(n, TOUCH_CHANGE);
    return 0;
}

long sys_fchownat(int fd, const char *path, uid_t uid, gid_t gid, int flags)
{
    struct node *n;
    long error = names_find_at(fd, path, flags, &n);

    return error ? error : set_owner(n, uid, gid);
}

long sys_chown(const char *path, uid_t uid, gid_t gid)
{
    return sys_fchownat(AT_FDCWD, path, uid, gid, 0);
}

long sys_lchown(const char *path, uid_t uid, gid_t gid)
{
    return sys_fchownat(AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW);
}

long sys_fchown(int fd, uid_t uid, gid_t gid)
{
    struct file *f = fd_find_open(fd);

    return f ? set_owner(f->node, uid, gid) : -EBADF;
}

static long truncate_node(struct node *n, int64_t size)
{
    if (size < 0)
        return -EINVAL;
    if (S_ISDIR(n->stat.st_mode))
        return -EISDIR;
    if (!S_ISREG(n->stat.st_mode))
        return -EINVAL;
    if (size > n->stat.st_size && file_room((uint64_t)size - 1, 1) < 0)
        return -EFBIG;
    return node_truncate(n, (uint64_t)size);
}

long sys_truncate(const char *path, int64_t size)
{
    struct node *n;
    long error = names_find(AT_FDCWD, path, true, &n);

    return error ? error : truncate_node(n, size);
}

long sys_ftruncate(int fd, int64_t size)
{
    struct file *f = fd_find_open(fd);

    if (!f)
        return -EBADF;
    if ((f->flags & O_ACCMODE) == O_RDONLY)
        return -EINVAL;
    return truncate_node(f->node, size);
}

static bool is_time(const struct timespec *t)
{
    return t->tv_nsec == UTIME_NOW || t->tv_nsec == UTIME_OMIT ||
           (t->tv_nsec >= 0 && t->tv_nsec < (long)NS_PER_S);
}

static void set_time(struct node *n, const struct timespec *t, unsigned which)
{
    if (t->tv_nsec == UTIME_NOW)
        node_touch(n, which);
    else if (t->tv_nsec != UTIME_OMIT && which == TOUCH_ACCESS)
        n->stat.st_atim = *t;
    else if (t->tv_nsec != UTIME_OMIT)
        n->stat.st_mtim = *t;
}

long sys_utimensat(int fd, const char *path, const struct timespec *times,
                   int flags)
{
    static const struct timespec now[2] = {{.tv_nsec = UTIME_NOW},
                                           {.tv_nsec = UTIME_NOW}};
    struct node *n;
    long error = names_find_at(fd, path ? path : "",
                               path ? flags : flags | AT_EMPTY_PATH, &n);

    if (error)
        return error;
    if (times && !user_reads(times, 2 * sizeof(*times)))
        return -EFAULT;
    times = times ? times : now;
    if (!is_time(&times[0]) || !is_time(&times[1]))
        return -EINVAL;
    set_time(n, &times[0], TOUCH_ACCESS);
    set_time(n, &times[1], TOUCH_MODIFY);
    node_touch(n, TOUCH_CHANGE);
    return 0;
}

/* The older call, in microseconds. */
long sys_futimesat(int fd, const char *path, const struct timeval *times)
{
    struct timespec exact[2];

    if (!times)
        return sys_utimensat(fd, path, NULL, 0);
    if (!user_reads(times, 2 * sizeof(*times)))
        return -EFAULT;
    for (int i = 0; i < 2; i++) {
        if (times[i].tv_usec < 0 || times[i].tv_usec >= 1000000)
            return -EINVAL;
        exact[i].tv_sec = times[i].tv_sec;
        exact[i].tv_nsec = times[i].tv_usec * 1000;
    }
    return sys_utimensat(fd, path, exact, 0);
}

long sys_utimes(const char *path, const struct timeval *times)
{
    return path ? sys_futimesat(AT_FDCWD, path, times) : -EFAULT;
}

/* Files are in memory: there is nothing to bring to a disk. */
long sys_fsync(int fd)
{
    return fd_find(fd) ? 0 : -EBADF;
}

long sys_fdatasync(int fd)
{
    return sys_fsync(fd);
}

long sys_sync(void)
{
    return 0;
}
