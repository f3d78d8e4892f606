/*
 * sockets.c - the calls about sockets. Layer: sys. Source:
 * POSIX.1-2017, 2.10; unix(7), cmsg(3).
 */
#include <fcntl.h>
#include <limits.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "lib/string.h"
#include "sys/names.h"
#include "sys/sockets.h"
#include "sys/sys.h"
#include "sys/user.h"
#include "vfs/socket.h"

enum { FLAGS = SOCK_NONBLOCK | SOCK_CLOEXEC, PATH_AT = 2 };

const struct ucred sockets_peer = {.pid = 1};

long sockets_find(int fd, struct file **f)
{
    *f = fd_find(fd);
    if (!*f)
        return -EBADF;
    return file_is_socket(*f) ? 0 : -ENOTSOCK;
}

/* ------------------------------------------------------------------ names */
/* As the program gives it; what it leads to is looked for later. */
static long read_name(const void *from, uint32_t size, struct socket_name *name)
{
    const struct sockaddr_un *a = from;

    if (size < PATH_AT || size > sizeof(*a))
        return -EINVAL;
    if (!user_reads(from, size))
        return -EFAULT;
    if (a->sun_family != AF_UNIX)
        return -EINVAL;
    *name = (struct socket_name){.length = size - PATH_AT};
    memcpy(name->path, a->sun_path, name->length);
    if (name->length && name->path[0]) {
        uint32_t n = 0;

        while (n < name->length && name->path[n])
            n++;
        if (n == SOCKET_NAME_BYTES)
            return -EINVAL;
        name->length = n + 1;
    }
    return 0;
}

/* A name's node must be there and be a socket. */
static long find_name(const void *from, uint32_t size, struct socket_name *name)
{
    long error = read_name(from, size, name);
    struct place p;

    if (!error && !name->length)
        error = -EINVAL;
    if (error || !name->path[0])
        return error;
    error = path_walk(path_here(), name->path, PATH_FOLLOW, &p);
    if (error)
        return error;
    name->node = p.node;
    if (!p.node)
        return -ENOENT;
    return S_ISSOCK(p.node->stat.st_mode) ? 0 : -ECONNREFUSED;
}

/* Gives it with what was there of room, and says how much it needed. */
static long write_name(const struct socket_name *name, void *to, uint32_t *size)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    uint32_t n = PATH_AT + name->length, room;

    if (!user_take(&room, size, sizeof(room)) ||
        !user_writes(size, sizeof(*size)))
        return -EFAULT;
    if (room > INT_MAX)
        return -EINVAL;
    memcpy(a.sun_path, name->path, name->length);
    room = minimum(n, room);
    if (!user_writes(to, room))
        return -EFAULT;
    memcpy(to, &a, room);
    *size = n;
    return 0;
}

/* The node that bind() makes is there before the socket has the name. */
static long make_name(struct socket_name *name)
{
    mode_t mask = (mode_t)sys_umask(0);
    struct place p;
    struct node *n;
    long error = path_walk(path_here(), name->path, PATH_NAME, &p);

    sys_umask(mask);
    if (error)
        return error;
    if (p.node)
        return -EADDRINUSE;
    if (p.slash)
        return -ENOENT;
    n = node_create(S_IFSOCK | (0777 & ~mask));
    if (!n)
        return -ENOSPC;
    error = names_add(&p, n);
    node_put(n);
    name->node = n;
    return error;
}

static void invent_name(struct socket_name *name)
{
    static uint32_t last;

    name->length = 6;
    name->path[0] = 0;
    last++;
    for (int i = 0; i < 5; i++)
        name->path[i + 1] = "0123456789abcdef"[last >> (16 - 4 * i) & 15];
}

long sys_bind(int fd, const void *from, uint32_t size)
{
    struct socket_name name, old;
    struct file *f;
    long error = sockets_find(fd, &f);

    if (!error)
        error = read_name(from, size, &name);
    if (error)
        return error;
    socket_get_name(f, false, &old);
    if (old.length)
        return -EINVAL;
    if (!name.length)
        invent_name(&name);
    if (name.path[0])
        error = make_name(&name);
    return error ? error : socket_bind(f, &name);
}

static long get_name(int fd, bool of_peer, void *to, uint32_t *size)
{
    struct socket_name name;
    struct file *f;
    long error = sockets_find(fd, &f);

    if (!error)
        error = socket_get_name(f, of_peer, &name);
    return error ? error : write_name(&name, to, size);
}

