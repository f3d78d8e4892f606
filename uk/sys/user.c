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

bool user_parts_allowed(const struct user_parts *p, bool to_write)
{
    for (int i = 0; i < p->count; i++)
        if (to_write ? !user_writes(p->list[i].iov_base, p->list[i].iov_len)
                     : !user_reads(p->list[i].iov_base, p->list[i].iov_len))
            return false;
    return true;
}

void user_drop_parts(struct user_parts *p)
{
    if (p->list != p->here)
        heap_free(p->list, bytes_of(p->count));
}

bool user_take(void *to, const void *from, size_t n)
{
    if (!user_reads(from, n))
        return false;
    memcpy(to, from, n);
    return true;
}

/* Two, for calls that have two paths. */
long user_take_string(const char *from, const char **copy)
{
    static char taken[2][PATH_MAX];
    static unsigned turn;
    char *to = taken[turn ^= 1];

    *copy = to;
    for (size_t n = 0; n < PATH_MAX; n++) {
        if ((n == 0 || ((uintptr_t)(from + n) & PAGE_MASK) == 0) &&
            !user_reads(from + n, 1))
            return -EFAULT;
        to[n] = from[n];
        if (!to[n])
            return 0;
    }
    return -ENAMETOOLONG;
}
