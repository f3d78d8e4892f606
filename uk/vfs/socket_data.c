/*
 * socket_data.c - what sockets send and receive; see socket.h. A stream is a
 * row of packets, whose borders its reader does not see. Layer: vfs.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "lib/string.h"
#include "mm/heap.h"
#include "vfs/socket_internal.h"
#include "vfs/wait.h"

enum { STREAM_PACKET = 16384 };

void packet_free(struct packet *p)
{
    packet_drop_files(p);
    heap_free(p, sizeof(*p) + p->size);
}

static size_t size_of(const struct socket_message *m)
{
    size_t sum = 0;

    for (int i = 0; i < m->count; i++)
        sum += m->parts[i].iov_len;
    return sum;
}

/* Copies to or from what lies `skip` bytes behind the parts' start. */
static bool copy(const struct socket_message *m, size_t skip, char *data,
                 size_t size, bool out)
{
    for (int i = 0; i < m->count && size > 0; i++) {
        size_t length = m->parts[i].iov_len, n;
        char *at = m->parts[i].iov_base;

        if (skip >= length) {
            skip -= length;
            continue;
        }
        n = minimum(length - skip, size);
        at += skip;
        if (!space_still_allows(at, n, out ? PROT_WRITE : PROT_READ))
            return false;
        memcpy(out ? at : data, out ? data : at, n);
        data += n;
        size -= n;
        skip = 0;
    }
    return true;
}

/* ---------------------------------------------------------------- sending */
static long create_packet(const struct socket *s,
                          const struct socket_message *m, size_t at,
                          size_t size, struct packet **new)
{
    struct packet *p = heap_alloc(sizeof(*p) + size);
    long error;

    *new = p;
    if (!p)
        return -ENOMEM;
    p->size = size;
    p->from = s->name;
    p->from.node = NULL;
    if (!copy(m, at, p->data, size, false)) {
        packet_free(p);
        return -EFAULT;
    }
    error = packet_take_files(p, m->files, at ? 0 : m->file_count);
    if (error)
        packet_free(p);
    return error;
}

/* Of one that nobody accepted yet there is no file. */
static void changed(const struct socket *s, short events)
{
    if (s && s->file)
        node_changed(s->file->node, events);
    else
        files_changed();
}

/* There is room for who sends: of datagrams, whoever that is. */
static void tell_room(const struct socket *s)
{
    changed(s->type == SOCK_DGRAM ? NULL : s->peer, POLLOUT);
}

static void append(struct socket *to, struct packet *p)
{
    *to->last = p;
    to->last = &p->next;
    to->filled += sizeof(*p) + p->size;
    changed(to, POLLIN);
}

void socket_tell(struct file *f, const void *data, size_t size)
{
    struct packet *p = heap_alloc(sizeof(*p) + size);

    if (!p)
        return;
    p->size = size;
    memcpy(p->data, data, size);
    append(f->data, p);
}

static long no_reader(const struct socket_message *m)
{
    if (!(m->flags & MSG_NOSIGNAL))
        signal_send_simple(thread_current(), SIGPIPE, SI_KERNEL);
    return -EPIPE;
}

static long send_stream(struct file *f, const struct socket_message *m)
{
    struct socket *s = f->data;
    size_t size = size_of(m), done = 0;

    if (m->name)
        return s->connected ? -EISCONN : -EOPNOTSUPP;
    if (!s->connected)
        return -ENOTCONN;
    do {
        size_t part = minimum(size - done, (size_t)STREAM_PACKET);
        struct packet *p;
        long error = socket_wait(f, POLLOUT, m->flags & MSG_DONTWAIT, true);

        if (!error && (s->cannot_write || !s->peer || s->peer->cannot_read))
            error = done ? -EPIPE : no_reader(m);
        if (!error && size > 0)
            error = create_packet(s, m, done, part, &p);
        if (error)
            return done ? (long)done : error;
        if (size > 0)
            append(s->peer, p);
        done += part;
    } while (done < size);
    for (unsigned i = 0; size == 0 && i < m->file_count; i++)
        file_put(m->files[i]); /* go with nothing */
    return (long)done;
}

/* To whom one packet goes; there is room for it, or the sender waits. */
static long find_reader(struct file *f, const struct socket_message *m,
                        struct socket **to)
{
    struct socket *s = f->data;
    uint64_t deadline = socket_deadline(f, true);

    for (;;) {
        long error;

        *to = m->name ? socket_find(m->name) : s->peer;
        if (!*to)
            return m->name || s->connected ? -ECONNREFUSED : -ENOTCONN;
        if ((*to)->type != s->type)
            return -EPROTOTYPE;
        if (!socket_hears(*to, s))
            return -EPERM;
        if (s->cannot_write || (*to)->cannot_read)
            return no_reader(m);
        if ((*to)->filled < s->room[SOCKET_SENDS])
            return 0;
        error = socket_sleep(f, m->flags & MSG_DONTWAIT, deadline);
        if (error)
            return error;
    }
}

/* An empty one counts, too: hence its record is part of what fills a queue. */
static long send_packet(struct file *f, const struct socket_message *m)
{
    struct socket *s = f->data, *to;
    size_t size = size_of(m);
    struct packet *p;
    long error;

    if (s->type == SOCK_SEQPACKET && m->name)
        return -EISCONN;
    if (size > s->room[SOCKET_SENDS])
        return -EMSGSIZE;
    if (s->type == SOCK_SEQPACKET && s->connected && !s->peer)
        return no_reader(m);
    error = find_reader(f, m, &to);
    if (!error)
        error = create_packet(s, m, 0, size, &p);
    if (error)
        return error;
    append(to, p);
    return (long)size;
}

