/*
 * hypercall/memory_exchange.c - XENMEM_exchange: scattered frames against
 * contiguous ones below an address, or the reverse. Layer: hypercall.
 *
 * Chunk by chunk, the larger of the two extent sizes being the chunk: the new
 * frames are found first, then the old ones are taken from the domain (each
 * must have no use left), and only then anything is changed.
 */
#include "hypercall/memory.h"
#include "mm/alloc.h"

#define CHUNK_ORDER_MAX 12

struct exchange {
    struct xen_memory_exchange x;
    struct domain *d;
    unsigned order;        /* of a chunk, in frames */
    uint64_t chunks, done; /* chunks */
};

static uint64_t in_address(const struct exchange *e, uint64_t frame)
{
    uint64_t n = (e->done << e->order) + frame;

    return guest_handle_address(e->x.in.extent_start) +
           (n >> e->x.in.extent_order) * sizeof(xen_pfn_t);
}

static uint64_t out_address(const struct exchange *e, uint64_t frame)
{
    uint64_t n = (e->done << e->order) + frame;

    return guest_handle_address(e->x.out.extent_start) +
           (n >> e->x.out.extent_order) * sizeof(xen_pfn_t);
}

/* The frame that the guest names as the nth of this chunk. */
static int read_in(const struct exchange *e, uint64_t n, mfn_t *m)
{
    xen_pfn_t first;

    if (guest_get(&first, in_address(e, n)))
        return -EFAULT;
    *m = mfn(first + (n & ((1UL << e->x.in.extent_order) - 1)));
    return 0;
}

/* The word of a frame that the domain alone has. */
static uint64_t owned_word(const struct exchange *e)
{
    return (uint64_t)e->d->id << REF_OWNER_SHIFT | REF_ALLOCATED | 1;
}

/* A frame that has only its allocation's reference leaves the domain. */
static int take_frame(const struct exchange *e, mfn_t m)
{
    return mfn_is_ram(m) && domain_take_frame(e->d, m) ? 0 : -EINVAL;
}

static void give_frame(const struct exchange *e, mfn_t m)
{
    __atomic_store_n(&frame_of(m)->ref, owned_word(e), __ATOMIC_SEQ_CST);
    /* Whoever takes the domain apart finds it, or we do it for him. */
    if (READ_ONCE(e->d->dying))
        (void)domain_drop_frame(e->d, m);
}

static void give_back(const struct exchange *e, const uint32_t *taken,
                      uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        give_frame(e, mfn(taken[i]));
}

static int take_chunk(const struct exchange *e, uint32_t *taken)
{
    for (uint64_t i = 0; i < 1UL << e->order; i++) {
        mfn_t m = mfn(0);
        int rc = read_in(e, i, &m);

        if (!rc)
            rc = take_frame(e, m);
        if (rc) {
            give_back(e, taken, i);
            return rc;
        }
        taken[i] = (uint32_t)m.n;
    }
    return 0;
}

static bool alloc_chunk(const struct exchange *e, uint32_t *fresh)
{
    unsigned order = e->x.out.extent_order;
    unsigned bits = XENMEMF_get_address_bits(e->x.out.mem_flags);

    for (uint64_t i = 0; i < 1UL << (e->order - order); i++) {
        mfn_t first;

        if (!frames_alloc(order, bits, &first)) {
            while (i-- > 0)
                frames_free(mfn(fresh[i]), order);
            return false;
        }
        fresh[i] = (uint32_t)first.n;
    }
    return true;
}

static void free_chunk(const struct exchange *e, const uint32_t *fresh)
{
    unsigned order = e->x.out.extent_order;

    for (uint64_t i = 0; i < 1UL << (e->order - order); i++)
        frames_free(mfn(fresh[i]), order);
}

static void free_taken(const struct exchange *e, const uint32_t *taken)
{
    for (uint64_t i = 0; i < 1UL << e->order; i++) {
        M2P[taken[i]] = M2P_INVALID;
        frames_free(mfn(taken[i]), 0);
    }
}

