/*
 * evtchn/port.h - one event channel port: its states and what each allows.
 * Layer: evtchn. Pure: no locks, no guest memory.
 * Source: Xen's public event_channel.h; docs/abi.md
 *
 *   FREE -> UNBOUND -> INTERDOMAIN <-> UNBOUND     any -> FREE (close)
 *   FREE -> VIRQ, IPI
 *   FREE -> RESERVED -> PIRQ -> RESERVED -> FREE   (an interrupt is being tied)
 */
#ifndef EVTCHN_PORT_H
#define EVTCHN_PORT_H

#include "abi/errno.h"
#include "abi/xen.h"
#include "lib/types.h"

enum port_type {
    PORT_FREE,
    PORT_RESERVED, /* between two states; nobody may act on it */
    PORT_UNBOUND,
    PORT_INTERDOMAIN,
    PORT_PIRQ,
    PORT_VIRQ,
    PORT_IPI,
};

struct domain;

struct port {
    uint8_t type; /* enum port_type */
    uint8_t vcpu; /* which is notified */
    uint8_t priority;
    uint8_t last_vcpu; /* the FIFO queue it was last put on */
    uint8_t last_priority;
    uint8_t waiting;    /* raised while it could not be queued */
    uint16_t remote_id; /* UNBOUND: who may bind; INTERDOMAIN: the peer */
    union {
        uint32_t remote_port; /* INTERDOMAIN */
        uint32_t pirq;
        uint32_t virq;
    };
    struct domain *remote; /* INTERDOMAIN */
    struct port *peer;     /* INTERDOMAIN: the port at the other end */
};

_Static_assert(sizeof(struct port) == 32, "128 ports a page");

/* What EVTCHNOP_send does on a port. */
enum port_send {
    PORT_SEND_REFUSED, /* -EINVAL */
    PORT_SEND_NOTHING, /* succeeds */
    PORT_SEND_LOCAL,
    PORT_SEND_PEER,
};

static inline enum port_send port_on_send(const struct port *p)
{
    switch (p->type) {
    case PORT_INTERDOMAIN:
        return PORT_SEND_PEER;
    case PORT_IPI:
        return PORT_SEND_LOCAL;
    case PORT_UNBOUND:
        return PORT_SEND_NOTHING;
    default:
        return PORT_SEND_REFUSED;
    }
}

/* True for the VIRQs of a domain, false for those each vcpu has. */
bool virq_is_global(uint32_t virq);

/* 0, or why a VIRQ may not be bound to this vcpu (which exists): -EINVAL. */
int port_check_virq(uint32_t virq, uint32_t vcpu);

/* The transitions out of FREE. The port is notified at vcpu. */
void port_make_unbound(struct port *p, domid_t remote);
void port_make_virq(struct port *p, uint32_t virq, uint32_t vcpu);
void port_make_ipi(struct port *p, uint32_t vcpu);
void port_make_reserved(struct port *p, uint32_t pirq);

/* RESERVED -> PIRQ and back. */
static inline void port_make_pirq(struct port *p)
{
    p->type = PORT_PIRQ;
}

static inline void port_unmake_pirq(struct port *p)
{
    p->type = PORT_RESERVED;
}

/* True if `remote`, an UNBOUND port, waits for domain `id`. */
static inline bool port_awaits(const struct port *remote, domid_t id)
{
    return remote->type == PORT_UNBOUND && remote->remote_id == id;
}

/* Ties one end to the other. */
struct port_end {
    struct port *port;
    uint32_t number;
    struct domain *domain;
    domid_t domain_id;
};
void port_connect(const struct port_end *a, const struct port_end *b);

/* One end closes: the other waits for the same domain again. */
void port_disconnect_peer(struct port *peer);

/* Any -> FREE. Keeps which queue it was last on: it may still be linked. */
void port_make_free(struct port *p);

/* 0 or why the port's vcpu may not be chosen: -EINVAL. */
int port_check_bind_vcpu(const struct port *p);

/* Fills the results of EVTCHNOP_status. */
void port_describe(const struct port *p, struct evtchn_status *status);

#endif
