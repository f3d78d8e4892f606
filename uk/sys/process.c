/* process.c - the calls about the process as a whole. Layer: sys. */
#include <sys/prctl.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include "lib/string.h"
#include "mm/pages.h"
#include "sched/thread.h"
#include "sys/sys.h"
#include "sys/user.h"
#include "xen/clock.h"
#include "xen/end.h"
#include "xen/entropy.h"
#include "xen/hypercall.h"
#include "xen/shared.h"

enum { PID = 1 };

long sys_exit_group(int status)
{
    end_program(status);
}

long sys_getpid(void)
{
    return PID;
}

long sys_getppid(void)
{
    return 0;
}

static struct utsname name = {
    .sysname = "Linux",
    .nodename = "paravane",
    .release = "6.1.0-paravane",
    .version = "#1 Unix layer",
    .machine = "x86_64",
    .domainname = "(none)",
};

static long set_name(char *to, const char *from, size_t size)
{
    if (size >= sizeof(name.nodename))
        return -EINVAL;
    if (!user_reads(from, size))
        return -EFAULT;
    memcpy(to, from, size);
    to[size] = 0;
    return 0;
}

long sys_sethostname(const char *from, size_t size)
{
    return set_name(name.nodename, from, size);
}

long sys_setdomainname(const char *from, size_t size)
{
    return set_name(name.domainname, from, size);
}

long sys_uname(struct utsname *out)
{
    if (!user_writes(out, sizeof(*out)))
        return -EFAULT;
    memcpy(out, &name, sizeof(name));
    return 0;
}

long sys_getrandom(void *to, size_t n, unsigned flags)
{
    (void)flags;
    if (!user_writes(to, n))
        return -EFAULT;
    entropy_fill(to, n);
    return (long)n;
}

long sys_sysinfo(struct sysinfo *out)
{
    if (!user_writes(out, sizeof(*out)))
        return -EFAULT;
    memset(out, 0, sizeof(*out));
    out->uptime = clock_monotonic_ns() / NS_PER_S;
    out->totalram = pages_frames()->count * PAGE_BYTES;
    out->freeram = pages_frames()->free * PAGE_BYTES;
    out->procs = 1;
    out->mem_unit = 1;
    return 0;
}

/* Of the running thread. */
long sys_prctl(int option, uint64_t argument)
{
    char *own = thread_current()->name;

    switch (option) {
    case PR_SET_NAME:
        for (size_t i = 0; i < sizeof(thread_current()->name) - 1; i++) {
            const char *from = (const char *)argument + i;

            if (!user_reads(from, 1))
                return -EFAULT;
            own[i] = *from;
            if (!*from)
                break;
        }
        return 0;
    case PR_GET_NAME:
        if (!user_writes((char *)argument, sizeof(thread_current()->name)))
            return -EFAULT;
        memcpy((char *)argument, own, sizeof(thread_current()->name));
        return 0;
    default:
        return -EINVAL;
    }
}
