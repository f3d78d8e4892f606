/*
 * evtchn/evtchn_internal.h - a domain's port table and what its files share.
 * Layer: evtchn.
 *
 * Locks, in this order:
 *   pairing_lock   global: whoever makes or breaks an INTERDOMAIN pair, and
 *                  only he holds two tables' locks at once
 *   table->lock    the ports of one domain
 *   table->fifo_lock  the tails of its FIFO queues and its ports' last_*
 *
 * Delivery to a port needs the lock of its own table or, for an INTERDOMAIN
 * port, of its peer's: under either the port stays what it is, and its domain's
 * table stays there. Registered functions of other rooms are called without
 * any of these locks.
 */
#ifndef EVTCHN_EVTCHN_INTERNAL_H
#define EVTCHN_EVTCHN_INTERNAL_H

#include "evtchn/evtchn.h"
#include "evtchn/fifo_queue.h"
#include "evtchn/port.h"
#include "lib/nospec.h"

#define PORTS_2L         ((uint32_t)EVTCHN_2L_NR_CHANNELS)
#define PORTS_FIFO       ((uint32_t)EVTCHN_FIFO_NR_CHANNELS)
#define PORTS_PER_BUCKET (PAGE_SIZE / sizeof(struct port))
#define BUCKETS          (PORTS_FIFO / PORTS_PER_BUCKET)

#define PIRQS_MAX (PAGE_SIZE / sizeof(uint32_t))

/* Ports that lie together in a page. */
struct bucket {
    struct port *port; /* PORTS_PER_BUCKET */
    uint32_t used;     /* ports not FREE */
};

/* Enough for the 2-level form. */
#define BUCKETS_FEW (PORTS_2L / PORTS_PER_BUCKET)

/* What the FIFO form needs, from its first control block on. */
struct fifo_form {
    struct fifo_array array;
    mfn_t array_frame[FIFO_PAGES]; /* what is mapped there */
    struct fifo_vcpu {
        struct fifo_queues queues;
        mfn_t control_frame;
    } vcpu[]; /* of each that the domain may have */
};

struct evtchn_state {
    struct spinlock lock;
    struct spinlock fifo_lock;
    uint32_t max_port;   /* the highest that may be used */
    uint32_t used;       /* ports that are not FREE; port 0 is never counted */
    uint32_t polling;    /* bit v: vcpu v polls */
    bool fifo;           /* the FIFO form is on, so there is a form */
    bool closed;         /* no new ports: the domain is going */
    uint32_t *pirq_port; /* PIRQS_MAX of them, 0: none; made when needed */
    uint32_t buckets;    /* how many there are, from the lowest */
    struct bucket *bucket; /* `few`, or room for BUCKETS */
    struct bucket few[BUCKETS_FEW];
    struct fifo_form *form;
};

extern struct spinlock pairing_lock;

/* ---- table.c ---- */
/* The number of ports of the form that is on: valid ones are below. */
static inline uint32_t table_limit(const struct evtchn_state *s)
{
    uint32_t form = s->fifo ? PORTS_FIFO : PORTS_2L;

    return s->max_port < form ? s->max_port + 1 : form;
}

/* The port of this number; NULL if there cannot be one or it never was used.
 * Lock held. */
static inline struct port *port_find(const struct evtchn_state *s,
                                     uint32_t number)
{
    if (number == 0 || number >= table_limit(s))
        return NULL;
    if (number / PORTS_PER_BUCKET >= s->buckets)
        return NULL;
    return &s->bucket[index_nospec(number / PORTS_PER_BUCKET, s->buckets)]
                .port[number % PORTS_PER_BUCKET];
}

/* The lowest FREE port, which the caller makes something else at once.
 * Counted as used. -ENOSPC, -ENOMEM, -EINVAL (domain is going). Lock held. */
int port_take(struct evtchn_state *s, struct port **port, uint32_t *number);
/* Makes a port FREE again and clears its pending bit. Lock held. */
void port_release(struct domain *d, struct port *p, uint32_t number);

/* The vcpu of this number or NULL. */
static inline struct vcpu *domain_vcpu(const struct domain *d, uint32_t id)
{
    return id < d->vcpu_count && id < VCPUS_MAX ? d->vcpu[id % VCPUS_MAX]
                                                : NULL;
}

/* ---- deliver.c ---- */
/* Sets a port pending and tells its vcpu. See the locks above. */
void port_raise(struct domain *d, struct port *p, uint32_t number);
/* True if the port's pending bit is set. */
bool port_is_pending(const struct domain *d, uint32_t number);
/* Clears the mask and tells the vcpu if it is pending. Lock held. */
void port_unmask(struct domain *d, struct port *p, uint32_t number);
void port_clear_pending(struct domain *d, uint32_t number);

/* ---- bind.c ---- */
int evtchn_bind_interdomain(struct domain *d, struct evtchn_bind_interdomain *);
int evtchn_bind_virq(struct domain *d, struct evtchn_bind_virq *op);
int evtchn_bind_ipi(struct domain *d, struct evtchn_bind_ipi *op);
int evtchn_bind_pirq(struct domain *d, struct evtchn_bind_pirq *op);
int evtchn_bind_vcpu(struct domain *d, uint32_t port, uint32_t vcpu);
int evtchn_status(struct domain *d, struct evtchn_status *op);
int evtchn_unmask(struct domain *d, uint32_t port);

/* The domain handles no global VIRQ any more. */
void virq_forget_handler(const struct domain *d);

/* ---- close.c ---- */
int evtchn_close(struct domain *d, uint32_t port);
/* Closes all ports and returns to the 2-level form. -ERESTART: not done. */
int evtchn_reset(struct domain *d);
/* The same for a domain that goes: there will be no new ports. */
int evtchn_close_all(struct domain *d);

/* ---- fifo.c ---- */
int evtchn_init_control(struct domain *d, struct evtchn_init_control *op);
int evtchn_expand_array(struct domain *d, uint64_t gfn);
int evtchn_set_priority(struct domain *d, uint32_t port, uint32_t priority);
/* Back to the 2-level form; gives the frames of the FIFO form back. -EAGAIN:
 * a port is in use. */
int fifo_stop(struct domain *d);
/* The vcpu's queues. The FIFO form is on. */
static inline struct fifo_queues *fifo_queues_of(const struct evtchn_state *s,
                                                 uint32_t vcpu)
{
    return &s->form->vcpu[vcpu].queues;
}
/* The vcpu_info that was registered goes; it is where it was at first. */
void vcpu_info_drop(struct vcpu *v);

/* ---- pirq.c ---- */
/* The hooks as registered; all of them may be called. */
const struct pirq_ops *pirq_hooks(void);

/* ---- timer.c ---- */
void vcpu_timers_init(struct vcpu *v);
void vcpu_timers_kill(struct vcpu *v);

#endif
