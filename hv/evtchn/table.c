/*
 * evtchn/table.c - a domain's table of ports: birth, death, the lowest free
 * port. Layer: evtchn. Grows by pages of 128 ports.
 */
#include "evtchn/evtchn_internal.h"
#include "lib/string.h"
#include "mm/alloc.h"

#define ALL_ORDER 2 /* of BUCKETS */

_Static_assert(BUCKETS * sizeof(struct bucket) == PAGE_SIZE << ALL_ORDER,
               "ALL_ORDER");

struct spinlock pairing_lock = SPINLOCK_INIT(LOCK_PAIRING);

/* Room for as many as there may be. Who looks without the lock may go on with
 * the few: they stay there. */
static int make_room(struct evtchn_state *s)
{
    struct bucket *all = pages_alloc(ALL_ORDER);

    if (!all)
        return -ENOMEM;
    memcpy(all, s->few, sizeof(s->few));
    __atomic_store_n(&s->bucket, all, __ATOMIC_RELEASE);
    return 0;
}

static int add_bucket(struct evtchn_state *s)
{
    struct port *ports;

    if (s->buckets == BUCKETS_FEW && s->bucket == s->few && make_room(s))
        return -ENOMEM;
    ports = pages_alloc(0);
    if (!ports)
        return -ENOMEM;
    s->bucket[s->buckets++].port = ports;
    return 0;
}

/* A bucket with room for one more port, made if it is missing. */
static int bucket_with_room(struct evtchn_state *s, uint32_t *index)
{
    uint32_t limit = table_limit(s);

    for (uint32_t i = 0; i * PORTS_PER_BUCKET < limit; i++) {
        uint32_t own = i == 0 ? 1 : 0; /* port 0 is nobody's */

        *index = i;
        if (i == s->buckets)
            return add_bucket(s);
        if (s->bucket[i].used + own < PORTS_PER_BUCKET)
            return 0;
    }
    return -ENOSPC;
}

int port_take(struct evtchn_state *s, struct port **port, uint32_t *number)
{
    uint32_t b, n;
    int rc;

    if (s->closed)
        return -EINVAL;
    rc = bucket_with_room(s, &b);
    if (rc)
        return rc;
    n = b == 0 ? 1 : 0;
    while (n < PORTS_PER_BUCKET && s->bucket[b].port[n].type != PORT_FREE)
        n++;
    *number = b * (uint32_t)PORTS_PER_BUCKET + n;
    if (n == PORTS_PER_BUCKET || *number >= table_limit(s))
        return -ENOSPC;
    *port = &s->bucket[b].port[n];
    s->bucket[b].used++;
    s->used++;
    return 0;
}

void port_release(struct domain *d, struct port *p, uint32_t number)
{
    struct evtchn_state *s = d->evtchn;

    port_make_free(p);
    port_clear_pending(d, number);
    s->bucket[number / PORTS_PER_BUCKET].used--;
    s->used--;
}

int evtchn_set_max_port(struct domain *d, uint32_t max_port)
{
    struct evtchn_state *s = d->evtchn;
    int rc = -EBUSY;

    spin_lock(&s->lock);
    if (!s->used) {
        s->max_port = MIN(max_port, PORTS_FIFO - 1);
        rc = 0;
    }
    spin_unlock(&s->lock);
    return rc;
}

static int evtchn_create(struct domain *d)
{
    d->evtchn = domain_part_alloc(d, sizeof(*d->evtchn));
    if (!d->evtchn)
        return -ENOMEM;
    d->evtchn->bucket = d->evtchn->few;
    spin_init(&d->evtchn->lock, LOCK_EVTCHN);
    spin_init(&d->evtchn->fifo_lock, LOCK_FIFO);
    d->evtchn->max_port = PORTS_FIFO - 1;
    return 0;
}

static int evtchn_create_vcpu(struct vcpu *v)
{
    vcpu_timers_init(v);
    return 0;
}

/* Once all ports are closed nobody writes to the vcpu_infos. */
static int evtchn_relinquish(struct domain *d)
{
    int rc = evtchn_close_all(d);

    virq_forget_handler(d);
    for (uint32_t i = 0; !rc && i < VCPUS_MAX; i++)
        if (d->vcpu[i]) {
            vcpu_timers_kill(d->vcpu[i]);
            vcpu_info_drop(d->vcpu[i]);
        }
    return rc;
}

static void evtchn_destroy(struct domain *d)
{
    struct evtchn_state *s = d->evtchn;

    if (!s)
        return;
    for (uint32_t i = 0; i < s->buckets; i++)
        pages_free(s->bucket[i].port, 0);
    if (s->bucket != s->few)
        pages_free(s->bucket, ALL_ORDER);
    if (s->pirq_port)
        pages_free(s->pirq_port, 0);
    d->evtchn = NULL;
}

const struct domain_unit evtchn_unit = {
    .name = "evtchn",
    .create = evtchn_create,
    .relinquish = evtchn_relinquish,
    .destroy = evtchn_destroy,
    .create_vcpu = evtchn_create_vcpu,
};
