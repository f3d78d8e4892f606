/* clock.h - the time, as the hypervisor shares it. Layer: xen. */
#ifndef UK_XEN_CLOCK_H
#define UK_XEN_CLOCK_H

#include "lib/types.h"

#define NS_PER_S 1000000000UL

/* Nanoseconds since the domain's machine started, and since 1970. */
uint64_t clock_monotonic_ns(void);
uint64_t clock_wall_ns(void);

#endif
