/*
 * abi/errno.h - Xen's error numbers as plain EINVAL, ENOSYS, ...
 * Source: xen/errno.h of libxen-dev. Errors cross the border negated.
 */
#ifndef ABI_ERRNO_H
#define ABI_ERRNO_H

#ifdef __STDC_HOSTED__
#if __STDC_HOSTED__
#include <errno.h> /* the same numbers; the host owns the names in tests */
#define ABI_ERRNO_FROM_HOST
#endif
#endif

#ifndef ABI_ERRNO_FROM_HOST
#define XEN_ERRNO(name, value) name = value,
enum abi_errno {
#include <xen/errno.h>
};
#endif

/* Inside the hypervisor: not done yet. Xen's number too; guests never see it.
 */
#ifndef ERESTART
#define ERESTART 85
#endif

#endif
