/*
 * files.c - the calls about names of files. The program is root: no permission
 * is ever missing. Layer: sys. Source: POSIX.1-2017.
 */
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "lib/string.h"
#include "sys/names.h"
#include "sys/sys.h"
#include "sys/user.h"
#include "vfs/pipe.h"

static mode_t creation_mask = 022;

static long start_of(int fd, const char *path, struct node **from)
{
    struct file *f = fd_find(fd);

    *from = path_here();
    if (fd == AT_FDCWD || *path == '/')
        return 0;
    if (!f)
        return -EBADF;
    *from = f->node;
    return S_ISDIR(f->node->stat.st_mode) ? 0 : -ENOTDIR;
}

long names_walk(int fd, const char *path, enum path_end end, struct place *p)
{
    struct node *from;
    long error = user_take_string(path, &path);

    if (!error)
        error = start_of(fd, path, &from);
    return error ? error : path_walk(from, path, end, p);
}

long names_find(int fd, const char *path, bool follow, struct node **n)
{
    struct place p;
    long error = names_walk(fd, path, follow ? PATH_FOLLOW : PATH_LINK, &p);

    *n = error ? NULL : p.node;
    return error ? error : *n ? 0 : -ENOENT;
}

long names_find_at(int fd, const char *path, int flags, struct node **n)
{
    struct file *f = fd_find(fd);
    const char *copy;
    long error = flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)
                     ? -EINVAL
                     : user_take_string(path, &copy);

    if (error)
        return error;
    if (*copy || !(flags & AT_EMPTY_PATH))
        return names_find(fd, path, !(flags & AT_SYMLINK_NOFOLLOW), n);
    *n = fd == AT_FDCWD ? path_here() : f ? f->node : NULL;
    return *n ? 0 : -EBADF;
}

/* ------------------------------------------------------- making of names */
static bool is_dots(const struct place *p)
{
    return p->name[0] == '.' &&
           (p->length == 1 || (p->length == 2 && p->name[1] == '.'));
}

static bool is_in_proc(const struct place *p)
{
    return p->parent->stat.st_dev == PROC_DEVICE;
}

long names_add(const struct place *p, struct node *n)
{
    return p->parent->stat.st_nlink == 0 || is_in_proc(p)
               ? -ENOENT
               : directory_add(p->parent, p->name, p->length, n);
}

/* Of a new node, which is used by it only; or goes, if there was an error. */
static long give_name(const struct place *p, struct node *n, long error)
{
    if (!error)
        error = names_add(p, n);
    node_put(n);
    return error;
}

static long make(const struct place *p, mode_t mode, struct node **n)
{
    *n = node_create(mode);
    return *n ? give_name(p, *n, 0) : -ENOSPC;
}

long sys_mkdirat(int fd, const char *path, mode_t mode)
{
    struct place p;
    struct node *n;
    long error = names_walk(fd, path, PATH_NAME, &p);

    if (error)
        return error;
    if (p.node)
        return -EEXIST;
    return make(&p, S_IFDIR | (mode & 01777 & ~creation_mask), &n);
}

long sys_mkdir(const char *path, mode_t mode)
{
    return sys_mkdirat(AT_FDCWD, path, mode);
}

/* Regular files and named pipes; devices are those that are there. */
long sys_mknodat(int fd, const char *path, mode_t mode, dev_t device)
{
    struct place p;
    struct node *n;
    long error = names_walk(fd, path, PATH_NAME, &p);

    (void)device;
    if (error)
        return error;
    if (p.node)
        return -EEXIST;
    if (p.slash)
        return -ENOENT;
    if (S_ISDIR(mode))
        return -EPERM;
    if (mode & S_IFMT && !S_ISREG(mode) && !S_ISFIFO(mode))
        return S_ISCHR(mode) || S_ISBLK(mode) ? -EPERM : -EINVAL;
    return make(&p,
                (mode & S_IFMT ? mode & S_IFMT : S_IFREG) |
                    (mode & 07777 & ~creation_mask),
                &n);
}