long sys_getsockname(int fd, void *name, uint32_t *size)
{
    return get_name(fd, false, name, size);
}

long sys_getpeername(int fd, void *name, uint32_t *size)
{
    return get_name(fd, true, name, size);
}

/* ------------------------------------------------------ making, connecting */
static long check_kind(int domain, int type, int protocol)
{
    if (domain != AF_UNIX)
        return -EAFNOSUPPORT;
    if (protocol && protocol != AF_UNIX)
        return -EPROTONOSUPPORT;
    type &= ~FLAGS;
    return type == SOCK_STREAM || type == SOCK_DGRAM || type == SOCK_SEQPACKET
               ? 0
               : -ESOCKTNOSUPPORT;
}

long sys_socket(int domain, int type, int protocol)
{
    bool netlink = domain == AF_NETLINK && (type & ~FLAGS) == SOCK_RAW;
    struct file *f;
    long error = netlink ? 0 : check_kind(domain, type, protocol);

    if (netlink)
        error = protocol ? -EPROTONOSUPPORT
                         : socket_create_netlink(type & O_NONBLOCK, &f);
    else if (!error)
        error = socket_create_file(type & ~FLAGS, type & O_NONBLOCK, &f);
    return error ? error : fd_add(f, 0, type & SOCK_CLOEXEC);
}

long sys_socketpair(int domain, int type, int protocol, int *fds)
{
    struct file *pair[2];
    long error = check_kind(domain, type, protocol), fd, first;

    if (!error && !user_writes(fds, 2 * sizeof(*fds)))
        error = -EFAULT;
    if (!error)
        error = socket_create_pair(type & ~FLAGS, type & O_NONBLOCK, pair);
    if (error)
        return error;
    first = fd_add(pair[0], 0, type & SOCK_CLOEXEC);
    if (first < 0) {
        file_put(pair[1]);
        return first;
    }
    fd = fd_add(pair[1], 0, type & SOCK_CLOEXEC);
    if (fd < 0) {
        fd_close((int)first);
        return fd;
    }
    fds[0] = (int)first;
    fds[1] = (int)fd;
    return 0;
}

long sys_listen(int fd, int backlog)
{
    struct file *f;
    long error = sockets_find(fd, &f);

    return error ? error : socket_listen(f, backlog);
}

static bool names_nobody(const void *from, uint32_t size)
{
    sa_family_t family;

    return size >= sizeof(family) && user_take(&family, from, sizeof(family)) &&
           family == AF_UNSPEC;
}

/* It may wait, and be closed meanwhile; so may the name go. */
long sys_connect(int fd, const void *from, uint32_t size)
{
    struct socket_name name;
    struct file *f;
    long error = sockets_find(fd, &f);

    if (!error && names_nobody(from, size))
        return socket_disconnect(f);
    if (!error)
        error = find_name(from, size, &name);
    if (error)
        return error;
    f->uses++;
    if (name.node)
        node_get(name.node);
    error = socket_connect(f, &name);
    if (name.node)
        node_put(name.node);
    file_put(f);
    return error;
}

long sys_accept4(int fd, void *to, uint32_t *size, int flags)
{
    struct socket_name name;
    struct file *f, *new;
    long error = sockets_find(fd, &f);

    if (!error && flags & ~FLAGS)
        error = -EINVAL;
    if (!error && !fd_is_free())
        error = -EMFILE;
    if (error)
        return error;
    f->uses++;
    error = socket_accept(f, flags & O_NONBLOCK, &new, &name);
    file_put(f);
    if (error)
        return error;
    if (to)
        error = write_name(&name, to, size);
    if (error) {
        file_put(new);
        return error;
    }
    return fd_add(new, 0, flags & SOCK_CLOEXEC);
}

long sys_accept(int fd, void *name, uint32_t *size)
{
    return sys_accept4(fd, name, size, 0);
}

long sys_shutdown(int fd, int how)
{
    struct file *f;
    long error = sockets_find(fd, &f);

    return error ? error : socket_shutdown(f, how);
}

/* ------------------------------------------------------------------- data */
/* The message's name is given by the caller. */
static long send_message(struct file *f, struct socket_message *m,
                         const void *name, uint32_t size)
{
    struct socket_name to;
    long done = 0;

    if (name)
        done = find_name(name, size, &to);
    if (done)
        return done;
    m->name = name ? &to : NULL;
    f->uses++;
    if (name && to.node)
        node_get(to.node);
    done = socket_send(f, m);
    if (name && to.node)
        node_put(to.node);
    file_put(f);
    return done;
}

