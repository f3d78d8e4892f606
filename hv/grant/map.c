/*
 * grant/map.c - mapping others' grants into the caller's page tables, and
 * ending that. Layer: grant. Source: docs/abi.md
 *
 * What a page-table entry maps is held by the entry itself, as any foreign
 * page: it stays safe whatever the guest does to it without asking us. The use
 * counted in the grant ends only when the entry is found, emptied and flushed.
 */
#include "grant/grant_internal.h"
#include "mm/pte.h"
#include "mm/tlb.h"
#include "pv/pv.h"

#define BATCH     32 /* unmapped with one flush */
#define ZAP_TRIES 8  /* the CPU sets accessed and dirty bits meanwhile */
#define MAP_BOTH  (GNTMAP_host_map | GNTMAP_device_map)

/* Where a page-table entry of the current domain is. */
struct slot {
    mfn_t table;
    unsigned index;
};

static bool find_slot(uint64_t host_addr, bool contains_pte, struct slot *s)
{
    if (!contains_pte)
        return pv_find_l1(current, host_addr, &s->table, &s->index);
    s->table = paddr_to_mfn(host_addr);
    s->index = (unsigned)(host_addr >> 3) & (PTES - 1);
    return !(host_addr & 7) && mfn_is_ram(s->table);
}

static uint64_t pte_for(mfn_t frame, uint32_t flags)
{
    uint64_t pte = pte_make(frame, PTE_P | PTE_A | PTE_D | PTE_NX);

    if (!(flags & GNTMAP_readonly))
        pte |= PTE_RW;
    if (flags & GNTMAP_application_map)
        pte |= PTE_US;
    return pte | ((uint64_t)(flags >> _GNTMAP_guest_avail0) << 9 & PTE_AVAIL);
}

/* ---- what a mapping holds besides the count in the grant ---- */

static bool device_hold(struct domain *granter, mfn_t frame, bool write)
{
    if (write)
        return !frame_get_type(granter, frame, FRAME_WRITABLE);
    return frame_get(frame_of(frame), granter->id);
}

static void device_drop(mfn_t frame, bool write)
{
    if (write)
        frame_put_type(frame);
    else
        frame_put(frame_of(frame));
}

static int16_t host_map(struct domain *granter, mfn_t frame,
                        const struct gnttab_map_grant_ref *op)
{
    struct slot s;
    int rc;

    if (!find_slot(op->host_addr, op->flags & GNTMAP_contains_pte, &s))
        return GNTST_general_error;
    rc = pv_update_l1(current_domain, granter, s.table, s.index,
                      pte_for(frame, op->flags));
    return rc ? GNTST_general_error : GNTST_okay;
}

/* A frame that may be mapped: the granter's own RAM, not a page of ours. */
static bool frame_is_grantable(const struct domain *granter, mfn_t frame)
{
    if (!mfn_is_ram(frame))
        return false;
    frame = mfn_nospec(frame);
    return frame_owner(frame_of(frame)) == granter->id &&
           !(READ_ONCE(frame_of(frame)->ref) & REF_SHARED);
}

static int16_t map_frame(struct domain *granter, mfn_t frame,
                         const struct gnttab_map_grant_ref *op)
{
    bool write = !(op->flags & GNTMAP_readonly);
    int16_t status = GNTST_okay;

    if (!frame_is_grantable(granter, frame))
        return GNTST_bad_page;
    if (op->flags & GNTMAP_device_map && !device_hold(granter, frame, write))
        return GNTST_general_error;
    if (op->flags & GNTMAP_host_map)
        status = host_map(granter, frame, op);
    if (status != GNTST_okay && op->flags & GNTMAP_device_map)
        device_drop(frame, write);
    return status;
}

/* With a handle that is busy: the grant, then the frame. */
static int16_t map_grant(struct domain *granter,
                         struct gnttab_map_grant_ref *op)
{
    bool write = !(op->flags & GNTMAP_readonly);
    unsigned how = write ? GRANT_MAP | GRANT_WRITE : GRANT_MAP;
    struct grant_hold hold;
    int16_t status =
        grant_get(granter, op->ref, current_domain->id, how, &hold);

    if (status != GNTST_okay)
        return status;
    status = map_frame(granter, hold.frame, op);
    if (status != GNTST_okay)
        grant_put(granter, op->ref, how);
    op->dev_bus_addr = mfn_to_paddr(hold.frame);
    return status;
}

