/* statfs.c - the calls about the file system as a whole. Layer: sys. */
#include <fcntl.h>
#include <limits.h>
#include <sys/vfs.h>

#include "lib/string.h"
#include "mm/pages.h"
#include "sys/names.h"
#include "sys/sys.h"
#include "sys/user.h"

enum { RAMFS = 0x858458f6, SECTOR = 4096 };

static long fill(struct statfs *out)
{
    if (!user_writes(out, sizeof(*out)))
        return -EFAULT;
    memset(out, 0, sizeof(*out));
    out->f_type = RAMFS;
    out->f_bsize = out->f_frsize = SECTOR;
    out->f_blocks = pages_frames()->count;
    out->f_bfree = out->f_bavail = pages_frames()->free;
    out->f_namelen = NAME_MAX;
    return 0;
}

long sys_statfs(const char *path, struct statfs *out)
{
    struct node *n;
    long error = names_find(AT_FDCWD, path, true, &n);

    return error ? error : fill(out);
}

long sys_fstatfs(int fd, struct statfs *out)
{
    return fd_find(fd) ? fill(out) : -EBADF;
}