long sys_sendto(int fd, const void *from, size_t n, int flags, const void *name,
                uint32_t size)
{
    struct iovec part = {(void *)(uintptr_t)from, n};
    struct socket_message m = {.parts = &part, .count = 1, .flags = flags};
    struct file *f;
    long error = sockets_find(fd, &f);

    if (!error && !user_reads(from, n))
        error = -EFAULT;
    return error ? error : send_message(f, &m, name, size);
}

long sys_recvfrom(int fd, void *to, size_t n, int flags, void *at,
                  uint32_t *size)
{
    struct iovec part = {to, n};
    struct socket_name name = {.length = 0};
    struct socket_message m = {
        .parts = &part, .count = 1, .flags = flags, .name = &name};
    struct file *f;
    long done = sockets_find(fd, &f), error = 0;

    if (!done && !user_writes(to, n))
        done = -EFAULT;
    if (done)
        return done;
    f->uses++;
    done = socket_receive(f, &m);
    file_put(f);
    if (done >= 0 && at)
        error = write_name(&name, at, size);
    return error ? error : done;
}

static long take_some(const int *fds, size_t count, struct file **files,
                      unsigned *n)
{
    for (; count > 0; count--) {
        struct file *f = fd_find(*fds++);

        if (!f)
            return -EBADF;
        if (*n == SOCKET_FILES)
            return -EINVAL;
        f->uses++;
        files[(*n)++] = f;
    }
    return 0;
}

/* There is only one to be. */
static long check_credentials(const char *from, size_t size)
{
    struct ucred who;

    if (size != sizeof(who))
        return -EINVAL;
    memcpy(&who, from, sizeof(who));
    return who.pid == sockets_peer.pid ? 0 : -ESRCH;
}

/* Takes the files that the header names, used once more each. */
static long take_files(const struct msghdr *h, struct file **files, unsigned *n)
{
    size_t size = h->msg_control ? h->msg_controllen : 0, at = 0;
    long error = 0;

    *n = 0;
    if (!user_reads(h->msg_control, size))
        return -EFAULT;
    while (!error && at < size && size - at >= sizeof(struct cmsghdr)) {
        const char *from = (const char *)h->msg_control + at;
        struct cmsghdr c;

        memcpy(&c, from, sizeof(c));
        from += CMSG_LEN(0);
        if (c.cmsg_len < CMSG_LEN(0) || c.cmsg_len > size - at ||
            c.cmsg_level != SOL_SOCKET ||
            (c.cmsg_type != SCM_RIGHTS && c.cmsg_type != SCM_CREDENTIALS))
            return -EINVAL;
        error =
            c.cmsg_type == SCM_RIGHTS
                ? take_some((const void *)from,
                            (c.cmsg_len - CMSG_LEN(0)) / sizeof(int), files, n)
                : check_credentials(from, c.cmsg_len - CMSG_LEN(0));
        at += CMSG_ALIGN((size_t)c.cmsg_len);
    }
    return error;
}

static void drop_files(struct file **files, unsigned n)
{
    while (n > 0)
        file_put(files[--n]);
}

/* And its parts, which may be reached then. */
static long take_header(const struct msghdr *from, bool receives,
                        struct msghdr *h, struct user_parts *p)
{
    long error;

    if (!user_take(h, from, sizeof(*h)))
        return -EFAULT;
    if (h->msg_iovlen < 0 || h->msg_iovlen > IOV_MAX)
        return -EMSGSIZE;
    error = user_take_parts(p, h->msg_iov, h->msg_iovlen);
    if (!error && !user_parts_allowed(p, receives)) {
        user_drop_parts(p);
        error = -EFAULT;
    }
    return error;
}

long sys_sendmsg(int fd, const struct msghdr *from, int flags)
{
    struct file *f, *files[SOCKET_FILES];
    struct msghdr h;
    struct socket_message m = {.flags = flags, .files = files};
    struct user_parts parts;
    long done = sockets_find(fd, &f);

    if (!done)
        done = take_header(from, false, &h, &parts);
    if (done)
        return done;
    m.parts = parts.list;
    m.count = parts.count;
    done = take_files(&h, files, &m.file_count);
    if (!done)
        done = send_message(f, &m, h.msg_namelen ? h.msg_name : NULL,
                            h.msg_namelen);
    if (done < 0)
        drop_files(files, m.file_count);
    user_drop_parts(&parts);
    return done;
}

