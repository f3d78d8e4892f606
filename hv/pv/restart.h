/*
 * pv/restart.h - what a hypercall handler may answer besides a number.
 * Layer: pv (pv's own handlers use it too).
 */
#ifndef PV_RESTART_H
#define PV_RESTART_H

#include "lib/types.h"

/* Internal to the hypervisor: not done yet. Xen's number; guests never see it.
 */
#ifndef ERESTART
#define ERESTART 85
#endif

/*
 * Returns to the guest such that it issues the same call again with these
 * arguments (after its pending work was done): `return
 * hypercall_continue(...)`. Inside a multicall it changes the entry's arguments
 * instead.
 */
long hypercall_continue(unsigned args, const uint64_t *arg);

/* An operation that is not implemented: logs its name once at debug level,
 * returns -ENOSYS. */
long hypercall_unknown(const char *call, uint64_t op);

#endif
