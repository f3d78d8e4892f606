/*
 * grant/other.c - what is rarely asked of grant tables: transfer, swap, cache
 * flush. Layer: grant. Source: docs/abi.md
 */
#include "grant/grant_internal.h"
#include "lib/string.h"
#include "mm/frame.h"

/* Frames do not change their owners: as if each were in use. */
long grant_transfer(uint64_t *arg, uint32_t *count)
{
    while (*count) {
        struct gnttab_transfer op;

        if (guest_get(&op, *arg))
            return -EFAULT;
        op.status = GNTST_bad_page;
        if (guest_put(*arg + offsetof(struct gnttab_transfer, status),
                      &op.status))
            return -EFAULT;
        *arg += sizeof(op);
        if (--*count % 16 == 0 && *count && preempt_point())
            return -ERESTART;
    }
    return 0;
}

/* ---- two entries change places ---- */

static void swap_bytes(void *a, void *b, size_t bytes)
{
    char kept[sizeof(union grant_entry_v2)];

    memcpy(kept, a, bytes);
    memcpy(a, b, bytes);
    memcpy(b, kept, bytes);
}

static int16_t swap(struct grant_table *t, uint32_t a, uint32_t b)
{
    if (a >= grant_entries(t) || b >= grant_entries(t))
        return GNTST_bad_gntref;
    if (a == b)
        return GNTST_okay;
    if (grant_ref_is_used(t, a) || grant_ref_is_used(t, b))
        return GNTST_eagain;
    swap_bytes(grant_entry_of(t, a), grant_entry_of(t, b),
               t->version == 2 ? sizeof(union grant_entry_v2)
                               : sizeof(struct grant_entry_v1));
    if (t->version == 2)
        swap_bytes(grant_status_of(t, a), grant_status_of(t, b),
                   sizeof(grant_status_t));
    return GNTST_okay;
}

long grant_swap(uint64_t *arg, uint32_t *count)
{
    struct grant_table *t = current_domain->grants;

    while (*count) {
        struct gnttab_swap_grant_ref op;

        if (guest_get(&op, *arg))
            return -EFAULT;
        spin_lock(&t->lock);
        op.status = swap(t, op.ref_a, op.ref_b);
        spin_unlock(&t->lock);
        if (guest_put(*arg, &op))
            return -EFAULT;
        *arg += sizeof(op);
        if (--*count % 16 == 0 && *count && preempt_point())
            return -ERESTART;
    }
    return 0;
}

/* ---- caches ---- */

/* Does the caller use a grant of this frame of the owner's? The answer may be
 * old: a flush does no harm. */
static bool is_granted(struct domain *owner, mfn_t m)
{
    struct grant_table *t = owner->grants;
    uint32_t refs = READ_ONCE(t->frames) * (uint32_t)V1_PER_FRAME;

    for (uint32_t ref = 0; ref < refs; ref++) {
        const struct grant_use *use = grant_use_of(t, ref);

        if (use && grant_is_used(use) && use->domid == current_domain->id &&
            use->frame == m.n)
            return true;
    }
    return false;
}

static bool may_flush(mfn_t m)
{
    domid_t id = frame_owner(frame_of(m));
    struct domain *owner;
    bool may;

    if (id == current_domain->id)
        return true;
    owner = domain_get(id);
    may = owner && is_granted(owner, m);
    if (owner)
        domain_put(owner);
    return may;
}

static long flush(const struct gnttab_cache_flush *op)
{
    mfn_t m = paddr_to_mfn(op->a.dev_bus_addr);
    const char *page;

    if (op->offset >= PAGE_SIZE || op->length > PAGE_SIZE ||
        op->offset + op->length > PAGE_SIZE ||
        op->op & ~(GNTTAB_CACHE_CLEAN | GNTTAB_CACHE_INVAL))
        return -EINVAL;
    if (!op->length || !op->op)
        return 0;
    if (!mfn_is_ram(m))
        return -EINVAL;
    m = mfn_nospec(m);
    if (frame_owner(frame_of(m)) >= DOMID_FIRST_RESERVED)
        return -EPERM;
    if (!may_flush(m))
        return -EINVAL;
    if (op->op == GNTTAB_CACHE_INVAL)
        return -EOPNOTSUPP; /* x86 cannot without writing back */
    page = frame_map(m);
    for (uint32_t i = op->offset & ~63U; i < op->offset + op->length; i += 64)
        __asm__ volatile("clflush %0" : : "m"(page[i]) : "memory");
    __asm__ volatile("mfence" : : : "memory");
    frame_unmap(page);
    return 0;
}

long grant_cache_flush(uint64_t *arg, uint32_t *count)
{
    while (*count) {
        struct gnttab_cache_flush op;
        long rc;

        if (guest_get(&op, *arg))
            return -EFAULT;
        rc = flush(&op);
        if (rc)
            return rc;
        *arg += sizeof(op);
        if (--*count && preempt_point())
            return -ERESTART;
    }
    return 0;
}
