/* sockets.h - what the calls about sockets share. Layer: sys. */
#ifndef UK_SYS_SOCKETS_H
#define UK_SYS_SOCKETS_H

#include <sys/socket.h>

#include "vfs/file.h"

/* -EBADF, -ENOTSOCK. */
long sockets_find(int fd, struct file **f);

/* Who is at the other end of each. */
extern const struct ucred sockets_peer;

#endif
