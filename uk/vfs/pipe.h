/* pipe.h - pipes and eventfd. Layer: vfs. Errors are negative errno values. */
#ifndef UK_VFS_PIPE_H
#define UK_VFS_PIPE_H

#include "vfs/file.h"

/* Both ends, each used once. */
long pipe_create(int flags, struct file *ends[2]);
/* A named one; without O_NONBLOCK it waits for the other end. */
long pipe_open(struct node *n, int flags, struct file **f);
/* Waits until so many bytes, at most PIPE_BUF, can be written at once; -EPIPE
 * (with SIGPIPE) when nobody can read them any more. */
long pipe_wait_for_room(struct file *f, size_t bytes);
/* How many bytes it holds; -EBADF of what is no pipe. */
long pipe_capacity(const struct file *f);
long eventfd_create(uint64_t count, bool semaphore, int flags, struct file **f);

#endif
