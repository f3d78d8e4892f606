/*
 * grant/map.c - mapping others' grants into the caller's page tables, and
 * ending that. Layer: grant. Source: docs/abi.md
 *
 * What a page-table entry maps is held by the entry itself, as any foreign
 * page: it stays safe whatever the guest does to it without asking us. The use
 * counted in the grant ends only when the entry is found, emptied and flushed.
 */
#include "grant/handle.h"
#include "grant/use.h"
#include "mm/pte.h"
#include "mm/tlb.h"
#include "pv/l1.h"

#define BATCH     32 /* unmapped with one flush */
#define ZAP_TRIES 8  /* the CPU sets accessed and dirty bits meanwhile */

/* Opens the table of a page-table entry of the current domain. */
static inline bool find_slot(struct l1_table *t, uint64_t host_addr,
                             bool contains_pte, unsigned *index)
{
    if (unlikely(contains_pte)) {
        *index = (unsigned)(host_addr >> 3) & (PTES - 1);
        return !(host_addr & 7) && pv_l1_open_frame(t, paddr_to_mfn(host_addr));
    }
    *index = pte_index(host_addr, 1);
    return pv_l1_open(t, host_addr);
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

/* What stays held from one operation of a batch to the next. */
struct map_batch {
    struct domain *self;
    struct domain *granter; /* NULL: none */
    domid_t domid;          /* as the operation names it */
    struct l1_table table;
};

static bool find_granter(struct map_batch *b, domid_t domid)
{
    if (likely(b->granter && b->domid == domid))
        return true;
    if (b->granter)
        domain_put(b->granter);
    b->domid = domid;
    b->granter = grant_domain_get(domid);
    return b->granter;
}

static int16_t host_map(struct map_batch *b, mfn_t frame,
                        const struct gnttab_map_grant_ref *op)
{
    unsigned index;

    if (!find_slot(&b->table, op->host_addr, op->flags & GNTMAP_contains_pte,
                   &index) ||
        pv_l1_set(&b->table, b->granter->id, index, pte_for(frame, op->flags)))
        return GNTST_general_error;
    return GNTST_okay;
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

static int16_t map_frame(struct map_batch *b, mfn_t frame,
                         const struct gnttab_map_grant_ref *op)
{
    bool write = !(op->flags & GNTMAP_readonly);
    int16_t status = GNTST_okay;

    if (!frame_is_grantable(b->granter, frame))
        return GNTST_bad_page;
    if (unlikely(op->flags & GNTMAP_device_map) &&
        !device_hold(b->granter, frame, write))
        return GNTST_general_error;
    if (op->flags & GNTMAP_host_map)
        status = host_map(b, frame, op);
    if (status != GNTST_okay && op->flags & GNTMAP_device_map)
        device_drop(frame, write);
    return status;
}

/* With a handle that is busy: the grant, then the frame. */
static int16_t map_grant(struct map_batch *b, struct gnttab_map_grant_ref *op,
                         struct grant_mapping *m)
{
    bool write = !(op->flags & GNTMAP_readonly);
    unsigned how = write ? GRANT_MAP | GRANT_WRITE : GRANT_MAP;
    struct grant_hold hold;
    int16_t status = grant_get(b->granter, op->ref, b->self->id, how, &hold);

    if (status != GNTST_okay)
        return status;
    status = map_frame(b, hold.frame, op);
    if (status != GNTST_okay)
        grant_put(b->granter, hold.ticket, how);
    m->ticket = hold.ticket;
    op->dev_bus_addr = mfn_to_paddr(hold.frame);
    return status;
}

static int16_t map_one(struct map_batch *b, struct gnttab_map_grant_ref *op)
{
    struct grant_table *t = b->self->grants;
    struct grant_mapping *m;
    uint32_t handle;
    int16_t status;

    if (!(op->flags & MAPPING_HOLDS))
        return GNTST_bad_gntref;
    if (!find_granter(b, op->dom))
        return GNTST_bad_domain;
    m = handle_take(t, b->granter, op->ref, &handle);
    if (!m)
        return GNTST_no_space;
    status = map_grant(b, op, m);
    if (status == GNTST_okay) {
        domain_ref_again(b->granter);
        op->handle = handle;
        handle_keep(m, (uint16_t)op->flags & 0x1f);
    } else {
        handle_free(t, m, handle);
    }
    return status;
}

/* What a map operation says of its outcome is its second half. */
#define MAP_RESULT 16
_Static_assert(offsetof(struct gnttab_map_grant_ref, status) >= MAP_RESULT &&
                   sizeof(struct gnttab_map_grant_ref) == MAP_RESULT + 16,
               "MAP_RESULT");

static long map_all(struct map_batch *b, uint64_t *arg, uint32_t *count)
{
    while (*count) {
        struct gnttab_map_grant_ref op;

        if (guest_get(&op, *arg))
            return -EFAULT;
        op.status = map_one(b, &op);
        if (guest_put_words(*arg + MAP_RESULT, (char *)&op + MAP_RESULT, 2))
            return -EFAULT;
        *arg += sizeof(op);
        if (--*count % 16 == 0 && *count && preempt_point())
            return -ERESTART;
    }
    return 0;
}

long grant_map(uint64_t *arg, uint32_t *count)
{
    struct map_batch b = {.self = current_domain, .table = L1_NO_TABLE};
    long rc = map_all(&b, arg, count);

    pv_l1_close(&b.table);
    if (b.granter)
        domain_put(b.granter);
    return rc;
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
    uint64_t host_addr;
    uint64_t other; /* the bus address, or with `replace` the other entry's */
    uint32_t handle;
    bool replace;
};

static int fetch_request(uint64_t arg, struct unmap_request *r)
{
    struct gnttab_unmap_grant_ref op;

    if (guest_get(&op, arg))
        return -EFAULT;
    r->host_addr = op.host_addr;
    r->other = op.dev_bus_addr;
    r->handle = op.handle;
    return 0;
}

/* An operation between taking entries out and the flush. */
struct unmap {
    uint32_t handle;
    int16_t status;
    uint16_t done;                 /* GNTMAP_* that are over once flushed */
    struct grant_mapping *mapping; /* busy; NULL: there is none */
};

static uint16_t flags_of(const struct grant_mapping *m)
{
    return m->flags & (uint16_t)~MAPPING_BUSY;
}

/* Does the entry map this frame as the grant allows it? */
static bool pte_is_mapping(uint64_t pte, mfn_t frame, bool write)
{
    return pte & PTE_P && pte_mfn(pte).n == frame.n &&
           !(pte & PTE_RW) == !write;
}

/* Makes the entry `new` if it is the mapping's. */
static __always_inline int16_t replace_entry(const struct l1_table *t,
                                             unsigned index, mfn_t frame,
                                             bool write, uint64_t new)
{
    int rc = -EAGAIN;

    for (unsigned i = 0; rc == -EAGAIN && i < ZAP_TRIES; i++) {
        uint64_t pte = pv_l1_read(t, index);

        if (!pte_is_mapping(pte, frame, write))
            rc = -EINVAL;
        else
            rc = pv_l1_replace(t, index, pte, new);
    }
    return rc ? GNTST_general_error : GNTST_okay;
}

static __always_inline int16_t zap(struct l1_table *t, uint64_t host_addr,
                                   bool contains_pte, mfn_t frame, bool write,
                                   uint64_t new)
{
    unsigned index;

    if (!find_slot(t, host_addr, contains_pte, &index))
        return GNTST_general_error;
    return replace_entry(t, index, frame, write, new);
}

/* The entry of new_addr moves to where the grant was mapped. */
static __noinline int16_t replace(struct l1_table *t,
                                  const struct unmap_request *r, mfn_t frame,
                                  bool write)
{
    struct l1_table from = L1_NO_TABLE;
    int16_t status;
    unsigned index;
    uint64_t new;

    if (!find_slot(&from, r->other, false, &index))
        return GNTST_general_error;
    new = pv_l1_read(&from, index);
    status = zap(t, r->host_addr, false, frame, write, new);
    /* An entry that is another one by now stays: its page has a count for it,
     * as the moved one has. */
    if (status == GNTST_okay && new &PTE_P)
        (void)replace_entry(&from, index, pte_mfn(new), new &PTE_RW, 0);
    pv_l1_close(&from);
    return status;
}

static inline int16_t unmap_host(struct l1_table *t,
                                 const struct unmap_request *r, uint16_t flags,
                                 mfn_t frame)
{
    bool write = !(flags & GNTMAP_readonly);

    if (likely(!r->replace || !r->other))
        return zap(t, r->host_addr, flags & GNTMAP_contains_pte, frame, write,
                   0);
    return flags & GNTMAP_contains_pte ? GNTST_general_error
                                       : replace(t, r, frame, write);
}

static void unmap_device(const struct unmap_request *r, struct unmap *u,
                         mfn_t frame)
{
    if (r->other == mfn_to_paddr(frame))
        u->done |= GNTMAP_device_map;
    else
        u->status = GNTST_bad_dev_addr;
}

/* Takes the entries out; the rest waits for the flush. */
static void unmap_begin(struct grant_table *t, struct l1_table *l1,
                        const struct unmap_request *r, struct unmap *u)
{
    uint16_t flags;
    mfn_t frame;

    u->handle = r->handle;
    u->done = 0;
    u->status = GNTST_bad_handle;
    u->mapping = handle_claim(t, r->handle);
    if (!u->mapping)
        return;
    u->status = GNTST_okay;
    flags = flags_of(u->mapping);
    frame = grant_used_frame(u->mapping->ticket);
    if (unlikely(r->other && !r->replace && flags & GNTMAP_device_map))
        unmap_device(r, u, frame);
    if (u->status == GNTST_okay && r->host_addr && flags & GNTMAP_host_map) {
        u->status = unmap_host(l1, r, flags, frame);
        if (u->status == GNTST_okay)
            u->done |= GNTMAP_host_map;
    }
    if (u->status != GNTST_okay)
        u->done = 0; /* a failed operation ends nothing */
}

/* A mapping is over: so is the grant's use. */
static inline void end_mapping(struct grant_table *t, struct grant_mapping *m,
                               uint32_t handle, bool write)
{
    struct domain *granter = m->granter;

    grant_put(granter, m->ticket, write ? GRANT_WRITE : 0);
    handle_free(t, m, handle);
    domain_put(granter);
}

/* After the flush: the grant's use ends with the last part of the mapping. */
static void unmap_finish(struct grant_table *t, const struct unmap *u)
{
    struct grant_mapping *m = u->mapping;
    uint16_t flags, left;
    bool write;

    if (!m)
        return;
    flags = flags_of(m);
    left = flags & (uint16_t)~u->done;
    write = !(flags & GNTMAP_readonly);
    if (unlikely(u->done & GNTMAP_device_map))
        device_drop(grant_used_frame(m->ticket), write);
    if (left & MAPPING_HOLDS)
        handle_keep(m, left);
    else
        end_mapping(t, m, u->handle, write);
}

static int report_status(uint64_t arg, int16_t status)
{
    return guest_put_16(arg + offsetof(struct gnttab_unmap_grant_ref, status),
                        (uint16_t)status);
}

/* Up to BATCH operations and one flush. All that began ends. */
static long unmap_batch(uint64_t arg, uint32_t count, bool replace)
{
    const size_t size = sizeof(struct gnttab_unmap_grant_ref);
    struct grant_table *t = current_domain->grants;
    struct unmap_request r = {.replace = replace};
    struct l1_table table = L1_NO_TABLE;
    struct unmap u[BATCH];
    uint32_t begun;
    long rc = 0;

    for (begun = 0; begun < count; begun++) {
        rc = fetch_request(arg + begun * size, &r);
        if (rc)
            break;
        unmap_begin(t, &table, &r, &u[begun]);
    }
    pv_l1_close(&table);
    tlb_flush_stamp(tlb_stamp());
    for (uint32_t i = 0; i < begun; i++) {
        unmap_finish(t, &u[i]);
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
    struct grant_mapping *m = handle_claim(t, handle);
    uint16_t flags;
    bool write;

    if (!m)
        return false;
    flags = flags_of(m);
    write = !(flags & GNTMAP_readonly);
    if (flags & GNTMAP_device_map)
        device_drop(grant_used_frame(m->ticket), write);
    end_mapping(t, m, handle, write);
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
