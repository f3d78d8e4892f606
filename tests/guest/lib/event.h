/* event.h - shared_info, vcpu_info, the event callback and time. */
#ifndef EVENT_H
#define EVENT_H

#include "types.h"

extern struct shared_info *shared_info;
/* vcpu n's block in shared_info, which is where it is if nobody moved it. */
struct vcpu_info *vcpu_info(unsigned n);

void events_init(void);
/* Upcalls that came to this guest, and what follows each of them. */
extern volatile unsigned upcalls;
extern void (*on_upcall)(void);
/* Events masked: what it was. */
bool events_mask(void);
void events_unmask(void);

evtchn_port_t bind_ipi(unsigned vcpu);
evtchn_port_t bind_virq(unsigned virq, unsigned vcpu);
long event_send(evtchn_port_t port);
long event_close(evtchn_port_t port);
/* The number of this domain. */
domid_t own_domid(void);
bool port_is_pending(evtchn_port_t port);
void port_clear(evtchn_port_t port);
void port_mask(evtchn_port_t port, bool masked);

/* Nanoseconds of the hypervisor's system time. */
uint64_t now_ns(void);
uint64_t time_of(const struct vcpu_time_info *t);
void wait_ns(uint64_t ns);
#define MS 1000000UL

/* ---- other vcpus ---- */
/* A context that starts at fn(arg) on vcpu n's own stack. */
struct vcpu_guest_context *vcpu_context(unsigned n, void (*fn)(void *),
                                        void *arg);
/* Initialises it with that and lets it run. */
void vcpu_launch(unsigned n, void (*fn)(void *), void *arg);

#endif