/* Where what is told with a message goes, as far as there is room. */
struct control {
    char *at;
    size_t room, used;
};

static struct control control_of(const struct msghdr *h)
{
    return (struct control){.at = h->msg_control,
                            .room = h->msg_control ? h->msg_controllen : 0};
}

/* How many bytes of data can still be told. */
static size_t room_for_data(const struct control *c)
{
    return c->room - c->used > CMSG_LEN(0) ? c->room - c->used - CMSG_LEN(0)
                                           : 0;
}

/* At most what there is room for. */
static void put_control(struct control *c, int type, const void *data,
                        size_t size)
{
    struct cmsghdr h = {.cmsg_len = (socklen_t)CMSG_LEN(size),
                        .cmsg_level = SOL_SOCKET,
                        .cmsg_type = type};

    memcpy(c->at + c->used, &h, sizeof(h));
    memcpy(c->at + c->used + CMSG_LEN(0), data, size);
    c->used = minimum(c->room, c->used + CMSG_SPACE(size));
}

/* False if it was cut off. */
static bool tell_sender(struct control *c)
{
    size_t n = minimum(room_for_data(c), sizeof(sockets_peer));

    if (n > 0)
        put_control(c, SCM_CREDENTIALS, &sockets_peer, n);
    return n == sizeof(sockets_peer);
}

/* The files get descriptors; false if there were none for some. */
static bool tell_files(struct control *c, const struct socket_message *m,
                       bool close_on_exec)
{
    int fds[SOCKET_FILES];
    unsigned n = 0;

    for (unsigned i = 0; i < m->file_count; i++) {
        long fd = fd_add(m->files[i], 0, close_on_exec);

        if (fd >= 0)
            fds[n++] = (int)fd;
    }
    if (m->file_count)
        put_control(c, SCM_RIGHTS, fds, n * sizeof(int));
    return n == m->file_count;
}

static bool tells_sender(struct file *f)
{
    return socket_get_option(f, SO_PASSCRED) == 1;
}

/* Behind what is told of the sender. */
static unsigned room_for_files(struct file *f, const struct msghdr *h)
{
    struct control c = control_of(h);

    if (tells_sender(f))
        c.used = minimum(c.room, CMSG_SPACE(sizeof(sockets_peer)));
    return (unsigned)minimum(room_for_data(&c) / sizeof(int),
                             (size_t)SOCKET_FILES);
}

static bool may_tell(struct msghdr *to, const struct msghdr *h, bool control)
{
    return user_writes(to, sizeof(*to)) &&
           (!control || user_writes(h->msg_control, h->msg_controllen));
}

/* What was received is told; another thread may have taken the memory while
 * the call waited. */
static long tell_message(struct file *f, struct msghdr *to,
                         const struct msghdr *h, const struct socket_message *m,
                         int flags)
{
    struct control c = control_of(h);
    bool whole = true, sender = c.room && tells_sender(f);

    if (!may_tell(to, h, m->file_count || sender)) {
        drop_files(m->files, m->file_count);
        return -EFAULT;
    }
    if (tells_sender(f))
        whole = tell_sender(&c);
    if (!tell_files(&c, m, flags & MSG_CMSG_CLOEXEC))
        whole = false;
    to->msg_flags = (m->flags & ~MSG_CMSG_CLOEXEC) | (whole ? 0 : MSG_CTRUNC);
    to->msg_controllen = (socklen_t)c.used;
    return h->msg_name ? write_name(m->name, h->msg_name, &to->msg_namelen) : 0;
}

long sys_recvmsg(int fd, struct msghdr *to, int flags)
{
    struct file *f, *files[SOCKET_FILES];
    struct msghdr h;
    struct socket_name name = {.length = 0};
    struct socket_message m = {.flags = flags, .files = files, .name = &name};
    struct user_parts parts;
    long done = sockets_find(fd, &f), error;

    if (!done)
        done = take_header(to, true, &h, &parts);
    if (done)
        return done;
    m.parts = parts.list;
    m.count = parts.count;
    m.file_count = room_for_files(f, &h);
    f->uses++;
    done = may_tell(to, &h, h.msg_controllen) ? socket_receive(f, &m) : -EFAULT;
    user_drop_parts(&parts);
    error = done < 0 ? done : tell_message(f, to, &h, &m, flags);
    file_put(f);
    return error ? error : done;
}
