/* user.c - see user.h. */
#include "sys/user.h"

#include <errno.h>
#include <limits.h>

#include "lib/string.h"
#include "mm/heap.h"

static size_t bytes_of(int count)
{
    return (size_t)count * sizeof(struct iovec);
}

long user_take_parts(struct user_parts *p, const struct iovec *from, int count)
{
    if (!user_reads(from, bytes_of(count)))
        return -EFAULT;
    p->count = count;
    p->list = count > PARTS_HERE ? heap_alloc(bytes_of(count)) : p->here;
    if (!p->list)
        return -ENOMEM;
    memcpy(p->list, from, bytes_of(count));
    return 0;
}

void user_drop_parts(struct user_parts *p)
{
    if (p->list != p->here)
        heap_free(p->list, bytes_of(p->count));
}

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
