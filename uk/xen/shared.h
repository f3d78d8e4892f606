/*
 * shared.h - the page shared with the hypervisor: events, and the way out.
 * Layer: xen.
 */
#ifndef UK_XEN_SHARED_H
#define UK_XEN_SHARED_H

#include "xen/percpu.h"

/* Maps the page; from then on percpu() and the clock work. */
void shared_init(const struct start_info *start);
struct shared_info *shared_info(void);

/* The mapping alone: a domain is saved without it. */
void shared_map(const struct start_info *start);
void shared_unmap(void);

/* Tells the hypervisor where a vcpu's struct vcpu_info is: of one that is not
 * up, or the one that calls. Not twice, but after being restored. */
void shared_place_info(struct percpu *p);

/* Called with events masked: calls the handlers of the vcpu's ports that are
 * set. */
void shared_handle_events(void);
/* On the first vcpu, or the one that the port is bound to; `handler` may be
 * NULL if it is enough that the vcpu enters the kernel. */
void shared_bind(unsigned port, void (*handler)(unsigned port));
void shared_bind_on(struct percpu *p, unsigned port,
                    void (*handler)(unsigned port));
void shared_clear(unsigned port);
/* A restored domain has none of its ports any more. */
void shared_forget_ports(void);

/* Ends the domain; `reason` is one of SHUTDOWN_*. */
noreturn_ void shared_shutdown(unsigned reason);

#endif
