/*
 * evtchn/visit.c - shows the frames of the FIFO form to the audit, and the
 * ports to who debugs. Layer: evtchn.
 */
#include "evtchn/evtchn_internal.h"
#include "lib/log.h"

static void print_port(const struct domain *d, const struct port *p,
                       uint32_t number)
{
    static const char *const types[] = {
        "free", "reserved", "unbound", "interdomain", "pirq", "virq", "ipi",
    };
    const char *pending = port_is_pending(d, number) ? ", pending" : "";

    if (p->type == PORT_UNBOUND)
        printk(XENLOG_INFO "    %4u: unbound, for d%u%s\n", number,
               p->remote_id, pending);
    else if (p->type == PORT_INTERDOMAIN)
        printk(XENLOG_INFO "    %4u: v%u, interdomain, d%u port %u%s\n", number,
               p->vcpu, p->remote_id, p->remote_port, pending);
    else
        printk(XENLOG_INFO "    %4u: v%u, %s %u%s\n", number, p->vcpu,
               types[p->type], p->type == PORT_IPI ? 0 : p->virq, pending);
}

void evtchn_print(struct domain *d)
{
    struct evtchn_state *s = d->evtchn;

    if (!s)
        return;
    printk(XENLOG_INFO "d%u: %u ports, %s form\n", d->id, s->used,
           s->fifo ? "FIFO" : "2-level");
    spin_lock(&s->lock);
    for (uint32_t n = 1; n < s->buckets * PORTS_PER_BUCKET; n++) {
        const struct port *p = port_find(s, n);

        if (p && p->type != PORT_FREE)
            print_port(d, p, n);
    }
    spin_unlock(&s->lock);
}

void evtchn_visit_frames(const struct domain *d, void (*fn)(void *arg, mfn_t m),
                         void *arg)
{
    const struct evtchn_state *s = d->evtchn;

    if (!s || !s->form)
        return;
    for (uint32_t i = 0; i < d->vcpu_count; i++)
        if (s->form->vcpu[i].queues.control)
            fn(arg, s->form->vcpu[i].control_frame);
    for (uint32_t i = 0; i < s->form->array.pages; i++)
        fn(arg, s->form->array_frame[i]);
}