static int16_t map_one(struct gnttab_map_grant_ref *op)
{
    struct grant_table *t = current_domain->grants;
    struct domain *granter;
    uint32_t handle;
    int16_t status;

    if (!(op->flags & MAP_BOTH))
        return GNTST_bad_gntref;
    granter = grant_domain_get(op->dom);
    if (!granter)
        return GNTST_bad_domain;
    handle = handle_take(t, granter, op->ref);
    if (handle == HANDLE_NONE) {
        domain_put(granter);
        return GNTST_no_space;
    }
    status = map_grant(granter, op);
    if (status == GNTST_okay) {
        op->handle = handle;
        handle_settle(t, handle, (uint16_t)op->flags & 0x1f);
    } else {
        handle_settle(t, handle, 0);
        domain_put(granter);
    }
    return status;
}

long grant_map(uint64_t *arg, uint32_t *count)
{
    while (*count) {
        struct gnttab_map_grant_ref op;

        if (guest_get(&op, *arg))
            return -EFAULT;
        op.status = map_one(&op);
        if (guest_put(*arg, &op))
            return -EFAULT;
        *arg += sizeof(op);
        if (--*count % 16 == 0 && *count && preempt_point())
            return -ERESTART;
    }
    return 0;
}

/* ---- unmapping ---- */

/* Both ways to unmap have the same form; the middle word is a bus address or
 * the address whose entry takes the place. */
