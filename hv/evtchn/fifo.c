/*
 * evtchn/fifo.c - setting up the FIFO form: control blocks, the event array,
 * priorities. Layer: evtchn. Source: docs/abi.md
 */
#include "evtchn/evtchn_internal.h"
#include "lib/bitmap.h"
#include "mm/alloc.h"

static int no_frame(struct domain *d, mfn_t m)
{
    (void)d;
    (void)m;
    return -EINVAL;
}

static void nothing_to_put(struct domain *d, mfn_t m)
{
    (void)d;
    (void)m;
}

static int (*frame_hold)(struct domain *d, mfn_t m) = no_frame;
static void (*frame_drop)(struct domain *d, mfn_t m) = nothing_to_put;

void evtchn_register_frame_ops(int (*get)(struct domain *d, mfn_t m),
                               void (*put)(struct domain *d, mfn_t m))
{
    frame_hold = get;
    frame_drop = put;
}

/* A guest's frame by its number, held writable and mapped; NULL: refused. */
static void *map_guest_frame(struct domain *d, uint64_t gfn)
{
    mfn_t m = mfn(gfn);

    if (!mfn_is_ram(m) || frame_hold(d, m))
        return NULL;
    return frame_map(m);
}

static void unmap_guest_frame(struct domain *d, void *p, mfn_t m)
{
    frame_unmap(p);
    frame_drop(d, m);
}

/* Raises again what was raised when it could not be queued. Lock held. */
static void raise_waiting(struct domain *d, uint32_t first, uint32_t end)
{
    struct evtchn_state *s = d->evtchn;

    for (uint32_t n = first; n < end; n++) {
        struct port *p;

        if (n / PORTS_PER_BUCKET >= s->buckets)
            return;
        if (!s->bucket[n / PORTS_PER_BUCKET].used) {
            n |= PORTS_PER_BUCKET - 1;
            continue;
        }
        p = port_find(s, n);
        if (p && __atomic_exchange_n(&p->waiting, 0, __ATOMIC_SEQ_CST))
            port_raise(d, p, n);
    }
}

/* The domain's ports change to the FIFO form. Lock held. */
static void switch_form(struct domain *d)
{
    const uint64_t *pending = (uint64_t *)d->shared_info->evtchn_pending;
    struct evtchn_state *s = d->evtchn;

    __atomic_store_n(&s->fifo, true, __ATOMIC_SEQ_CST);
    for (uint32_t n = 1; n < PORTS_2L; n++) {
        struct port *p = port_find(s, n);

        if (p && bitmap_test(pending, n))
            __atomic_store_n(&p->waiting, 1, __ATOMIC_SEQ_CST);
    }
}

static unsigned form_order(const struct domain *d)
{
    size_t bytes =
        sizeof(struct fifo_form) + d->vcpu_count * sizeof(struct fifo_vcpu);

    return bytes > PAGE_SIZE;
}

/* Lock held; the vcpu exists. */
static int set_control_locked(struct domain *d, void *page,
                              const struct evtchn_init_control *op)
{
    struct evtchn_state *s = d->evtchn;
    struct fifo_vcpu *v;

    if (s->closed)
        return -EINVAL;
    if (!s->form)
        s->form = pages_alloc(form_order(d));
    if (!s->form)
        return -ENOMEM;
    v = &s->form->vcpu[index_nospec(op->vcpu, d->vcpu_count)];
    if (v->queues.control)
        return -EINVAL;
    spin_lock(&s->fifo_lock);
    v->queues.control = (void *)((char *)page + op->offset);
    spin_unlock(&s->fifo_lock);
    v->control_frame = mfn(op->control_gfn);
    if (!s->fifo)
        switch_form(d);
    raise_waiting(d, 1, s->form->array.pages * (uint32_t)FIFO_WORDS_PER_PAGE);
    return 0;
}

static int set_control(struct domain *d, void *page,
                       const struct evtchn_init_control *op)
{
    int rc;

    spin_lock(&d->evtchn->lock);
    rc = set_control_locked(d, page, op);
    spin_unlock(&d->evtchn->lock);
    return rc;
}

