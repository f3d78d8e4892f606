/* oldcalls.c - the older forms of calls, which the library makes only where the
 * newer ones are not there. */
/* hosted: yes */
/* expect: 0 failures */
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "check.h"

static void limits(void)
{
    struct rlimit r = {1, 2}, back, *nowhere = (struct rlimit *)16;

    CHECK(syscall(SYS_setrlimit, RLIMIT_CORE, &r) == 0);
    CHECK(syscall(SYS_getrlimit, RLIMIT_CORE, &back) == 0);
    CHECK(back.rlim_cur == 1 && back.rlim_max == 2);
    r.rlim_cur = 3;
    FAILS(syscall(SYS_setrlimit, RLIMIT_CORE, &r), EINVAL);
    FAILS(syscall(SYS_setrlimit, RLIMIT_CORE, nowhere), EFAULT);
    FAILS(syscall(SYS_setrlimit, RLIMIT_CORE, NULL), EFAULT);
    FAILS(syscall(SYS_getrlimit, RLIMIT_CORE, NULL), EFAULT);
    FAILS(syscall(SYS_getrlimit, RLIM_NLIMITS, &back), EINVAL);
}

static void counters(void)
{
    unsigned long value = 0;
    int fd = (int)syscall(SYS_eventfd, 5);

    CHECK(fd >= 0 && read(fd, &value, 8) == 8 && value == 5);
    CHECK(fcntl(fd, F_GETFD) == 0 && !(fcntl(fd, F_GETFL) & O_NONBLOCK));
    close(fd);
}

static void times(void)
{
    struct timeval t[2] = {{1000, 999999}, {2000, 1}};
    struct stat st;

    close(open("old", O_CREAT | O_WRONLY, 0600));
    CHECK(syscall(SYS_utimes, "old", t) == 0 && stat("old", &st) == 0);
    CHECK(st.st_atim.tv_sec == 1000 && st.st_atim.tv_nsec == 999999000);
    CHECK(st.st_mtim.tv_sec == 2000 && st.st_mtim.tv_nsec == 1000);
    CHECK(syscall(SYS_futimesat, AT_FDCWD, "old", NULL) == 0);
    CHECK(stat("old", &st) == 0 && st.st_mtim.tv_sec > 1700000000);
    t[1].tv_usec = 1000000;
    FAILS(syscall(SYS_utimes, "old", t), EINVAL);
    t[1].tv_usec = -1;
    FAILS(syscall(SYS_utimes, "old", t), EINVAL);
    FAILS(syscall(SYS_utimes, "old", 16), EFAULT);
    FAILS(syscall(SYS_utimes, NULL, NULL), EFAULT);
    FAILS(syscall(SYS_futimesat, 99, "old", NULL), EBADF);
    CHECK(unlink("old") == 0);
    FAILS(syscall(SYS_utimes, "old", NULL), ENOENT);
}

int main(void)
{
    limits();
    counters();
    times();
    return done();
}