#define SAME(field)                                                            \
    _Static_assert(offsetof(struct gnttab_unmap_grant_ref, field) ==           \
                       offsetof(struct gnttab_unmap_and_replace, field),       \
                   #field)
SAME(host_addr);
SAME(handle);
SAME(status);

struct unmap_request {
    uint64_t host_addr, dev_bus_addr, new_addr;
    uint32_t handle;
};

static int fetch_request(uint64_t arg, bool replace, struct unmap_request *r)
{
    struct gnttab_unmap_grant_ref op;

    if (guest_get(&op, arg))
        return -EFAULT;
    *r = (struct unmap_request){.host_addr = op.host_addr, .handle = op.handle};
    if (replace)
        r->new_addr = op.dev_bus_addr;
    else
        r->dev_bus_addr = op.dev_bus_addr;
    return 0;
}

/* An operation between taking entries out and the flush. */
struct unmap {
    uint32_t handle;
    int16_t status;
    uint16_t done; /* GNTMAP_* that are over once flushed */
    struct grant_mapping mapping;
};

/* Does the entry map this frame as the grant allows it? */
static bool pte_is_mapping(uint64_t pte, mfn_t frame, bool write)
{
    return pte & PTE_P && pte_mfn(pte).n == frame.n &&
           !(pte & PTE_RW) == !write;
}

/* Makes the entry `new` if it is the mapping's. The table is held. */
static int16_t put_held(const struct slot *s, mfn_t frame, bool write,
                        uint64_t new)
{
    const uint64_t *table = frame_map(s->table);
    int rc = -EAGAIN;

    for (unsigned i = 0; rc == -EAGAIN && i < ZAP_TRIES; i++) {
        uint64_t pte = READ_ONCE(table[s->index]);

        if (!pte_is_mapping(pte, frame, write))
            rc = -EINVAL;
        else
            rc = pv_cmpxchg_l1(current_domain, s->table, s->index, pte, new);
    }
    frame_unmap(table);
    return rc ? GNTST_general_error : GNTST_okay;
}

static bool slot_hold(uint64_t host_addr, bool contains_pte, struct slot *s)
{
    return find_slot(host_addr, contains_pte, s) &&
           frame_get(frame_of(s->table), current_domain->id);
}

static int16_t zap(uint64_t host_addr, bool contains_pte, mfn_t frame,
                   bool write, uint64_t new)
{
    int16_t status;
    struct slot s;

    if (!slot_hold(host_addr, contains_pte, &s))
        return GNTST_general_error;
    status = put_held(&s, frame, write, new);
    frame_put(frame_of(s.table));
    return status;
}

/* The entry of new_addr moves to where the grant was mapped. */
static int16_t replace(const struct unmap_request *r, mfn_t frame, bool write)
{
    const uint64_t *table;
    int16_t status;
    struct slot s;
    uint64_t new;

    if (!slot_hold(r->new_addr, false, &s))
        return GNTST_general_error;
    table = frame_map(s.table);
    new = READ_ONCE(table[s.index]);
    frame_unmap(table);
    status = zap(r->host_addr, false, frame, write, new);
    /* An entry that is another one by now stays: its page has a count for it,
     * as the moved one has. */
    if (status == GNTST_okay && new &PTE_P)
        (void)put_held(&s, pte_mfn(new), new &PTE_RW, 0);
    frame_put(frame_of(s.table));
    return status;
}

static int16_t unmap_host(const struct unmap_request *r, uint16_t flags,
                          mfn_t frame)
{
    bool write = !(flags & GNTMAP_readonly);

    if (!r->new_addr)
        return zap(r->host_addr, flags & GNTMAP_contains_pte, frame, write, 0);
    return flags & GNTMAP_contains_pte ? GNTST_general_error
                                       : replace(r, frame, write);
}

/* Takes the entries out; the rest waits for the flush. */
static void unmap_begin(const struct unmap_request *r, struct unmap *u)
{
    struct grant_mapping *m = &u->mapping;
    mfn_t frame;

    u->handle = r->handle;
    u->done = 0;
    u->status = GNTST_bad_handle;
    if (!handle_claim(current_domain->grants, r->handle, m))
        return;
    u->status = GNTST_okay;
    frame = grant_used_frame(m->granter, m->ref);
    if (r->dev_bus_addr && m->flags & GNTMAP_device_map) {
        if (r->dev_bus_addr == mfn_to_paddr(frame))
            u->done |= GNTMAP_device_map;
        else
            u->status = GNTST_bad_dev_addr;
    }
    if (u->status == GNTST_okay && r->host_addr && m->flags & GNTMAP_host_map) {
        u->status = unmap_host(r, m->flags, frame);
        if (u->status == GNTST_okay)
            u->done |= GNTMAP_host_map;
    }
    if (u->status != GNTST_okay)
        u->done = 0; /* a failed operation ends nothing */
}

/* After the flush: the grant's use ends with the last part of the mapping. */
static void unmap_finish(const struct unmap *u)
{
    const struct grant_mapping *m = &u->mapping;
    bool write = !(m->flags & GNTMAP_readonly);
    uint16_t left = m->flags & (uint16_t)~u->done;

    if (u->status == GNTST_bad_handle)
        return;
    if (u->done & GNTMAP_device_map)
        device_drop(grant_used_frame(m->granter, m->ref), write);
    if (!(left & MAP_BOTH))
        grant_put(m->granter, m->ref, write ? GRANT_WRITE : 0);
    handle_settle(current_domain->grants, u->handle, left);
    if (!(left & MAP_BOTH))
        domain_put(m->granter);
}

static int report_status(uint64_t arg, int16_t status)
{
    return guest_put(arg + offsetof(struct gnttab_unmap_grant_ref, status),
                     &status);
}

/* Up to BATCH operations and one flush. All that began ends. */
static long unmap_batch(uint64_t arg, uint32_t count, bool replace)
{
    const size_t size = sizeof(struct gnttab_unmap_grant_ref);
    struct unmap_request r;
    struct unmap u[BATCH];
    uint32_t begun;
    long rc = 0;

    for (begun = 0; begun < count; begun++) {
        rc = fetch_request(arg + begun * size, replace, &r);
        if (rc)
            break;
        unmap_begin(&r, &u[begun]);
    }
    tlb_flush_stamp(tlb_stamp());
    for (uint32_t i = 0; i < begun; i++) {
        unmap_finish(&u[i]);
        if (report_status(arg + i * size, u[i].status))
            rc = -EFAULT;
    }
    return rc;
}

long grant_unmap(uint64_t *arg, uint32_t *count, bool replace)
{
    while (*count) {
        uint32_t n = MIN(*count, (uint32_t)BATCH);
        long rc = unmap_batch(*arg, n, replace);

        if (rc)
            return rc;
        *arg += n * sizeof(struct gnttab_unmap_grant_ref);
        *count -= n;
        if (*count && preempt_point())
            return -ERESTART;
    }
    return 0;
}

/* ---- a domain's end ---- */

/* True: there was one. */
static bool release_handle(struct grant_table *t, uint32_t handle)
{
    struct grant_mapping m;
    bool write;

    if (!handle_claim(t, handle, &m))
        return false;
    write = !(m.flags & GNTMAP_readonly);
    if (m.flags & GNTMAP_device_map)
        device_drop(grant_used_frame(m.granter, m.ref), write);
    grant_put(m.granter, m.ref, write ? GRANT_WRITE : 0);
    handle_settle(t, handle, 0);
    domain_put(m.granter);
    return true;
}

int grant_release_mappings(struct domain *d)
{
    struct grant_table *t = d->grants;
    uint32_t handles = t->handle_pages * (uint32_t)HANDLES_PER_PAGE;
    uint32_t released = 0;

    /* No CPU reaches the frames any more when their uses end. */
    if (handles)
        tlb_flush_stamp(tlb_stamp());
    for (uint32_t h = 0; h < handles; h++)
        if (release_handle(t, h) && ++released % 64 == 0 && preempt_point())
            return -ERESTART;
    return 0;
}