static void give_extent(const struct exchange *e, mfn_t first, uint64_t pfn)
{
    domain_expect_frames(e->d, first, e->x.out.extent_order);
    for (uint64_t i = 0; i < 1UL << e->x.out.extent_order; i++) {
        mfn_t m = mfn_add(first, i);

        M2P[m.n] = pfn + i;
        give_frame(e, m);
    }
}

/* The new frames become the domain's, at the pfns the guest gave. */
static int give_chunk(const struct exchange *e, const uint32_t *fresh)
{
    unsigned order = e->x.out.extent_order;
    int rc = 0;

    for (uint64_t i = 0; i < 1UL << (e->order - order); i++) {
        xen_pfn_t pfn = M2P_INVALID, first = fresh[i];

        if (guest_get(&pfn, out_address(e, i << order)))
            rc = -EFAULT;
        give_extent(e, mfn(first), pfn);
        if (!rc && guest_put(out_address(e, i << order), &first))
            rc = -EFAULT;
    }
    return rc;
}

static int exchange_chunk(const struct exchange *e, uint32_t *taken,
                          uint32_t *fresh)
{
    int rc;

    if (!alloc_chunk(e, fresh))
        return -ENOMEM;
    rc = take_chunk(e, taken);
    if (rc) {
        free_chunk(e, fresh);
        return rc;
    }
    free_taken(e, taken);
    return give_chunk(e, fresh);
}

static int check(struct exchange *e)
{
    const struct xen_memory_reservation *in = &e->x.in, *out = &e->x.out;
    unsigned limit = memory_max_order(current_domain);

    if (in->extent_order > limit || out->extent_order > limit)
        return -EPERM;
    if (in->nr_extents >> (32 - in->extent_order) ||
        out->nr_extents >> (32 - out->extent_order) ||
        in->nr_extents << in->extent_order != out->nr_extents
                                                  << out->extent_order ||
        in->domid != out->domid || e->x.nr_exchanged > in->nr_extents)
        return -EINVAL;
    e->order = MAX(in->extent_order, out->extent_order);
    e->chunks = (in->nr_extents << in->extent_order) >> e->order;
    if (e->chunks << e->order != in->nr_extents << in->extent_order)
        return -EINVAL;
    e->done = (e->x.nr_exchanged << in->extent_order) >> e->order;
    return 0;
}

static long exchange_all(struct exchange *e, uint64_t arg, uint32_t *scratch)
{
    uint32_t *taken = scratch, *fresh = scratch + (1U << CHUNK_ORDER_MAX);
    long rc = 0;

    while (!rc && e->done < e->chunks) {
        rc = exchange_chunk(e, taken, fresh);
        if (rc)
            break;
        e->done++;
        if (e->done < e->chunks && preempt_point())
            rc = -ERESTART;
    }
    e->x.nr_exchanged = (e->done << e->order) >> e->x.in.extent_order;
    if (guest_put(arg + offsetof(struct xen_memory_exchange, nr_exchanged),
                  &e->x.nr_exchanged))
        return -EFAULT;
    return rc == -ERESTART
               ? hypercall_continue(2, (uint64_t[]){XENMEM_exchange, arg})
               : rc;
}

long memory_exchange(uint64_t arg)
{
    struct exchange e;
    uint32_t *scratch;
    long rc;
    int error;

    if (guest_get(&e.x, arg))
        return -EFAULT;
    rc = check(&e);
    if (rc)
        return rc;
    e.d = domain_get_target(e.x.in.domid, &error);
    if (!e.d)
        return error;
    scratch = pages_alloc(3); /* two lists of 4096 frame numbers */
    rc = scratch ? exchange_all(&e, arg, scratch) : -ENOMEM;
    pages_free(scratch, 3);
    domain_put(e.d);
    return rc;
}
