/* clock.h - the time, as the hypervisor shares it. Layer: xen. */
#ifndef UK_XEN_CLOCK_H
#define UK_XEN_CLOCK_H

#include "lib/types.h"

#define NS_PER_S 1000000000UL

/*
 * Nanoseconds since the machine started that the domain was made on, which do
 * not count while it is saved; and since 1970.
 */
uint64_t clock_monotonic_ns(void);
uint64_t clock_wall_ns(void);
void clock_set_wall_ns(uint64_t ns);

/* The hypervisor's own, which jumps when the domain is restored elsewhere. */
uint64_t clock_system_ns(void);
uint64_t clock_to_system(uint64_t monotonic_ns);
void clock_go_on_from(uint64_t monotonic_ns);

#endif
