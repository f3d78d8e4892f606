/*
 * hypercall/pirq.c - physical interrupts of dom0. Layer: hypercall.
 * Locks: pirq_state->lock, above those of irq/ and pci/; not held while an
 * event channel is raised. Source: Xen's public physdev.h; docs/abi.md.
 */
#include "hypercall/pirq.h"

#include "abi/errno.h"
#include "evtchn/evtchn.h"
#include "lib/bitmap.h"
#include "lib/nospec.h"
#include "mm/alloc.h"
#include "pv/pv.h"

#define PIRQS_MAX     1024 /* evtchn/ has room for so many */
#define PIRQ_MESSAGES 184

enum pirq_kind {
    PIRQ_FREE,
    PIRQ_RESERVED,
    PIRQ_GSI,
    PIRQ_MESSAGE,
};

struct pirq {
    struct pirq_state *state;
    uint32_t number;
    enum pirq_kind kind;
    bool level, low;    /* GSIs */
    bool is_setup;      /* by setup_gsi */
    bool is_bound;      /* to a port */
    bool waits_for_eoi; /* and is masked */
    uint8_t vector;     /* 0: none */
    struct cpu *cpu;    /* whose vector */
    struct msi msi;
};

struct pirq_state {
    struct spinlock lock;
    struct domain *domain;
    uint32_t gsi_count;
    uint32_t count;
    unsigned order;    /* of this allocation */
    uint64_t *eoi_map; /* the guest's page, or NULL */
    mfn_t eoi_page;
    struct pirq pirq[];
};

/* Its lock is held then; NULL: not the domain's. */
static struct pirq *pirq_lock(struct domain *d, uint32_t number)
{
    struct pirq_state *s = d->pirqs;

    if (!s || number >= s->count)
        return NULL;
    spin_lock(&s->lock);
    return &s->pirq[index_nospec(number, s->count)];
}

static void pirq_unlock(struct pirq *p)
{
    spin_unlock(&p->state->lock);
}

static void pirq_interrupt(void *arg)
{
    struct pirq *p = arg;
    struct pirq_state *s = p->state;

    spin_lock(&s->lock);
    if (p->kind == PIRQ_GSI && p->level) {
        ioapic_mask_gsi(p->number);
        p->waits_for_eoi = true;
    }
    spin_unlock(&s->lock);
    evtchn_raise_pirq(s->domain, p->number);
}

/* ---- binding ---- */

static void show_eoi_need(struct pirq *p)
{
    uint64_t *map = p->state->eoi_map;

    if (!map)
        return;
    if (p->is_bound && p->level)
        bitmap_test_and_set(map, p->number);
    else
        bitmap_test_and_clear(map, p->number);
}

/* The boot CPU never goes offline, and eight bits name it. */
static struct cpu *choose_cpu(void)
{
    return &cpus[0];
}

static int route(struct pirq *p)
{
    struct cpu *cpu = choose_cpu();
    int vector = vector_alloc(cpu, pirq_interrupt, p);

    if (vector < 0)
        return vector;
    p->vector = (uint8_t)vector;
    p->cpu = cpu;
    return 0;
}

static void unroute(struct pirq *p)
{
    if (p->vector)
        vector_free(p->cpu, p->vector);
    p->vector = 0;
}

static int bind_gsi(struct pirq *p)
{
    int error = route(p);

    if (error)
        return error;
    error = ioapic_setup_gsi(p->number, p->cpu, p->vector, p->level, p->low);
    if (error) {
        unroute(p);
        return error;
    }
    ioapic_unmask_gsi(p->number);
    return 0;
}

static int bind_locked(struct pirq *p)
{
    int error = -EINVAL;

    if (p->is_bound)
        return -EBUSY;
    if (p->kind == PIRQ_GSI)
        error = bind_gsi(p);
    if (p->kind == PIRQ_MESSAGE) {
        msi_unmask(&p->msi);
        error = 0;
    }
    if (error)
        return error;
    p->is_bound = true;
    p->waits_for_eoi = false;
    show_eoi_need(p);
    return 0;
}

static void unbind_locked(struct pirq *p)
{
    if (!p->is_bound)
        return;
    p->is_bound = false;
    show_eoi_need(p);
    if (p->kind == PIRQ_MESSAGE) {
        msi_mask(&p->msi);
        return;
    }
    ioapic_release_gsi(p->number);
    unroute(p);
}

static int pirq_bind(struct domain *d, uint32_t number, bool will_share)
{
    struct pirq *p = pirq_lock(d, number);
    int error;

    (void)will_share; /* with whom? */
    if (!p)
        return -EINVAL;
    error = bind_locked(p);
    pirq_unlock(p);
    return error;
}

static void pirq_unbind(struct domain *d, uint32_t number)
{
    struct pirq *p = pirq_lock(d, number);

    if (!p)
        return;
    unbind_locked(p);
    pirq_unlock(p);
}

/* A port's mask bit does not reach the hardware: an interrupt that comes
 * meanwhile stays pending in the port. */
