/*
 * socket.c - see socket.h: names, connections and ends. Layer: vfs. Source:
 * POSIX.1-2017, 2.10; unix(7).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include "lib/string.h"
#include "mm/heap.h"
#include "vfs/socket_internal.h"
#include "vfs/wait.h"
#include "xen/clock.h"

/* Whoever sends is held by his own SO_SNDBUF, as Linux does; SO_RCVBUF is only
 * kept. */
enum {
    ROOM_USUAL = 212992,
    ROOM_MOST = 2 * ROOM_USUAL,
    SEND_LEAST = 4608,
    RECEIVE_LEAST = 2304
};

static struct socket *all;

struct socket *sockets_all(void)
{
    return all;
}

static bool is_stream(const struct socket *s)
{
    return s->type != SOCK_DGRAM;
}

short socket_poll(struct file *f)
{
    const struct socket *s = f->data, *peer = s->peer;
    int shown = s->first || s->waiting ? POLLIN : 0;

    if (s->listening)
        return (short)shown;
    if (s->cannot_read || (is_stream(s) && s->connected && !peer))
        shown |= POLLIN | POLLRDHUP;
    if (is_stream(s) && (!peer || (s->cannot_read && s->cannot_write)))
        shown |= POLLHUP;
    if (s->error)
        shown |= POLLERR;
    if (!peer || s->cannot_write || peer->filled < s->room[SOCKET_SENDS])
        shown |= POLLOUT;
    return (short)shown;
}

uint64_t socket_deadline(struct file *f, bool sending)
{
    const struct socket *s = f->data;
    uint64_t span = s->timeouts_ns[sending];

    return span ? clock_monotonic_ns() + span : NEVER;
}

/* A wait with a limit does not begin again behind a signal's handler. */
long socket_sleep(struct file *f, bool at_once, uint64_t deadline)
{
    long error =
        at_once || f->flags & O_NONBLOCK ? -EAGAIN : files_wait(deadline);

    if (error == -ETIMEDOUT)
        return -EAGAIN;
    return error == -RESTART && deadline != NEVER ? -EINTR : error;
}

long socket_wait(struct file *f, short events, bool at_once, bool sending)
{
    uint64_t deadline = socket_deadline(f, sending);
    long error = 0;

    while (!error && !(socket_poll(f) & events))
        error = socket_sleep(f, at_once, deadline);
    return error;
}

/* ---------------------------------------------------- beginning and end */
static struct socket *create(int type)
{
    struct socket *s = heap_alloc(sizeof(*s));

    if (!s)
        return NULL;
    s->type = type;
    s->last = &s->first;
    s->room[0] = s->room[1] = ROOM_USUAL;
    s->next_of_all = all;
    all = s;
    return s;
}

static void destroy(struct socket *s)
{
    struct socket **at = &all;

    while (*at != s)
        at = &(*at)->next_of_all;
    *at = s->next_of_all;
    for (struct socket *other = all; other; other = other->next_of_all) {
        if (other->peer != s)
            continue;
        other->peer = NULL;
        if (is_stream(s) && s->first)
            other->error = ECONNRESET;
    }
    while (s->waiting) {
        struct socket *next = s->waiting->next_waiting;

        destroy(s->waiting);
        s->waiting = next;
    }
    while (s->first) {
        struct packet *next = s->first->next;

        packet_free(s->first);
        s->first = next;
    }
    if (s->name.node)
        node_put(s->name.node);
    heap_free(s, sizeof(*s));
}

static void release(struct file *f)
{
    destroy(f->data);
    sockets_drop_lost();
    files_changed();
}

static const struct file_ops socket_ops = {.read = socket_read,
                                           .write = socket_write,
                                           .ioctl = socket_ioctl,
                                           .poll = socket_poll,
                                           .release = release};

bool file_is_socket(const struct file *f)
{
    return f->ops == &socket_ops;
}

/* Destroys the socket if there is no memory for a file. */
static long create_file(struct socket *s, int flags, struct file **f)
{
    struct node *n = s ? node_create(S_IFSOCK | 0777) : NULL;

    *f = n ? file_create(&socket_ops, n, flags | O_RDWR) : NULL;
    if (!*f) {
        if (s)
            destroy(s);
        return -ENOMEM;
    }
    (*f)->data = s;
    s->file = *f;
    return 0;
}

