/*
 * hypercall/memory_reservation.c - a domain's frames become more or fewer.
 * Layer: hypercall.
 */
#include "hypercall/memory.h"
#include "mm/alloc.h"

#define EXTENT_SHIFT 6

struct reservation_work {
    struct xen_memory_reservation r;
    struct domain *d;
    unsigned op;
    uint64_t done; /* extents */
};

static uint64_t extent_address(const struct reservation_work *w)
{
    return guest_handle_address(w->r.extent_start) +
           w->done * sizeof(xen_pfn_t);
}

/* Gives fresh, zeroed frames to the domain; all or none. */
static bool add_extent(struct reservation_work *w, mfn_t *first)
{
    unsigned order = w->r.extent_order;
    unsigned bits = XENMEMF_get_address_bits(w->r.mem_flags);

    /* Decided for good below; this keeps it cheap to ask for too much. */
    if (w->d->pages + (1UL << order) > w->d->max_pages ||
        !domain_claims_allow(w->d, 1UL << order) ||
        !frames_alloc(order, bits, first))
        return false;
    if (!domain_assign_frames(w->d, *first, order))
        return true;
    frames_free(*first, order);
    return false;
}

static bool increase_one(struct reservation_work *w)
{
    mfn_t first;

    if (!add_extent(w, &first))
        return false;
    return !guest_handle_address(w->r.extent_start) ||
           !guest_put(extent_address(w), &first.n);
}

static bool populate_one(struct reservation_work *w)
{
    xen_pfn_t pfn;
    mfn_t first;

    if (guest_get(&pfn, extent_address(w)) || !add_extent(w, &first))
        return false;
    for (uint64_t i = 0; i < 1UL << w->r.extent_order; i++)
        M2P[first.n + i] = pfn + i;
    return !guest_put(extent_address(w), &first.n);
}

static bool decrease_one(struct reservation_work *w)
{
    xen_pfn_t first;

    if (guest_get(&first, extent_address(w)))
        return false;
    for (uint64_t i = 0; i < 1UL << w->r.extent_order; i++)
        if (!domain_drop_frame(w->d, mfn(first + i)))
            return false;
    return true;
}

static bool one_extent(struct reservation_work *w)
{
    switch (w->op) {
    case XENMEM_increase_reservation:
        return increase_one(w);
    case XENMEM_populate_physmap:
        return populate_one(w);
    default:
        return decrease_one(w);
    }
}

static long work(struct reservation_work *w, uint64_t arg)
{
    while (w->done < w->r.nr_extents && one_extent(w)) {
        w->done++;
        if (w->done < w->r.nr_extents && preempt_point())
            return hypercall_continue(
                2, (uint64_t[]){w->op | w->done << EXTENT_SHIFT, arg});
    }
    return (long)w->done;
}

long memory_reservation_op(uint64_t cmd, uint64_t arg)
{
    struct reservation_work w = {.op = cmd & ((1 << EXTENT_SHIFT) - 1),
                                 .done = cmd >> EXTENT_SHIFT};
    long result;
    int rc;

    /* As in Xen, what cannot be done at all is told as nothing done. */
    if (guest_get(&w.r, arg) || w.done > w.r.nr_extents ||
        w.r.nr_extents > INT64_MAX >> EXTENT_SHIFT ||
        w.r.extent_order > memory_max_order(current_domain))
        return (long)w.done;
    w.d = domain_get_target(w.r.domid, &rc);
    if (!w.d)
        return (long)w.done;
    result = work(&w, arg);
    domain_put(w.d);
    return result;
}