static void pirq_port_unmasked(struct domain *d, uint32_t number)
{
    (void)d;
    (void)number;
}

static const struct pirq_ops ops = {
    .bind = pirq_bind,
    .unbind = pirq_unbind,
    .unmasked = pirq_port_unmasked,
};

void __init pirq_init(void)
{
    evtchn_register_pirq_ops(&ops);
}

/* ---- mapping ---- */

int pirq_map_gsi(struct domain *d, uint32_t gsi)
{
    struct pirq *p = pirq_lock(d, gsi);
    int error = 0;

    if (!p)
        return -EINVAL;
    if (gsi >= p->state->gsi_count || !ioapic_has_gsi(gsi))
        error = -EINVAL;
    else
        p->kind = PIRQ_GSI;
    pirq_unlock(p);
    return error;
}

/* A free number for a message, or -ENOSPC. Locked. */
static int find_free(const struct pirq_state *s)
{
    for (uint32_t n = s->gsi_count; n < s->count; n++)
        if (s->pirq[n].kind == PIRQ_FREE)
            return (int)n;
    return -ENOSPC;
}

int pirq_reserve(struct domain *d)
{
    struct pirq_state *s = d->pirqs;
    int number;

    if (!s)
        return -EINVAL;
    spin_lock(&s->lock);
    number = find_free(s);
    if (number >= 0)
        s->pirq[number].kind = PIRQ_RESERVED;
    spin_unlock(&s->lock);
    return number;
}

static bool is_of_device(const struct pirq *p, struct pci_address a)
{
    return p->kind == PIRQ_MESSAGE && p->msi.device.segment == a.segment &&
           p->msi.device.bus == a.bus && p->msi.device.devfn == a.devfn;
}

static bool message_is_mapped(const struct pirq_state *s,
                              const struct pirq_message *m)
{
    for (uint32_t n = s->gsi_count; n < s->count; n++) {
        const struct pirq *p = &s->pirq[n];

        if (is_of_device(p, m->device) && p->msi.is_msix == m->is_msix &&
            p->msi.entry == m->entry)
            return true;
    }
    return false;
}

/* The number to use, or -errno: asked for by the guest, or any. Locked. */
static int choose_number(const struct pirq_state *s, int asked)
{
    enum pirq_kind kind;

    if (asked < 0)
        return find_free(s);
    if ((uint32_t)asked < s->gsi_count || (uint32_t)asked >= s->count)
        return -EINVAL;
    kind = s->pirq[asked].kind;
    return kind == PIRQ_FREE || kind == PIRQ_RESERVED ? asked : -EEXIST;
}

/* Finds the registers of a message in its device. */
static int find_message(struct msi *found, const struct pirq_message *m)
{
    return m->is_msix ? msix_find(found, m->device, m->entry)
                      : msi_find(found, m->device);
}

static int map_message_locked(struct pirq_state *s,
                              const struct pirq_message *m, int *number)
{
    int chosen = choose_number(s, *number), error;
    struct msi_message message;
    struct msi found;
    struct pirq *p;

    if (chosen < 0)
        return chosen;
    if (message_is_mapped(s, m))
        return -EEXIST;
    error = find_message(&found, m);
    if (error)
        return error;
    p = &s->pirq[chosen];
    error = route(p);
    if (error)
        return error;
    p->kind = PIRQ_MESSAGE;
    p->msi = found;
    message = msi_message(p->cpu, p->vector);
    msi_program(&p->msi, &message);
    *number = chosen;
    return 0;
}

int pirq_map_message(struct domain *d, const struct pirq_message *m,
                     int *number)
{
    struct pirq_state *s = d->pirqs;
    int error;

    if (!s)
        return -EINVAL;
    spin_lock(&s->lock);
    error = map_message_locked(s, m, number);
    spin_unlock(&s->lock);
    return error;
}

/* The port, if there is one, stays and gets no more interrupts. */
static void unmap_locked(struct pirq *p)
{
    unbind_locked(p);
    if (p->kind == PIRQ_MESSAGE) {
        msi_disable(&p->msi);
        unroute(p);
    }
    p->kind = PIRQ_FREE;
}

int pirq_unmap(struct domain *d, uint32_t number)
{
    struct pirq *p = pirq_lock(d, number);
    int error = 0;

    if (!p)
        return -EINVAL;
    if (p->kind == PIRQ_FREE)
        error = -EINVAL;
    else
        unmap_locked(p);
    pirq_unlock(p);
    return error;
}

static void restore_message(struct pirq *p)
{
    msi_restore(&p->msi);
}

static void each_message(struct domain *d, struct pci_address device,
                         void (*fn)(struct pirq *p))
{
    struct pirq_state *s = d->pirqs;

    if (!s)
        return;
    spin_lock(&s->lock);
    for (uint32_t n = s->gsi_count; n < s->count; n++)
        if (is_of_device(&s->pirq[n], device))
            fn(&s->pirq[n]);
    spin_unlock(&s->lock);
}

