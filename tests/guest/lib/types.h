/* types.h - the words everything here is written with. */
#ifndef TYPES_H
#define TYPES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define __XEN_TOOLS__             1
#define __XEN_INTERFACE_VERSION__ __XEN_LATEST_INTERFACE_VERSION__
#include <xen/xen.h>
#include <xen/domctl.h>
#include <xen/errno.h>
#include <xen/event_channel.h>
#include <xen/features.h>
#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/physdev.h>
#include <xen/platform.h>
#include <xen/sched.h>
#include <xen/sysctl.h>
#include <xen/vcpu.h>
#include <xen/version.h>
#include <xen/callback.h>

#include "layout.h"

#define PAGE_SIZE 4096UL
#define PAGES(n)  ((n)*PAGE_SIZE)

#define ARRAY_SIZE(a)    (sizeof(a) / sizeof((a)[0]))
#define READ_ONCE(x)     (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#define barrier()        __asm__ volatile("" ::: "memory")
#define __unused         __attribute__((unused))
#define __aligned(n)     __attribute__((aligned(n)))
#define __naked          __attribute__((naked))

/* Hypercalls give them as negative numbers. */
#define EPERM      XEN_EPERM
#define ENOENT     XEN_ENOENT
#define ESRCH      XEN_ESRCH
#define EIO        XEN_EIO
#define ENXIO      XEN_ENXIO
#define EFAULT     XEN_EFAULT
#define EBUSY      XEN_EBUSY
#define EEXIST     XEN_EEXIST
#define ENODEV     XEN_ENODEV
#define EINVAL     XEN_EINVAL
#define ENOSPC     XEN_ENOSPC
#define ENOSYS     XEN_ENOSYS
#define EACCES     XEN_EACCES
#define E2BIG      XEN_E2BIG
#define ENOMEM     XEN_ENOMEM
#define ENOBUFS    XEN_ENOBUFS
#define EOPNOTSUPP XEN_EOPNOTSUPP
#define EOVERFLOW  XEN_EOVERFLOW
#define ENODATA    XEN_ENODATA
#define ETIME      XEN_ETIME
#define ERANGE     XEN_ERANGE
#define EBADF      XEN_EBADF

void *memset(void *to, int byte, size_t n);
void *memcpy(void *to, const void *from, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);

#endif
