/*
 * hypercall/hypercall.h - handlers and their common helpers.
 * Layer: hypercall. hypercalls.def is the table.
 *
 * A handler takes the raw register arguments and returns what goes to rax.
 * It fetches its structures with guest_get() once, decides, acts, reports.
 */
#ifndef HYPERCALL_HYPERCALL_H
#define HYPERCALL_HYPERCALL_H

#include "abi/errno.h"
#include "domain/domain.h"
#include "mm/guest.h"
#include "pv/restart.h"

/* long hypercall_NAME(uint64_t a, ...) for each line of the table. */
#define HC_ARGS_0 void
#define HC_ARGS_1 uint64_t
#define HC_ARGS_2 uint64_t, uint64_t
#define HC_ARGS_3 uint64_t, uint64_t, uint64_t
#define HC_ARGS_4 uint64_t, uint64_t, uint64_t, uint64_t
#define HC_ARGS_5 uint64_t, uint64_t, uint64_t, uint64_t, uint64_t
#define HYPERCALL(number, name, args, who)                                     \
    long hypercall_##name(HC_ARGS_##args);
#define SUBOP(call, op, state, note)
#include "hypercall/hypercalls.def"
#undef HYPERCALL
#undef SUBOP

/* What is for HVM guests, and never for the caller itself: -ESRCH, -EPERM or
 * -EINVAL. */
long hypercall_refuse_remote(domid_t id);

#endif