long socket_create_file(int type, int flags, struct file **f)
{
    return create_file(create(type), flags, f);
}

long socket_create_netlink(int flags, struct file **f)
{
    struct socket *s = create(SOCK_DGRAM);

    if (s)
        s->is_netlink = true;
    return create_file(s, flags, f);
}

bool socket_is_netlink(const struct file *f)
{
    return file_is_socket(f) && ((const struct socket *)f->data)->is_netlink;
}

static void join(struct socket *a, struct socket *b)
{
    a->peer = b;
    b->peer = a;
    a->connected = b->connected = true;
}

long socket_create_pair(int type, int flags, struct file *pair[2])
{
    long error = socket_create_file(type, flags, &pair[0]);

    if (error)
        return error;
    error = socket_create_file(type, flags, &pair[1]);
    if (error)
        file_put(pair[0]);
    else
        join(pair[0]->data, pair[1]->data);
    return error;
}

/* ------------------------------------------------------------------ names */
struct socket *socket_find(const struct socket_name *name)
{
    struct socket *s = all;

    for (; s; s = s->next_of_all) {
        if (s->is_accepted)
            continue;
        if (name->node
                ? s->name.node == name->node
                : s->name.length && s->name.length == name->length &&
                      memcmp(s->name.path, name->path, name->length) == 0)
            break;
    }
    return s;
}

long socket_bind(struct file *f, const struct socket_name *name)
{
    struct socket *s = f->data;

    if (s->name.length || s->is_netlink)
        return -EINVAL;
    if (!name->node && socket_find(name))
        return -EADDRINUSE;
    s->name = *name;
    if (s->name.node)
        node_get(s->name.node);
    return 0;
}

long socket_get_name(struct file *f, bool of_peer, struct socket_name *name)
{
    const struct socket *s = f->data;

    if (of_peer && !s->peer)
        return -ENOTCONN;
    *name = of_peer ? s->peer->name : s->name;
    return 0;
}

/* ------------------------------------------------------------ connections */
long socket_listen(struct file *f, int backlog)
{
    struct socket *s = f->data;

    if (!is_stream(s))
        return -EOPNOTSUPP;
    if (!s->name.length || s->connected)
        return -EINVAL;
    s->listening = true;
    s->backlog = backlog < 0 || backlog > 4096 ? 4096 : (unsigned)backlog;
    return 0;
}

/* Who is connected hears nobody else. */
bool socket_hears(const struct socket *s, const struct socket *from)
{
    return is_stream(s) || !s->peer || s->peer == from;
}

static long wait_for_place(struct file *f, const struct socket_name *name,
                           struct socket **to)
{
    uint64_t deadline = socket_deadline(f, true);

    for (;;) {
        long error;

        *to = socket_find(name);
        if (!*to)
            return -ECONNREFUSED;
        if ((*to)->type != ((struct socket *)f->data)->type)
            return -EPROTOTYPE;
        if (!is_stream(*to))
            return socket_hears(*to, f->data) ? 0 : -EPERM;
        if (!(*to)->listening || (*to)->cannot_read)
            return -ECONNREFUSED;
        if ((*to)->waiting_count <= (*to)->backlog)
            return 0;
        error = socket_sleep(f, false, deadline);
        if (error)
            return error;
    }
}

/* The other end exists, with its name, before anybody accepts it. */
long socket_connect(struct file *f, const struct socket_name *name)
{
    struct socket *s = f->data, *to, *other, **at;
    long error = s->listening || s->is_netlink  ? -EINVAL
                 : is_stream(s) && s->connected ? -EISCONN
                                                : 0;

    if (!error)
        error = wait_for_place(f, name, &to);
    if (error)
        return error;
    if (!is_stream(s)) {
        s->peer = to;
        s->connected = true;
        return 0;
    }
    other = create(s->type);
    if (!other)
        return -ENOMEM;
    join(s, other);
    other->is_accepted = true;
    other->name = to->name;
    if (other->name.node)
        node_get(other->name.node);
    for (at = &to->waiting; *at; at = &(*at)->next_waiting)
        ;
    *at = other;
    to->waiting_count++;
    files_changed();
    return 0;
}

