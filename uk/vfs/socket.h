/*
 * socket.h - sockets of AF_UNIX, both ends of which are in this program.
 * Layer: vfs. Locks: events are masked. Errors are negative errno values.
 */
#ifndef UK_VFS_SOCKET_H
#define UK_VFS_SOCKET_H

#include <sys/socket.h>
#include <sys/uio.h>

#include "vfs/file.h"

enum { SOCKET_NAME_BYTES = 108, SOCKET_FILES = 253 };

/* A name in the file system is the node's; an abstract one starts with a 0. */
struct socket_name {
    uint32_t length; /* 0: none */
    char path[SOCKET_NAME_BYTES];
    struct node *node; /* where `path` leads to; NULL for an abstract one */
};

/* One call's data, in the program's memory, and the files that go with it. */
struct socket_message {
    const struct iovec *parts;
    int count;
    struct socket_name *name; /* to whom, or from whom; may be NULL */
    struct file **files;      /* used once each, for who takes them */
    unsigned file_count;      /* receiving: in, the room; out, how many */
    int flags;                /* MSG_*; receiving: out, what is told */
};

bool file_is_socket(const struct file *f);
long socket_create_file(int type, int flags, struct file **f);
/* One of AF_NETLINK: nothing can be asked of it, but what is told comes there,
 * or is lost without memory. */
long socket_create_netlink(int flags, struct file **f);
bool socket_is_netlink(const struct file *f);
void socket_tell(struct file *f, const void *data, size_t size);
long socket_create_pair(int type, int flags, struct file *pair[2]);
long socket_bind(struct file *f, const struct socket_name *name);
long socket_listen(struct file *f, int backlog);
long socket_connect(struct file *f, const struct socket_name *name);
/* Of datagrams: it is connected with nobody then. */
long socket_disconnect(struct file *f);
long socket_accept(struct file *f, int flags, struct file **other,
                   struct socket_name *name);
/* If it succeeds, the files are the message's. */
long socket_send(struct file *f, const struct socket_message *m);
long socket_receive(struct file *f, struct socket_message *m);
long socket_shutdown(struct file *f, int how);
long socket_get_name(struct file *f, bool of_peer, struct socket_name *name);

/* Those of SOL_SOCKET that are a number; -ENOPROTOOPT for others. */
long socket_get_option(struct file *f, int option);
long socket_set_option(struct file *f, int option, int value);
struct linger *socket_linger(struct file *f);
/* SO_RCVTIMEO and SO_SNDTIMEO, in nanoseconds; 0: for ever. */
uint64_t *socket_timeout(struct file *f, bool sending);

#endif