long sys_mknod(const char *path, mode_t mode, dev_t device)
{
    return sys_mknodat(AT_FDCWD, path, mode, device);
}

long sys_symlinkat(const char *target, int fd, const char *path)
{
    struct place p;
    struct node *n;
    long error = user_take_string(target, &target);

    if (!error)
        error = names_walk(fd, path, PATH_NAME, &p);
    if (error)
        return error;
    if (p.node)
        return -EEXIST;
    if (p.slash || !*target)
        return -ENOENT;
    n = node_create(S_IFLNK | 0777);
    if (!n)
        return -ENOSPC;
    error = node_set_target(n, target, strlen(target));
    return give_name(&p, n, error);
}

long sys_symlink(const char *target, const char *path)
{
    return sys_symlinkat(target, AT_FDCWD, path);
}

long sys_linkat(int from, const char *old, int fd, const char *path, int flags)
{
    struct place p;
    struct node *n;
    int at = flags & AT_SYMLINK_FOLLOW ? 0 : AT_SYMLINK_NOFOLLOW;
    long error =
        flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)
            ? -EINVAL
            : names_find_at(from, old, at | (flags & AT_EMPTY_PATH), &n);

    if (!error)
        error = names_walk(fd, path, PATH_NAME, &p);
    if (error)
        return error;
    if (p.node)
        return -EEXIST;
    if (p.slash || is_in_proc(&p))
        return -ENOENT;
    if (n->stat.st_dev != p.parent->stat.st_dev)
        return -EXDEV;
    return S_ISDIR(n->stat.st_mode) ? -EPERM : names_add(&p, n);
}

long sys_link(const char *old, const char *path)
{
    return sys_linkat(AT_FDCWD, old, AT_FDCWD, path, 0);
}

/* ------------------------------------------------------ removal of names */
static long check_removal(const struct place *p, bool directory)
{
    if (!p->node)
        return -ENOENT;
    if (directory != S_ISDIR(p->node->stat.st_mode))
        return directory ? -ENOTDIR : -EISDIR;
    if (!directory && p->slash)
        return -ENOTDIR;
    if (is_in_proc(p))
        return -EPERM;
    if (!directory)
        return 0;
    if (p->node == path_root())
        return -EBUSY;
    if (is_dots(p))
        return p->length == 1 ? -EINVAL : -ENOTEMPTY;
    return directory_is_empty(p->node) ? 0 : -ENOTEMPTY;
}

static void remove_name(const struct place *p)
{
    if (S_ISDIR(p->node->stat.st_mode))
        p->node->stat.st_nlink = 0;
    directory_remove(p->parent, p->name, p->length);
}

static long remove_at(int fd, const char *path, bool directory)
{
    struct place p;
    long error = names_walk(fd, path, PATH_NAME, &p);

    if (!error)
        error = check_removal(&p, directory);
    if (!error)
        remove_name(&p);
    return error;
}

long sys_unlinkat(int fd, const char *path, int flags)
{
    if (flags & ~AT_REMOVEDIR)
        return -EINVAL;
    return remove_at(fd, path, flags & AT_REMOVEDIR);
}

long sys_unlink(const char *path)
{
    return remove_at(AT_FDCWD, path, false);
}

long sys_rmdir(const char *path)
{
    return remove_at(AT_FDCWD, path, true);
}

static bool is_inside(const struct node *d, const struct node *of)
{
    for (; d != path_root(); d = d->directory.parent)
        if (d == of)
            return true;
    return of == d;
}

static long check_rename(const struct place *from, const struct place *to)
{
    bool directory;

    if (is_in_proc(from) != is_in_proc(to))
        return -EXDEV;
    if (!from->node)
        return -ENOENT;
    if (is_dots(from) || is_dots(to) || from->node == path_root() ||
        to->node == path_root())
        return -EBUSY;
    directory = S_ISDIR(from->node->stat.st_mode);
    if (from->node == to->node && (directory || (!from->slash && !to->slash)))
        return 0;
    if (to->parent->stat.st_nlink == 0 || (is_in_proc(to) && !to->node))
        return -ENOENT;
    if (is_in_proc(to))
        return -EPERM;
    if (directory && is_inside(to->parent, from->node))
        return -EINVAL;
    if (!directory && (from->slash || to->slash))
        return -ENOTDIR;
    return to->node ? check_removal(to, directory) : 0;
}

