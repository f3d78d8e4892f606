/* sys.h - the calls of syscalls.def, by Linux's prototypes. Layer: sys. */
#ifndef UK_SYS_SYS_H
#define UK_SYS_SYS_H

#include <errno.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "lib/types.h"

long sys_exit(int status);
long sys_exit_group(int status);
long sys_getpid(void);
long sys_gettid(void);
long sys_ioctl(int fd, unsigned long request, void *argument);
long sys_set_thread_area(uint64_t base);
long sys_set_tid_address(int *at);
long sys_write(int fd, const void *data, size_t n);
long sys_writev(int fd, const struct iovec *parts, int count);

#endif
