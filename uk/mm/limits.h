/*
 * limits.h - what the program allows itself to use, by setrlimit(). Layer: mm.
 * Pure. Locks: events are masked. Source: POSIX.1-2017 getrlimit.
 */
#ifndef UK_MM_LIMITS_H
#define UK_MM_LIMITS_H

#include <sys/resource.h>

#include "lib/types.h"

/* In force now. */
uint64_t limit_of(unsigned which);

struct rlimit limit_get(unsigned which);

/*
 * -EINVAL: no limit, or more than its maximum; -EPERM: a maximum that is
 * raised without privilege, or beyond what there can be.
 */
long limit_set(unsigned which, const struct rlimit *new, bool privileged);

/* What there is at most, once it is known. */
void limit_is_fixed(unsigned which, uint64_t now, uint64_t most);

#endif
