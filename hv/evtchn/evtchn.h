/*
 * evtchn/evtchn.h - event channels: ports, VIRQs, PIRQs, both delivery forms.
 * Layer: evtchn.
 */
#ifndef EVTCHN_EVTCHN_H
#define EVTCHN_EVTCHN_H

#include "domain/domain.h"

extern const struct domain_unit evtchn_unit;

/* EVTCHNOP_*: `arg` is the guest's address of the operation's structure.
 * -ERESTART: to be issued again with the same arguments. */
long evtchn_op(uint32_t cmd, uint64_t arg);

/* Raises a per-vcpu VIRQ; nothing happens when it is not bound. */
void virq_raise_vcpu(struct vcpu *v, uint32_t virq);
/* Raises a global VIRQ at the vcpu it is bound to. */
void virq_raise_global(struct domain *d, uint32_t virq);
/* Raises a global VIRQ at the domain that handles it: dom0, unless another one
 * was set. -EINVAL: no global VIRQ, or the domain is going. */
void virq_raise_at_handler(uint32_t virq);
int virq_set_handler(struct domain *d, uint32_t virq);

/* Sends on a port as the owner would (EVTCHNOP_send): 0 or -EINVAL ... */
int evtchn_send(struct domain *d, uint32_t port);
/* 1 if the port is pending in either form, 0 if not, -EINVAL if there is no
 * such port. */
int evtchn_is_pending(struct domain *d, uint32_t port);

/* A port for a domain from outside (dom0 builder): type unbound. -errno. */
int evtchn_alloc_unbound(struct domain *d, domid_t remote, uint32_t *port);

/* The highest port the domain may use. -EBUSY: it uses some already. */
int evtchn_set_max_port(struct domain *d, uint32_t max_port);

/*
 * SCHEDOP_poll: from begin to end the vcpu (current) is woken when `port`, or
 * any (0), is set pending, even if masked. Look at the ports after begin.
 */
void evtchn_poll_begin(struct vcpu *v, uint32_t port);
void evtchn_poll_end(struct vcpu *v);

/* VCPUOP_set_periodic_timer; 0 stops it. A new vcpu's is 100 Hz from when it
 * binds VIRQ_TIMER on. The other timers of a vcpu are set directly. */
void vcpu_periodic_set(struct vcpu *v, uint64_t period_ns);
void vcpu_periodic_start(struct vcpu *v);

/*
 * A vcpu_info moved or its owner was reset: marks an upcall pending so that
 * nothing is lost.
 */
void evtchn_refresh_vcpu(struct vcpu *v);

/*
 * How frames of the FIFO form are held: get() makes sure that the domain owns
 * the frame and that it stays writable RAM (FRAME_WRITABLE) until put(), or
 * returns -errno. pv/ registers it at boot.
 */
void evtchn_register_frame_ops(int (*get)(struct domain *d, mfn_t m),
                               void (*put)(struct domain *d, mfn_t m));

/* The ports in use, to the log. */
void evtchn_print(struct domain *d);

/* Every frame held that way, as often as it is. No vcpu of d runs. */
void evtchn_visit_frames(const struct domain *d, void (*fn)(void *arg, mfn_t m),
                         void *arg);

/* irq/ layer hooks for PIRQs; hypercall/physdev.c registers them at boot. */
struct pirq_ops {
    int (*bind)(struct domain *d, uint32_t pirq, bool will_share);
    void (*unbind)(struct domain *d, uint32_t pirq);
    void (*unmasked)(struct domain *d, uint32_t pirq); /* port was unmasked */
}; /* called without any lock of evtchn/ */
void evtchn_register_pirq_ops(const struct pirq_ops *ops);
/* The interrupt came: raises the port bound to the pirq. False: none bound. */
bool evtchn_raise_pirq(struct domain *d, uint32_t pirq);

#endif
