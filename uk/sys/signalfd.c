/* sys/signalfd.c - signals by reading a descriptor. Layer: sys. Source:
 * signalfd(2). */
#include <errno.h>
#include <fcntl.h>
#include <sys/signalfd.h>

#include "sys/sys.h"
#include "sys/user.h"
#include "vfs/signalfd.h"

long sys_signalfd4(int fd, const uint64_t *mask, size_t size, int flags)
{
    struct file *f = fd_find(fd);
    long error;

    if (size != sizeof(*mask) || flags & ~(SFD_NONBLOCK | SFD_CLOEXEC))
        return -EINVAL;
    if (!user_reads(mask, sizeof(*mask)))
        return -EFAULT;
    if (fd != -1) {
        if (!f || !file_is_signalfd(f))
            return f ? -EINVAL : -EBADF;
        signalfd_set(f, *mask);
        return fd;
    }
    error = signalfd_create_file(*mask, flags & O_NONBLOCK, &f);
    return error ? error : fd_add(f, 0, flags & SFD_CLOEXEC);
}

long sys_signalfd(int fd, const uint64_t *mask, size_t size)
{
    return sys_signalfd4(fd, mask, size, 0);
}
