/* process.c - the calls about the process as a whole. Layer: sys. */
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include "lib/string.h"
#include "mm/pages.h"
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

long sys_getuid(void)
{
    return 0;
}

long sys_uname(struct utsname *out)
{
    static const struct utsname name = {
        .sysname = "Linux",
        .nodename = "paravane",
        .release = "6.1.0-paravane",
        .version = "#1 Unix layer",
        .machine = "x86_64",
        .domainname = "(none)",
    };

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