long socket_disconnect(struct file *f)
{
    struct socket *s = f->data;

    if (is_stream(s) || s->is_netlink)
        return -EINVAL;
    s->peer = NULL;
    s->connected = false;
    files_changed();
    return 0;
}

long socket_accept(struct file *f, int flags, struct file **other,
                   struct socket_name *name)
{
    struct socket *s = f->data, *new;
    long error = 0;

    if (!is_stream(s))
        return -EOPNOTSUPP;
    if (!s->listening)
        return -EINVAL;
    while (!s->waiting && !error)
        error = s->cannot_read ? -EINVAL : socket_wait(f, POLLIN, false, false);
    if (error)
        return error;
    new = s->waiting;
    s->waiting = new->next_waiting;
    s->waiting_count--;
    new->next_waiting = NULL;
    *name = (struct socket_name){.length = 0};
    if (new->peer)
        *name = new->peer->name;
    error = create_file(new, flags, other);
    files_changed();
    return error;
}

long socket_shutdown(struct file *f, int how)
{
    struct socket *s = f->data;

    if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR)
        return -EINVAL;
    if (!s->peer && !s->listening)
        return -ENOTCONN;
    s->cannot_read |= how != SHUT_WR;
    s->cannot_write |= how != SHUT_RD;
    if (s->peer && is_stream(s)) {
        s->peer->cannot_write |= how != SHUT_WR;
        s->peer->cannot_read |= how != SHUT_RD;
    }
    files_changed();
    return 0;
}

/* ---------------------------------------------------------------- options */
/* They mean nothing here, but SO_PASSCRED, which is the calls'. */
static bool is_switch(int option)
{
    return option == SO_DEBUG || option == SO_REUSEADDR ||
           option == SO_DONTROUTE || option == SO_BROADCAST ||
           option == SO_KEEPALIVE || option == SO_OOBINLINE ||
           option == SO_PASSCRED;
}

long socket_get_option(struct file *f, int option)
{
    struct socket *s = f->data;
    int error = s->error;

    switch (option) {
    case SO_TYPE:
        return s->is_netlink ? SOCK_RAW : s->type;
    case SO_DOMAIN:
        return s->is_netlink ? AF_NETLINK : AF_UNIX;
    case SO_PROTOCOL:
        return 0;
    case SO_ACCEPTCONN:
        return s->listening;
    case SO_SNDBUF:
    case SO_RCVBUF:
        return (long)s->room[option == SO_SNDBUF];
    case SO_RCVLOWAT:
    case SO_SNDLOWAT:
        return 1;
    case SO_PRIORITY:
        return s->priority;
    case SO_ERROR:
        s->error = 0;
        return error;
    default:
        if (!is_switch(option))
            return -ENOPROTOOPT;
        return s->switches >> option & 1;
    }
}

/* Twice of what is asked for, as for what Linux needs beside the bytes. */
static size_t room_for(int bytes, size_t least)
{
    size_t n = bytes < 0 ? ROOM_MOST : (size_t)bytes * 2;

    return n < least ? least : minimum(n, (size_t)ROOM_MOST);
}

long socket_set_option(struct file *f, int option, int value)
{
    struct socket *s = f->data;

    switch (option) {
    case SO_SNDBUF:
    case SO_RCVBUF:
        s->room[option == SO_SNDBUF] =
            room_for(value, option == SO_SNDBUF ? SEND_LEAST : RECEIVE_LEAST);
        files_changed();
        return 0;
    case SO_RCVLOWAT:
        return value == 0 || value == 1 ? 0 : -ENOPROTOOPT;
    case SO_PRIORITY:
        s->priority = value;
        return 0;
    default:
        if (!is_switch(option))
            return -ENOPROTOOPT;
        s->switches &= ~(1U << option);
        s->switches |= (value ? 1U : 0) << option;
        return 0;
    }
}

struct linger *socket_linger(struct file *f)
{
    return &((struct socket *)f->data)->linger;
}

uint64_t *socket_timeout(struct file *f, bool sending)
{
    return &((struct socket *)f->data)->timeouts_ns[sending];
}
