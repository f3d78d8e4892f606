/* user.c - see user.h. */
#include "sys/user.h"

#include <errno.h>
#include <limits.h>

long user_check_path(const char *path)
{
    for (size_t n = 0; n < PATH_MAX; n++) {
        if ((n == 0 || ((uintptr_t)(path + n) & PAGE_MASK) == 0) &&
            !user_reads(path + n, 1))
            return -EFAULT;
        if (!path[n])
            return 0;
    }
    return -ENAMETOOLONG;
}
