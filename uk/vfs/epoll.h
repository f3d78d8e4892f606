/* epoll.h - epoll and timerfd. Layer: vfs. Errors are negative errno values. */
#ifndef UK_VFS_EPOLL_H
#define UK_VFS_EPOLL_H

#include <sys/epoll.h>

#include "vfs/file.h"

long epoll_create_file(struct file **f);
bool file_is_epoll(const struct file *f);
long epoll_change(struct file *epoll, int operation, int fd,
                  const struct epoll_event *event);
/* What is ready, up to `room` of them, without waiting. */
int epoll_collect(struct file *epoll, struct epoll_event *out, int room);

struct itimerspec;
long timerfd_create_file(int flags, struct file **f);
bool file_is_timerfd(const struct file *f);
/* Times of the monotonic clock in nanoseconds, which may be past; 0: off. */
void timerfd_set(struct file *f, uint64_t at_ns, uint64_t interval_ns);
void timerfd_get(struct file *f, uint64_t *left_ns, uint64_t *interval_ns);

#endif
