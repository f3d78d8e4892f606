/* process.c - the calls about the process as a whole. Layer: sys. */
#include "sys/sys.h"
#include "xen/console.h"
#include "xen/hypercall.h"
#include "xen/shared.h"

enum { PID = 1 };

long sys_exit_group(int status)
{
    console_print("exit: %d\n", status & 0xff);
    shared_shutdown(SHUTDOWN_poweroff);
}

long sys_exit(int status)
{
    return sys_exit_group(status);
}

long sys_getpid(void)
{
    return PID;
}

long sys_gettid(void)
{
    return PID;
}

long sys_set_tid_address(int *at)
{
    (void)at;
    return PID;
}

long sys_set_thread_area(uint64_t base)
{
    return xen_set_segment_base(SEGBASE_FS, base);
}

long sys_write(int fd, const void *data, size_t n)
{
    if (fd != 1 && fd != 2)
        return -EBADF;
    console_write(data, n);
    return (long)n;
}

long sys_writev(int fd, const struct iovec *parts, int count)
{
    long sum = 0;

    for (int i = 0; i < count; i++) {
        long n = sys_write(fd, parts[i].iov_base, parts[i].iov_len);

        if (n < 0)
            return n;
        sum += n;
    }
    return sum;
}

long sys_ioctl(int fd, unsigned long request, void *argument)
{
    (void)fd;
    (void)request;
    (void)argument;
    return -ENOTTY;
}
