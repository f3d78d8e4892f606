/* socket_internal.h - what the sockets' parts share. Layer: vfs. */
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
    struct file *file; /* NULL until it is accepted */
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
    size_t room[2];          /* SO_RCVBUF, SO_SNDBUF */
    uint32_t switches;       /* options that are on or off, by their numbers */
    int priority;
    struct linger linger;
    int error;
    /* Of socket_rights.c. */
    unsigned uses_on_way;
    bool reached;
    struct socket *next_reached;
};

enum { SOCKET_RECEIVES, SOCKET_SENDS }; /* of `room` and `timeouts_ns` */

/* When a wait that begins now ends, by SO_RCVTIMEO or SO_SNDTIMEO, or NEVER. */
uint64_t socket_deadline(struct file *f, bool sending);
/* Sleeps until something changes: 0, -EAGAIN, -EINTR or -RESTART. */
long socket_sleep(struct file *f, bool at_once, uint64_t deadline);
/* Waits for poll() to show one of `events`; the same errors. */
long socket_wait(struct file *f, short events, bool at_once, bool sending);
bool socket_hears(const struct socket *s, const struct socket *from);
struct socket *socket_find(const struct socket_name *name);
short socket_poll(struct file *f);
long socket_ioctl(struct file *f, unsigned long request, void *argument);
long socket_read(struct file *f, void *to, size_t size, uint64_t at);
long socket_write(struct file *f, const void *from, size_t size, uint64_t at);
void packet_free(struct packet *p);
/* Takes over one use of each; 0 or -ENOMEM. */
long packet_take_files(struct packet *p, struct file *const *files, unsigned n);
void packet_drop_files(struct packet *p);
struct socket *sockets_all(void);
/* Drops the files that are on their way to sockets nobody can read from. */
void sockets_drop_lost(void);

#endif
