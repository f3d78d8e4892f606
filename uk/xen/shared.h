/*
 * shared.h - the page shared with the hypervisor: events, and the way out.
 * Layer: xen.
 */
#ifndef UK_XEN_SHARED_H
#define UK_XEN_SHARED_H

#include "lib/types.h"
#include <xen/xen.h>

/* Maps the page; from then on percpu() and the clock work. */
void shared_init(const struct start_info *start);
struct shared_info *shared_info(void);

/* Called with events masked: calls the handlers of all ports that are set. */
void shared_handle_events(void);
void shared_bind(unsigned port, void (*handler)(unsigned port));

/* Ends the domain; `reason` is one of SHUTDOWN_*. */
noreturn_ void shared_shutdown(unsigned reason);

#endif