long sys_renameat2(int fd, const char *old, int to_fd, const char *path,
                   unsigned flags)
{
    struct place from, to = {.node = NULL};
    struct entry *entry;
    struct node *n;
    long error = flags ? -EINVAL : names_walk(fd, old, PATH_NAME, &from);

    if (!error)
        error = names_walk(to_fd, path, PATH_NAME, &to);
    if (!error)
        error = check_rename(&from, &to);
    if (error || from.node == to.node)
        return error;
    entry = entry_create(to.name, to.length);
    if (!entry)
        return -ENOSPC;
    n = from.node;
    node_get(n);
    if (to.node)
        remove_name(&to);
    directory_remove(from.parent, from.name, from.length);
    directory_insert(to.parent, entry, n);
    node_put(n);
    return 0;
}

long sys_renameat(int fd, const char *old, int to_fd, const char *path)
{
    return sys_renameat2(fd, old, to_fd, path, 0);
}

long sys_rename(const char *old, const char *path)
{
    return sys_renameat2(AT_FDCWD, old, AT_FDCWD, path, 0);
}

/* -------------------------------------------------------------- opening */
static long check_open(const struct place *p, int flags)
{
    mode_t mode = p->node->stat.st_mode;

    if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
        return -EEXIST;
    if (S_ISLNK(mode))
        return flags & O_PATH ? 0 : -ELOOP;
    if (S_ISDIR(mode) && flags & (O_WRONLY | O_RDWR | O_CREAT))
        return -EISDIR;
    if (!S_ISDIR(mode) && flags & O_DIRECTORY)
        return -ENOTDIR;
    return S_ISSOCK(mode) && !(flags & O_PATH) ? -ENXIO : 0;
}

static const struct file_ops *ops_of(const struct node *n)
{
    if (S_ISDIR(n->stat.st_mode))
        return &directory_ops;
    if (n->special)
        return n->special;
    return S_ISCHR(n->stat.st_mode) ? n->device : &regular_ops;
}

static long find_or_make(int fd, const char *path, int flags, mode_t mode,
                         struct place *p)
{
    bool follow = !(flags & O_NOFOLLOW) &&
                  (flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
    long error = names_walk(fd, path, follow ? PATH_FOLLOW : PATH_LINK, p);

    if (error)
        return error;
    if (p->node)
        return check_open(p, flags);
    if (!(flags & O_CREAT))
        return -ENOENT;
    if (p->slash)
        return -EISDIR;
    return make(p, S_IFREG | (mode & 07777 & ~creation_mask), &p->node);
}

/* A file without a name, in some directory. */
static long make_unnamed(int fd, const char *path, int flags, mode_t mode,
                         struct node **n)
{
    long error = names_find(fd, path, true, n);

