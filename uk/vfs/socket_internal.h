/* socket_internal.h - what socket.c and socket_data.c share. Layer: vfs. */
#ifndef UK_VFS_SOCKET_INTERNAL_H
#define UK_VFS_SOCKET_INTERNAL_H

#include "vfs/socket.h"

/* What was sent and not received yet. */
struct packet {
    struct packet *next;
    struct socket_name from;
    size_t size, taken;
    unsigned file_count;
    struct file **files;
    char data[];
};

struct socket {
    struct socket *next_of_all;
    struct socket *peer;
    struct socket_name name;
    int type;
    bool listening, connected, cannot_read, cannot_write;
    bool is_accepted; /* its name is the listener's */
    bool is_netlink;  /* only told of messages of queues; else SOCK_DGRAM's */
    struct packet *first, **last;
    size_t filled; /* bytes of the packets, and theirs */
    struct socket *waiting, *next_waiting; /* for accept() */
    unsigned waiting_count, backlog;
    uint64_t timeouts_ns[2]; /* of receiving and sending */
    int error;
};

enum { SOCKET_BYTES = 212992 };

/* Waits for poll() to show one of `events`: 0, -EAGAIN or -RESTART. */
long socket_wait(struct file *f, short events, bool at_once, bool sending);
struct socket *socket_find(const struct socket_name *name);
short socket_poll(struct file *f);
long socket_read(struct file *f, void *to, size_t size, uint64_t at);
long socket_write(struct file *f, const void *from, size_t size, uint64_t at);
void packet_free(struct packet *p);

#endif
