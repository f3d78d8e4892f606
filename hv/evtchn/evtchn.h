/*
 * evtchn/evtchn.h - event channels: ports, VIRQs, PIRQs, both delivery forms.
 * Layer: evtchn.
 */
#ifndef EVTCHN_EVTCHN_H
#define EVTCHN_EVTCHN_H

#include "domain/domain.h"

extern const struct domain_unit evtchn_unit;

/* EVTCHNOP_*: `arg` is the guest's address of the operation's structure. */
long evtchn_op(uint32_t cmd, uint64_t arg);

/* Raises a per-vcpu VIRQ; nothing happens when it is not bound. */
void virq_raise_vcpu(struct vcpu *v, uint32_t virq);
/* Raises a global VIRQ at the vcpu it is bound to. */
void virq_raise_global(struct domain *d, uint32_t virq);
/* Raises a global VIRQ of dom0. */
void virq_raise_dom0(uint32_t virq);

/* Sends on a port as the owner would (EVTCHNOP_send): 0 or -EINVAL ... */
int evtchn_send(struct domain *d, uint32_t port);
/* True if the port is pending in either form (SCHEDOP_poll). */
bool evtchn_is_pending(struct domain *d, uint32_t port);
/* Sets a port pending that was raised before the vcpu polled: wakes pollers. */
void evtchn_raise_port(struct domain *d, uint32_t port);

/* A port for a domain from outside (dom0 builder): type unbound. -errno. */
int evtchn_alloc_unbound(struct domain *d, domid_t remote, uint32_t *port);

/*
 * A vcpu_info moved or its owner was reset: marks an upcall pending so that
 * nothing is lost.
 */
void evtchn_refresh_vcpu(struct vcpu *v);

/* irq/ layer hooks for PIRQs; hypercall/physdev.c registers them at boot. */
struct pirq_ops {
    int (*bind)(struct domain *d, uint32_t pirq, bool will_share);
    void (*unbind)(struct domain *d, uint32_t pirq);
    void (*unmasked)(struct domain *d, uint32_t pirq); /* port was unmasked */
};
void evtchn_register_pirq_ops(const struct pirq_ops *ops);
/* The interrupt came: raises the port bound to the pirq. False: none bound. */
bool evtchn_raise_pirq(struct domain *d, uint32_t pirq);

#endif