int evtchn_init_control(struct domain *d, struct evtchn_init_control *op)
{
    void *page;
    int rc;

    if (!domain_vcpu(d, op->vcpu))
        return -ENOENT;
    if (op->offset > PAGE_SIZE - sizeof(struct evtchn_fifo_control_block) ||
        op->offset % 8)
        return -EINVAL;
    page = map_guest_frame(d, op->control_gfn);
    if (!page)
        return -EINVAL;
    rc = set_control(d, page, op);
    if (rc)
        unmap_guest_frame(d, page, mfn(op->control_gfn));
    else
        op->link_bits = EVTCHN_FIFO_LINK_BITS;
    return rc;
}

static int add_page(struct domain *d, void *page, mfn_t m)
{
    struct evtchn_state *s = d->evtchn;
    struct fifo_form *form = s->form;
    uint32_t i, first;

    if (!s->fifo || s->closed)
        return -EOPNOTSUPP;
    i = form->array.pages;
    first = i * (uint32_t)FIFO_WORDS_PER_PAGE;
    if (i == FIFO_PAGES)
        return -ENOSPC;
    __atomic_store_n(&form->array.page[i], page, __ATOMIC_SEQ_CST);
    form->array_frame[i] = m;
    form->array.pages++;
    raise_waiting(d, first, first + (uint32_t)FIFO_WORDS_PER_PAGE);
    return 0;
}

int evtchn_expand_array(struct domain *d, uint64_t gfn)
{
    struct evtchn_state *s = d->evtchn;
    void *page;
    int rc;

    if (!READ_ONCE(s->fifo))
        return -EOPNOTSUPP;
    page = map_guest_frame(d, gfn);
    if (!page)
        return -EINVAL;
    spin_lock(&s->lock);
    rc = add_page(d, page, mfn(gfn));
    spin_unlock(&s->lock);
    if (rc)
        unmap_guest_frame(d, page, mfn(gfn));
    return rc;
}

int evtchn_set_priority(struct domain *d, uint32_t number, uint32_t priority)
{
    struct evtchn_state *s = d->evtchn;
    struct port *p;
    int rc = 0;

    spin_lock(&s->lock);
    p = port_find(s, number);
    if (!p)
        rc = -EINVAL;
    else if (!s->fifo)
        rc = -ENOSYS;
    else if (priority > EVTCHN_FIFO_PRIORITY_MIN)
        rc = -EINVAL;
    else
        WRITE_ONCE(p->priority, (uint8_t)priority);
    spin_unlock(&s->lock);
    return rc;
}

/* Nobody else knows the form any more. */
static void give_back(struct domain *d, struct fifo_form *form)
{
    for (uint32_t i = 0; i < d->vcpu_count; i++)
        if (form->vcpu[i].queues.control)
            unmap_guest_frame(d, form->vcpu[i].queues.control,
                              form->vcpu[i].control_frame);
    for (uint32_t i = 0; i < form->array.pages; i++)
        unmap_guest_frame(d, form->array.page[i], form->array_frame[i]);
    pages_free(form, form_order(d));
}

/* When no port is in use, nobody delivers. */
int fifo_stop(struct domain *d)
{
    struct evtchn_state *s = d->evtchn;
    struct fifo_form *form;

    spin_lock(&s->lock);
    if (s->used) {
        spin_unlock(&s->lock);
        return -EAGAIN;
    }
    form = s->form;
    s->form = NULL;
    s->fifo = false;
    spin_unlock(&s->lock);
    if (form)
        give_back(d, form);
    return 0;
}

void vcpu_info_drop(struct vcpu *v)
{
    struct frame *f = v->info_frame;

    if (!f)
        return;
    v->entry.info = &v->domain->shared_info->vcpu_info[v->id];
    v->info_frame = NULL;
    frame_drop(v->domain, frame_mfn(f));
}