    if (error)
        return error;
    if (!S_ISDIR((*n)->stat.st_mode))
        return -ENOTDIR;
    if ((flags & O_ACCMODE) == O_RDONLY)
        return -EINVAL;
    *n = node_create(S_IFREG | (mode & 07777 & ~creation_mask));
    return *n ? 0 : -ENOSPC;
}

static long open_unnamed(int fd, const char *path, int flags, mode_t mode)
{
    struct node *n;
    struct file *f;
    long error = make_unnamed(fd, path, flags, mode, &n);

    if (error)
        return error;
    f = file_create(&regular_ops, n, flags & ~(O_CLOEXEC | O_TMPFILE));
    return f ? fd_add(f, 0, flags & O_CLOEXEC) : -ENOMEM;
}

long sys_openat(int fd, const char *path, int flags, mode_t mode)
{
    struct place p;
    struct file *f;
    long error;

    if (!fd_is_free())
        return -EMFILE;
    if (flags & O_PATH)
        flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    if ((flags & O_TMPFILE) == O_TMPFILE)
        return open_unnamed(fd, path, flags, mode);
    error = find_or_make(fd, path, flags, mode, &p);
    if (!error && flags & O_TRUNC && S_ISREG(p.node->stat.st_mode) &&
        (flags & O_ACCMODE) != O_RDONLY)
        error = node_truncate(p.node, 0);
    if (error)
        return error;
    flags &= ~(O_CREAT | O_EXCL | O_TRUNC);
    if (S_ISFIFO(p.node->stat.st_mode) && !(flags & O_PATH)) {
        error = pipe_open(p.node, flags & ~O_CLOEXEC, &f);
        return error ? error : fd_add(f, 0, flags & O_CLOEXEC);
    }
    node_get(p.node);
    f = file_create(ops_of(p.node), p.node, flags & ~O_CLOEXEC);
    return f ? fd_add(f, 0, flags & O_CLOEXEC) : -ENOMEM;
}

long sys_open(const char *path, int flags, mode_t mode)
{
    return sys_openat(AT_FDCWD, path, flags, mode);
}

long sys_umask(mode_t mask)
{
    mode_t old = creation_mask;

    creation_mask = mask & 0777;
    return old;
}

/* ---------------------------------------------------------- directories */
static long enter(struct node *n)
{
    if (!S_ISDIR(n->stat.st_mode))
        return -ENOTDIR;
    path_enter(n);
    return 0;
}

long sys_chdir(const char *path)
{
    struct node *n;
    long error = names_find(AT_FDCWD, path, true, &n);

    return error ? error : enter(n);
}

long sys_fchdir(int fd)
{
    struct file *f = fd_find(fd);

    return f ? enter(f->node) : -EBADF;
}

long sys_getcwd(char *out, size_t size)
{
    return user_writes(out, size) ? path_of(path_here(), out, size) : -EFAULT;
}

/* What getdents64 gives. */
struct dirent64 {
    uint64_t ino;
    int64_t offset;
    uint16_t size;
    uint8_t type;
    char name[];
};

static size_t put_entry(char *out, size_t room, const struct node *n,
                        const char *name, size_t length, uint64_t next)
{
    struct dirent64 *e = (struct dirent64 *)(void *)out;
    size_t size = (offsetof(struct dirent64, name) + length + 1 + 7) & ~7UL;

    if (size > room)
        return 0;
    e->ino = n->stat.st_ino;
    e->offset = (int64_t)next;
    e->size = (uint16_t)size;
    e->type = (uint8_t)((n->stat.st_mode & S_IFMT) >> 12);
    memcpy(e->name, name, length);
    e->name[length] = 0;
    return size;
}

/* The position is the cookie of the next entry; 0 and 1 are . and .. */
static size_t put_next(struct file *f, char *out, size_t room)
{
    struct node *d = f->node;
    const struct entry *e;
    size_t size;

    if (f->position < 2) {
        bool up = f->position == 1;

        size = put_entry(out, room, up ? d->directory.parent : d, "..",
                         up ? 2 : 1, f->position + 1);
        f->position += size > 0;
        return size;
    }
    if (f->position == 2 && d->directory.update)
        d->directory.update(d);
    for (e = d->directory.entries; e && e->cookie < f->position;)
        e = e->next;
    if (!e)
        return SIZE_MAX;
    size = put_entry(out, room, e->node, e->name, e->length, e->cookie + 1);
    if (size)
        f->position = e->cookie + 1;
    return size;
}

long sys_getdents64(int fd, void *out, size_t size)
{
    struct file *f = fd_find_open(fd);
    size_t sum = 0, n;

    if (!f)
        return -EBADF;
    if (!S_ISDIR(f->node->stat.st_mode))
        return -ENOTDIR;
    if (!user_writes(out, size))
        return -EFAULT;
    while ((n = put_next(f, (char *)out + sum, size - sum)) != 0) {
        if (n == SIZE_MAX)
            return (long)sum;
        sum += n;
    }
    return sum ? (long)sum : -EINVAL;
}
