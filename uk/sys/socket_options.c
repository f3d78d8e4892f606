/*
 * socket_options.c - the calls about what a socket is set to. Layer: sys.
 * Source: POSIX.1-2017, 2.10.16; socket(7).
 */
#include <sys/socket.h>
#include <sys/time.h>

#include "lib/string.h"
#include "sys/sockets.h"
#include "sys/sys.h"
#include "sys/user.h"
#include "vfs/socket.h"
#include "xen/clock.h"

static long put_option(const void *value, uint32_t n, void *out, uint32_t *size)
{
    uint32_t room;

    if (!user_take(&room, size, sizeof(room)) ||
        !user_writes(size, sizeof(*size)))
        return -EFAULT;
    n = minimum(n, room);
    if (!user_writes(out, n))
        return -EFAULT;
    memcpy(out, value, n);
    *size = n;
    return 0;
}

long sys_getsockopt(int fd, int level, int option, void *out, uint32_t *size)
{
    struct file *f;
    long value = sockets_find(fd, &f);
    int number;

    if (value)
        return value;
    if (level != SOL_SOCKET)
        return -EOPNOTSUPP;
    if (option == SO_RCVTIMEO || option == SO_SNDTIMEO) {
        uint64_t ns = *socket_timeout(f, option == SO_SNDTIMEO);
        struct timeval t = {.tv_sec = (time_t)(ns / NS_PER_S),
                            .tv_usec = (suseconds_t)(ns % NS_PER_S / 1000)};

        return put_option(&t, sizeof(t), out, size);
    }
    if (option == SO_PEERCRED)
        return put_option(&sockets_peer, sizeof(sockets_peer), out, size);
    if (option == SO_LINGER)
        return put_option(socket_linger(f), sizeof(struct linger), out, size);
    value = socket_get_option(f, option);
    number = (int)value;
    return value < 0 ? value : put_option(&number, sizeof(number), out, size);
}

static long set_timeout(struct file *f, int option, const void *value,
                        uint32_t size)
{
    struct timeval t;

    if (size < sizeof(t))
        return -EINVAL;
    if (!user_take(&t, value, sizeof(t)))
        return -EFAULT;
    if (t.tv_sec < 0 || t.tv_usec < 0 || t.tv_usec >= 1000000)
        return -EDOM;
    *socket_timeout(f, option == SO_SNDTIMEO) =
        minimum((uint64_t)t.tv_sec, UINT64_MAX / 4 / NS_PER_S) * NS_PER_S +
        (uint64_t)t.tv_usec * 1000;
    return 0;
}

static long set_linger(struct file *f, const void *value, uint32_t size)
{
    struct linger l;

    if (size < sizeof(l))
        return -EINVAL;
    if (!user_take(&l, value, sizeof(l)))
        return -EFAULT;
    *socket_linger(f) = l;
    return 0;
}

long sys_setsockopt(int fd, int level, int option, const void *value,
                    uint32_t size)
{
    struct file *f;
    long error = sockets_find(fd, &f);
    int number;

    if (error)
        return error;
    if (level != SOL_SOCKET)
        return -EOPNOTSUPP;
    if (option == SO_RCVTIMEO || option == SO_SNDTIMEO)
        return set_timeout(f, option, value, size);
    if (option == SO_LINGER)
        return set_linger(f, value, size);
    if (size < sizeof(number))
        return -EINVAL;
    if (!user_take(&number, value, sizeof(number)))
        return -EFAULT;
    return socket_set_option(f, option, number);
}