long socket_send(struct file *f, const struct socket_message *m)
{
    const struct socket *s = f->data;

    if (m->flags & ~(MSG_DONTWAIT | MSG_NOSIGNAL | MSG_EOR) || s->is_netlink)
        return -EOPNOTSUPP;
    if (m->file_count)
        sockets_drop_lost();
    return s->type == SOCK_STREAM ? send_stream(f, m) : send_packet(f, m);
}

/* -------------------------------------------------------------- receiving */
static void take_files(struct packet *p, struct socket_message *m)
{
    unsigned n = minimum(m->file_count, p->file_count);

    for (unsigned i = 0; i < n; i++) {
        m->files[i] = p->files[i];
        m->files[i]->uses++;
    }
    if (n < p->file_count)
        m->flags |= MSG_CTRUNC;
    m->file_count = n;
}

static void drop_first(struct socket *s)
{
    struct packet *p = s->first;

    s->first = p->next;
    if (!s->first)
        s->last = &s->first;
    s->filled -= sizeof(*p) + p->size - p->taken;
    packet_free(p);
}

static long receive_packet(struct socket *s, struct socket_message *m,
                           bool peek, bool true_size)
{
    struct packet *p = s->first;
    size_t n = minimum(size_of(m), p->size), size = p->size;

    if (!copy(m, 0, p->data, n, true))
        return -EFAULT;
    m->flags = n < size ? MSG_TRUNC : 0;
    if (m->name)
        *m->name = p->from;
    take_files(p, m);
    if (!peek)
        drop_first(s);
    return (long)(true_size ? size : n);
}

/* Behind the `done` bytes that the call has; the sum. Files end what one call
 * gets. */
static long receive_stream(struct socket *s, struct socket_message *m,
                           bool peek, size_t done)
{
    size_t size = size_of(m);
    struct packet *p = s->first, *next;
    unsigned room = m->file_count;

    m->flags = 0;
    m->file_count = 0;
    for (; p && done < size; p = next) {
        size_t n = minimum(size - done, p->size - p->taken);

        next = p->next;
        if (done > 0 && p->file_count)
            break;
        if (!copy(m, done, p->data + p->taken, n, true))
            return done ? (long)done : -EFAULT;
        done += n;
        if (p->file_count) {
            m->file_count = room;
            take_files(p, m);
            next = NULL;
        }
        if (peek)
            continue;
        packet_drop_files(p);
        p->taken += n;
        s->filled -= n;
        if (p->taken == p->size)
            drop_first(s);
    }
    return (long)done;
}

/* What is missing of a whole message (MSG_WAITALL), behind what came first. */
static long receive_rest(struct file *f, struct socket_message *m, long done)
{
    struct socket *s = f->data;
    size_t size = size_of(m);
    long before = 0;

    while (done > before && (size_t)done < size && !m->file_count &&
           !m->flags && socket_wait(f, POLLIN, false, false) == 0 && s->first) {
        before = done;
        done = receive_stream(s, m, false, (size_t)done);
        tell_room(s);
    }
    return done;
}

long socket_receive(struct file *f, struct socket_message *m)
{
    struct socket *s = f->data;
    int flags = m->flags;
    long error;

    if (flags & ~(MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC | MSG_WAITALL |
                  MSG_CMSG_CLOEXEC | MSG_NOSIGNAL))
        return -EOPNOTSUPP;
    if (m->name)
        m->name->length = 0;
    if (s->type != SOCK_DGRAM && !s->connected)
        return s->type == SOCK_STREAM ? -EINVAL : -ENOTCONN;
    error = socket_wait(f, POLLIN, flags & MSG_DONTWAIT, false);
    if (error)
        return error;
    if (!s->first) {
        error = -s->error;
        s->error = 0;
        m->file_count = 0;
        m->flags = 0;
        return error;
    }
    error = s->type == SOCK_STREAM
                ? receive_stream(s, m, flags & MSG_PEEK, 0)
                : receive_packet(s, m, flags & MSG_PEEK, flags & MSG_TRUNC);
    tell_room(s);
    return flags & MSG_WAITALL && !(flags & MSG_PEEK) && s->type == SOCK_STREAM
               ? receive_rest(f, m, error)
               : error;
}

/* Of datagrams, what the next has. */
static int readable_bytes(const struct socket *s)
{
    size_t sum = 0;

    for (const struct packet *p = s->first; p; p = p->next) {
        sum += p->size - p->taken;
        if (s->type == SOCK_DGRAM)
            break;
    }
    return (int)sum;
}

long socket_ioctl(struct file *f, unsigned long request, void *argument)
{
    const struct socket *s = f->data;
    int n = readable_bytes(s);

    if (request != FIONREAD)
        return -ENOTTY;
    if (s->listening)
        return -EINVAL;
    memcpy(argument, &n, sizeof(n));
    return 0;
}

long socket_read(struct file *f, void *to, size_t size, uint64_t at)
{
    struct iovec part = {to, size};
    struct socket_message m = {.parts = &part, .count = 1};

    (void)at;
    return size ? socket_receive(f, &m) : 0;
}

long socket_write(struct file *f, const void *from, size_t size, uint64_t at)
{
    struct iovec part = {(void *)(uintptr_t)from, size};
    struct socket_message m = {.parts = &part, .count = 1};

    (void)at;
    return socket_send(f, &m);
}
