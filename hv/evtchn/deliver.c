/*
 * evtchn/deliver.c - setting a port pending in guest memory, in both forms,
 * and telling the vcpu. Layer: evtchn. The hot path: allocates nothing.
 * Source: docs/abi.md
 */
#include "evtchn/evtchn_internal.h"
#include "evtchn/fifo_word.h"
#include "lib/bitmap.h"
#include "lib/log.h"

/* Lets a vcpu notice what is new: on the current one the exit path does. */
static void vcpu_notify(struct vcpu *v)
{
    if (v == current || READ_ONCE(v->down))
        return;
    sched_wake(v);
    sched_kick(v);
}

/* Marks an upcall pending. `info` may be an old place of the vcpu_info only
 * until evtchn_refresh_vcpu() is called for the new one. */
static void vcpu_mark_upcall(struct vcpu *v)
{
    struct vcpu_info *info = READ_ONCE(v->entry.info);

    if (info &&
        !__atomic_exchange_n(&info->evtchn_upcall_pending, 1, __ATOMIC_SEQ_CST))
        vcpu_notify(v);
}

static void wake_them(struct domain *d, uint32_t polling, uint32_t number)
{
    while (polling) {
        struct vcpu *v = d->vcpu[__builtin_ctz(polling)];
        uint32_t port = READ_ONCE(v->poll_port);

        polling &= polling - 1;
        if (port == 0 || port == number)
            vcpu_notify(v);
    }
}

/* Wakes the vcpus that poll for this port. */
static inline void wake_pollers(struct domain *d, uint32_t number)
{
    uint32_t polling = __atomic_load_n(&d->evtchn->polling, __ATOMIC_SEQ_CST);

    if (unlikely(polling))
        wake_them(d, polling, number);
}

/* ---- the 2-level form ---- */

static uint64_t *pending_bits(const struct domain *d)
{
    return (uint64_t *)d->shared_info->evtchn_pending;
}

static uint64_t *mask_bits(const struct domain *d)
{
    return (uint64_t *)d->shared_info->evtchn_mask;
}

static void bits_select(struct vcpu *v, uint32_t number)
{
    struct vcpu_info *info = READ_ONCE(v->entry.info);

    if (info && !bitmap_test_and_set((uint64_t *)&info->evtchn_pending_sel,
                                     number / 64))
        vcpu_mark_upcall(v);
}

static void bits_raise(struct domain *d, struct vcpu *v, uint32_t number)
{
    if (bitmap_test_and_set(pending_bits(d), number))
        return;
    if (!bitmap_test(mask_bits(d), number))
        bits_select(v, number);
    wake_pollers(d, number);
}

static void bits_unmask(struct domain *d, struct vcpu *v, uint32_t number)
{
    if (bitmap_test_and_clear(mask_bits(d), number) &&
        bitmap_test(pending_bits(d), number))
        bits_select(v, number);
}

/* ---- the FIFO form ---- */

static void fifo_queue_port(struct domain *d, struct port *p, struct vcpu *v,
                            uint32_t number)
{
    struct evtchn_state *s = d->evtchn;
    struct fifo_place from, to;
    enum fifo_result result;

    spin_lock(&s->fifo_lock);
    to = (struct fifo_place){fifo_queues_of(s, v->id), READ_ONCE(p->priority)};
    if (!to.queues->control) {
        p->waiting = 1; /* evtchn_init_control() raises it again */
        spin_unlock(&s->fifo_lock);
        return;
    }
    from =
        (struct fifo_place){fifo_queues_of(s, p->last_vcpu), p->last_priority};
    result = fifo_enqueue(&s->form->array, number, from, to);
    if (result != FIFO_ALREADY) {
        p->last_vcpu = (uint8_t)v->id;
        p->last_priority = (uint8_t)to.priority;
    }
    spin_unlock(&s->fifo_lock);
    if (result == FIFO_NOTIFY)
        vcpu_mark_upcall(v);
    else if (result == FIFO_LOST)
        printk(XENLOG_G_WARNING "d%u: event %u lost, its queue's tail is being "
                                "rewritten\n",
               d->id, number);
}

