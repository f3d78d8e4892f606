/* table.c - what entry.S jumps through, made from syscalls.def. Layer: sys. */
#include <sys/syscall.h>

#include "sys/sys.h"

extern const void *const uk_syscall_table[UK_SYSCALLS];
static long sys_nosys(void);

#define CALL(name, remark) [SYS_##name] = (const void *)sys_##name,
#define SAME(name, other)  [SYS_##name] = (const void *)sys_##other,

/* A call that is not in the list is not there. */
#pragma GCC diagnostic ignored "-Woverride-init"
const void *const uk_syscall_table[UK_SYSCALLS] = {
    [0 ... UK_SYSCALLS - 1] = (const void *)sys_nosys,
#include "sys/syscalls.def"
};

static long sys_nosys(void)
{
    return -ENOSYS;
}
