/*
 * evtchn/port.c - the transitions of a port. Layer: evtchn. Pure.
 */
#include "evtchn/port.h"

bool virq_is_global(uint32_t virq)
{
    switch (virq) {
    case VIRQ_TIMER:
    case VIRQ_DEBUG:
    case VIRQ_XENOPROF:
    case VIRQ_XENPMU:
        return false;
    default:
        return true;
    }
}

int port_check_virq(uint32_t virq, uint32_t vcpu)
{
    if (virq >= NR_VIRQS)
        return -EINVAL;
    return virq_is_global(virq) && vcpu ? -EINVAL : 0;
}

static void port_leave_free(struct port *p, enum port_type type, uint32_t vcpu)
{
    p->type = (uint8_t)type;
    p->vcpu = (uint8_t)vcpu;
    p->priority = EVTCHN_FIFO_PRIORITY_DEFAULT;
}

void port_make_unbound(struct port *p, domid_t remote)
{
    port_leave_free(p, PORT_UNBOUND, 0);
    p->remote_id = remote;
}

void port_make_virq(struct port *p, uint32_t virq, uint32_t vcpu)
{
    port_leave_free(p, PORT_VIRQ, vcpu);
    p->virq = virq;
}

void port_make_ipi(struct port *p, uint32_t vcpu)
{
    port_leave_free(p, PORT_IPI, vcpu);
}

void port_make_reserved(struct port *p, uint32_t pirq)
{
    port_leave_free(p, PORT_RESERVED, 0);
    p->pirq = pirq;
}

static void port_point_at(struct port *p, const struct port_end *other)
{
    p->type = PORT_INTERDOMAIN;
    p->remote_id = other->domain_id;
    p->remote_port = other->number;
    p->remote = other->domain;
    p->peer = other->port;
}

void port_connect(const struct port_end *a, const struct port_end *b)
{
    port_point_at(a->port, b);
    port_point_at(b->port, a);
}

void port_disconnect_peer(struct port *peer)
{
    peer->type = PORT_UNBOUND;
    peer->remote_port = 0;
    peer->remote = NULL;
    peer->peer = NULL;
}

void port_make_free(struct port *p)
{
    p->type = PORT_FREE;
    p->vcpu = 0;
    p->priority = EVTCHN_FIFO_PRIORITY_DEFAULT;
    p->waiting = 0;
    p->remote_id = 0;
    p->remote_port = 0;
    p->remote = NULL;
    p->peer = NULL;
}

int port_check_bind_vcpu(const struct port *p)
{
    switch (p->type) {
    case PORT_UNBOUND:
    case PORT_INTERDOMAIN:
    case PORT_PIRQ:
        return 0;
    case PORT_VIRQ:
        return virq_is_global(p->virq) ? 0 : -EINVAL;
    default:
        return -EINVAL;
    }
}

void port_describe(const struct port *p, struct evtchn_status *status)
{
    status->status = EVTCHNSTAT_closed;
    status->vcpu = p->vcpu;
    switch (p->type) {
    case PORT_UNBOUND:
        status->status = EVTCHNSTAT_unbound;
        status->u.unbound.dom = p->remote_id;
        break;
    case PORT_INTERDOMAIN:
        status->status = EVTCHNSTAT_interdomain;
        status->u.interdomain.dom = p->remote_id;
        status->u.interdomain.port = p->remote_port;
        break;
    case PORT_PIRQ:
        status->status = EVTCHNSTAT_pirq;
        status->u.pirq = p->pirq;
        break;
    case PORT_VIRQ:
        status->status = EVTCHNSTAT_virq;
        status->u.virq = p->virq;
        break;
    case PORT_IPI:
        status->status = EVTCHNSTAT_ipi;
        break;
    default:
        break;
    }
}