void pirq_restore_messages(struct domain *d, struct pci_address device)
{
    each_message(d, device, restore_message);
}

void pirq_forget_device(struct domain *d, struct pci_address device)
{
    each_message(d, device, unmap_locked);
}

/* ---- the guest's view ---- */

int pirq_setup_gsi(struct domain *d, uint32_t gsi, bool level, bool low)
{
    struct pirq *p = pirq_lock(d, gsi);
    int error = 0;

    if (!p)
        return -EINVAL;
    if (gsi >= p->state->gsi_count || !ioapic_has_gsi(gsi)) {
        error = -EINVAL;
    } else if (p->is_setup || p->is_bound) {
        error = -EEXIST;
    } else {
        p->level = level;
        p->low = low;
        p->is_setup = true;
    }
    pirq_unlock(p);
    return error;
}

int pirq_eoi(struct domain *d, uint32_t number)
{
    struct pirq *p = pirq_lock(d, number);
    int error = 0;

    if (!p)
        return -EINVAL;
    if (p->kind == PIRQ_FREE)
        error = -EINVAL;
    if (p->waits_for_eoi && p->is_bound) {
        p->waits_for_eoi = false;
        ioapic_unmask_gsi(p->number);
    }
    pirq_unlock(p);
    return error;
}

int pirq_status(struct domain *d, uint32_t number, uint32_t *flags)
{
    struct pirq_state *s = d->pirqs;

    if (!s || number >= s->count)
        return -EINVAL;
    /* For guests that do not look at the page: an EOI too many does no harm. */
    *flags = XENIRQSTAT_needs_eoi;
    return 0;
}

int pirq_check_mapped(struct domain *d, uint32_t number)
{
    struct pirq *p = pirq_lock(d, number);
    bool mapped;

    if (!p)
        return -EINVAL;
    mapped = p->kind == PIRQ_GSI || p->kind == PIRQ_MESSAGE;
    pirq_unlock(p);
    return mapped ? 0 : -EPERM;
}

int pirq_vector(struct domain *d, uint32_t gsi, uint32_t *vector)
{
    struct pirq *p = pirq_lock(d, gsi);

    if (!p)
        return -EINVAL;
    *vector = p->vector;
    pirq_unlock(p);
    return 0;
}

int pirq_set_eoi_page(struct domain *d, mfn_t page)
{
    struct pirq_state *s = d->pirqs;
    int error;

    if (!s)
        return -EINVAL;
    error = frame_get_type(d, page, FRAME_WRITABLE);
    if (error)
        return -EINVAL;
    spin_lock(&s->lock);
    if (s->eoi_map) {
        error = -EBUSY;
    } else {
        s->eoi_page = page;
        s->eoi_map = frame_map(page);
        for (uint32_t n = 0; n < s->count; n++)
            show_eoi_need(&s->pirq[n]);
    }
    spin_unlock(&s->lock);
    if (error)
        frame_put_type(page);
    return error;
}

bool pirq_eoi_page(const struct domain *d, mfn_t *page)
{
    if (!d->pirqs || !d->pirqs->eoi_map)
        return false;
    *page = d->pirqs->eoi_page;
    return true;
}

/* ---- birth and death ---- */

static unsigned order_of(size_t bytes)
{
    unsigned order = 0;

    while (PAGE_SIZE << order < bytes)
        order++;
    return order;
}

static void fill(struct pirq_state *s)
{
    for (uint32_t n = 0; n < s->count; n++) {
        struct pirq *p = &s->pirq[n];

        p->state = s;
        p->number = n;
        if (n < s->gsi_count)
            irq_gsi_default(n, &p->level, &p->low);
    }
}

static int pirq_create(struct domain *d)
{
    uint32_t gsi_count = ioapic_gsi_count();
    uint32_t count = MIN(gsi_count + PIRQ_MESSAGES, PIRQS_MAX);
    unsigned order =
        order_of(sizeof(struct pirq_state) + count * sizeof(struct pirq));

    if (!d->privileged)
        return 0;
    d->pirqs = pages_alloc(order);
    if (!d->pirqs)
        return -ENOMEM;
    *d->pirqs = (struct pirq_state){
        .lock = SPINLOCK_INIT(LOCK_PIRQ),
        .domain = d,
        .gsi_count = gsi_count,
        .count = count,
        .order = order,
    };
    fill(d->pirqs);
    return 0;
}

static void pirq_destroy(struct domain *d)
{
    struct pirq_state *s = d->pirqs;

    if (!s)
        return;
    for (uint32_t n = 0; n < s->count; n++)
        (void)pirq_unmap(d, n);
    d->pirqs = NULL;
    if (s->eoi_map) {
        frame_unmap(s->eoi_map);
        frame_put_type(s->eoi_page);
    }
    pages_free(s, s->order);
}

const struct domain_unit pirq_unit = {
    .name = "pirq",
    .create = pirq_create,
    .destroy = pirq_destroy,
};