static void fifo_raise(struct domain *d, struct port *p, struct vcpu *v,
                       uint32_t number)
{
    uint32_t *word = fifo_word(&d->evtchn->form->array, number);
    uint32_t old;

    if (unlikely(!word)) {
        /* expand_array looks at `waiting` after the page is there. */
        __atomic_store_n(&p->waiting, 1, __ATOMIC_SEQ_CST);
        word = fifo_word(&d->evtchn->form->array, number);
        if (!word)
            return;
    }
    old = word_set(word, WORD_PENDING);
    if (word_wants_queue(old))
        fifo_queue_port(d, p, v, number);
    if (!(old & WORD_PENDING))
        wake_pollers(d, number);
}

static void fifo_unmask(struct domain *d, struct port *p, struct vcpu *v,
                        uint32_t number)
{
    uint32_t *word = fifo_word(&d->evtchn->form->array, number);

    if (word && word_clear(word, WORD_MASKED) & WORD_PENDING)
        fifo_raise(d, p, v, number);
}

/* ---- either form ---- */

static __noinline void raise_without_fifo(struct domain *d, struct port *p,
                                          struct vcpu *v, uint32_t number)
{
    bits_raise(d, v, number);
    /* Whoever turns the FIFO form on looks at the bits after that. */
    if (unlikely(READ_ONCE(d->evtchn->fifo)))
        fifo_raise(d, p, v, number);
}

void port_raise(struct domain *d, struct port *p, uint32_t number)
{
    struct vcpu *v = d->vcpu[READ_ONCE(p->vcpu)];

    if (unlikely(!v))
        return;
    if (likely(READ_ONCE(d->evtchn->fifo)))
        fifo_raise(d, p, v, number);
    else
        raise_without_fifo(d, p, v, number);
}

void port_unmask(struct domain *d, struct port *p, uint32_t number)
{
    struct vcpu *v = d->vcpu[p->vcpu];

    if (!v)
        return;
    if (d->evtchn->fifo)
        fifo_unmask(d, p, v, number);
    else
        bits_unmask(d, v, number);
}

bool port_is_pending(const struct domain *d, uint32_t number)
{
    const uint32_t *word;

    if (!d->evtchn->fifo)
        return bitmap_test(pending_bits(d), number);
    word = fifo_word(&d->evtchn->form->array, number);
    return word && word_read(word) & WORD_PENDING;
}

void port_clear_pending(struct domain *d, uint32_t number)
{
    uint32_t *word;

    if (!d->evtchn->fifo) {
        bitmap_test_and_clear(pending_bits(d), number);
        return;
    }
    word = fifo_word(&d->evtchn->form->array, number);
    if (word)
        word_clear(word, WORD_PENDING);
}

void evtchn_refresh_vcpu(struct vcpu *v)
{
    struct vcpu_info *info = v->entry.info;

    __atomic_store_n((uint64_t *)&info->evtchn_pending_sel, ~0UL,
                     __ATOMIC_SEQ_CST);
    __atomic_store_n(&info->evtchn_upcall_pending, 1, __ATOMIC_SEQ_CST);
    vcpu_notify(v);
}

/* ---- SCHEDOP_poll ---- */

void evtchn_poll_begin(struct vcpu *v, uint32_t port)
{
    v->poll_port = port;
    v->polling = true;
    __atomic_fetch_or(&v->domain->evtchn->polling, 1U << v->id,
                      __ATOMIC_SEQ_CST);
}

void evtchn_poll_end(struct vcpu *v)
{
    __atomic_fetch_and(&v->domain->evtchn->polling, ~(1U << v->id),
                       __ATOMIC_SEQ_CST);
    v->polling = false;
}
