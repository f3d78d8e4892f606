/*
 * grant/copy.c - GNTTABOP_copy: between frames of the caller and granted ones.
 * Layer: grant. Source: docs/abi.md
 *
 * A side stays open from one copy to the next, as long as that is of the same
 * frame: who copies a packet to pages of another size names each page twice.
 *
 * Mostly a frame of the caller is copied to a granted one. That grant is only
 * borrowed: its table stays locked while that side is open. No other lock of
 * this rank is taken meanwhile, and guest memory is not fetched.
 */
#include "grant/use.h"
#include "lib/memory.h"
#include "lib/string.h"
#include "pv/hold.h"

/* One side of a copy, as long as it is held. */
struct side {
    struct domain *owner; /* whose frame or grant it is, or NULL */
    domid_t domid;        /* as the operations name him */
    uint32_t kind;        /* SIDE_CLOSED; domid, and SIDE_BY_REF */
    uint64_t name;        /* its reference or number */
    struct frame *frame;
    char *page;
    uint32_t start, end;             /* what may be copied of the page */
    struct grant_entry_v1 *borrowed; /* or NULL */
    struct grant_hold hold;          /* of a grant that is not */
};

#define SIDE_BY_REF 0x10000U
#define SIDE_CLOSED 0x20000U

struct copy {
    struct side from, to;
    struct grant_table
        *locked; /* to.owner's: what `to` borrows from, or NULL */
    domid_t caller;
};

#define COPY_BATCH 16

static inline bool hold_writable(struct side *s, domid_t owner)
{
    if (unlikely(!writable_join(s->frame)))
        return false;
    if (likely(frame_owner(s->frame) == owner))
        return true;
    type_leave(s->frame);
    return false;
}

static inline bool name_frame(struct side *s, mfn_t m)
{
    if (unlikely(!mfn_is_ram(m)))
        return false;
    m = mfn_nospec(m);
    s->frame = frame_of(m);
    s->page = frame_map(m);
    return true;
}

/* Keeps the frame what it is while we copy. */
static inline int16_t hold_frame(struct side *s, struct domain *holder, mfn_t m,
                                 unsigned how)
{
    int rc;

    if (!name_frame(s, m))
        return GNTST_bad_page;
    if (how & GRANT_WRITE && likely(hold_writable(s, holder->id)))
        return GNTST_okay;
    if (!frame_get(s->frame, holder->id))
        return GNTST_bad_page;
    if (!(how & GRANT_WRITE))
        return GNTST_okay;
    rc = frame_get_type(holder, m, FRAME_WRITABLE);
    frame_put(s->frame);
    return rc ? GNTST_general_error : GNTST_okay;
}

/* Ends what side_open() began, but for its name and kind. */
static inline void side_leave(struct side *s, unsigned how)
{
    frame_unmap(s->page);
    if (how & GRANT_WRITE)
        type_leave(s->frame);
    else
        frame_put(s->frame);
    if (how & GRANT_WRITE && likely(s->borrowed))
        grant_give_back(s->borrowed, how);
    else if (s->kind & SIDE_BY_REF)
        grant_release(s->owner, how, &s->hold);
}

static void side_close(struct side *s, unsigned how)
{
    if (s->kind != SIDE_CLOSED)
        side_leave(s, how);
    s->kind = SIDE_CLOSED;
    s->borrowed = NULL;
}

static void return_borrowed(struct copy *c)
{
    if (!c->locked)
        return;
    if (c->to.borrowed)
        side_close(&c->to, GRANT_WRITE);
    spin_unlock(&c->locked->lock);
    c->locked = NULL;
}

static int16_t find_owner(struct side *s, domid_t domid)
{
    if (s->owner)
        domain_put(s->owner);
    s->domid = domid;
    s->owner = grant_domain_get(domid);
    return s->owner ? GNTST_okay : GNTST_bad_domain;
}

/* Of a frame that the granter, too, uses as writable, and nobody else's grant;
 * then of the whole page. False: by no means, or by open_grant(). */
static inline bool borrow_grant(struct copy *c, struct side *to, uint32_t ref)
{
    struct grant_entry_v1 *entry;

    if (unlikely(!c->locked)) {
        c->locked = to->owner->grants;
        spin_lock(&c->locked->lock);
    }
    if (!grant_borrow(c->locked, ref, c->caller, GRANT_WRITE, &entry))
        return false;
    if (unlikely(!name_frame(to, mfn(READ_ONCE(entry->frame))) ||
                 !hold_writable(to, to->owner->id))) {
        grant_give_back(entry, GRANT_WRITE);
        return false;
    }
    to->borrowed = entry;
    to->start = 0;
    to->end = PAGE_SIZE;
    return true;
}

static __noinline int16_t open_grant(struct side *s, uint32_t ref, unsigned how)
{
    int16_t status =
        grant_get(s->owner, ref, current_domain->id, how, &s->hold);

    if (status != GNTST_okay)
        return status;
    s->start = s->hold.start;
    s->end = MIN(s->hold.start + s->hold.bytes, (uint32_t)PAGE_SIZE);
    status = hold_frame(s, s->hold.next ? s->hold.next : s->owner,
                        s->hold.frame, how);
    if (status != GNTST_okay)
        grant_release(s->owner, how, &s->hold);
    return status;
}

static inline int16_t open_frame(struct side *s, mfn_t m, unsigned how)
{
    if (s->domid != DOMID_SELF)
        return GNTST_permission_denied;
    s->start = 0;
    s->end = PAGE_SIZE;
    return hold_frame(s, s->owner, m, how);
}

/* Another domain's than before, or otherwise named. */
static __noinline int16_t side_prepare(struct copy *c, struct side *s,
                                       domid_t domid, unsigned how)
{
    return_borrowed(c);
    side_close(s, how);
    return s->owner && s->domid == domid ? GNTST_okay : find_owner(s, domid);
}

static inline int16_t open_granted(struct copy *c, struct side *s, uint32_t ref,
                                   unsigned how)
{
    if (how & GRANT_WRITE && !(c->from.kind & SIDE_BY_REF)) {
        if (likely(borrow_grant(c, s, ref)))
            return GNTST_okay;
        s->borrowed = NULL;
        return_borrowed(c);
    }
    return open_grant(s, ref, how);
}

/* Opens the side that an operation names, c->from or c->to: often it is the
 * one of before, and mostly of the same domain's. */
static __always_inline int16_t side_open(struct copy *c, struct side *s,
                                         const struct gnttab_copy_ptr *ptr,
                                         uint32_t by_ref, unsigned how)
{
    uint64_t name = by_ref ? ptr->u.ref : ptr->u.gmfn;
    uint32_t kind = ptr->domid | by_ref;
    int16_t status = GNTST_okay;

    if (unlikely(s->kind != kind))
        status = side_prepare(c, s, ptr->domid, how);
    else if (s->name == name)
        return GNTST_okay;
    else
        side_leave(s, how);
    if (likely(status == GNTST_okay))
        status = by_ref ? open_granted(c, s, (uint32_t)name, how)
                        : open_frame(s, mfn(name), how);
    s->kind = likely(status == GNTST_okay) ? kind : SIDE_CLOSED;
    s->name = name;
    return status;
}

static inline bool side_has(const struct side *s, uint32_t offset, uint32_t len)
{
    return offset >= s->start && offset + len <= s->end;
}

/* memmove(), inline. */
static inline void move(char *dst, const char *src, uint32_t len)
{
    if (likely(len > 16 && is_upwards(dst, src, len)))
        copy_upwards((unsigned char *)dst, (const unsigned char *)src, len);
    else
        memmove(dst, src, len);
}

static inline int16_t copy_held(const struct side *from, const struct side *to,
                                const struct gnttab_copy *op)
{
    uint32_t src = op->source.offset, dst = op->dest.offset, len = op->len;

    if (likely(side_has(from, src, len) && side_has(to, dst, len))) {
        move(to->page + dst, from->page + src, len);
        return GNTST_okay;
    }
    return MAX(src, dst) + len > PAGE_SIZE ? GNTST_bad_copy_arg
                                           : GNTST_general_error;
}

/* The bit of a flag as SIDE_BY_REF. */
static inline uint32_t by_ref(const struct gnttab_copy *op, uint32_t flag)
{
    return op->flags & flag ? SIDE_BY_REF : 0;
}

static inline int16_t copy_one(struct copy *c, const struct gnttab_copy *op)
{
    int16_t status =
        side_open(c, &c->from, &op->source, by_ref(op, GNTCOPY_source_gref), 0);

    if (likely(status == GNTST_okay))
        status = side_open(c, &c->to, &op->dest, by_ref(op, GNTCOPY_dest_gref),
                           GRANT_WRITE);
    return likely(status == GNTST_okay) ? copy_held(&c->from, &c->to, op)
                                        : status;
}

/* The next operations: how many. 0: there is none to be read. */
static uint32_t fetch(struct gnttab_copy *op, uint64_t arg, uint32_t count)
{
    uint32_t n = MIN(count, (uint32_t)COPY_BATCH);

    if (likely(!guest_read(op, guest_ptr(arg), n * sizeof(*op))))
        return n;
    return guest_get(op, arg) ? 0 : 1; /* one by one up to where it ends */
}

/* How many statuses could be written. */
static uint32_t report(const struct gnttab_copy *op, uint64_t arg, uint32_t n)
{
    return n - (uint32_t)guest_put_16_each(
                   arg + offsetof(struct gnttab_copy, status), &op->status,
                   sizeof(*op), n);
}

static long copy_all(uint64_t *arg, uint32_t *count, struct copy *c)
{
    struct gnttab_copy op[COPY_BATCH];
    uint32_t n, told;

    while (*count) {
        n = fetch(op, *arg, *count);
        for (uint32_t i = 0; i < n; i++)
            op[i].status = copy_one(c, &op[i]);
        return_borrowed(c);
        told = report(op, *arg, n);
        *arg += told * sizeof(*op);
        *count -= told;
        if (!n || told != n)
            return -EFAULT;
        if (*count && preempt_point())
            return -ERESTART;
    }
    return 0;
}

static void side_begin(struct side *s)
{
    s->owner = NULL;
    s->kind = SIDE_CLOSED;
    s->borrowed = NULL;
}

static void side_end(struct side *s, unsigned how)
{
    side_close(s, how);
    if (s->owner)
        domain_put(s->owner);
}

long grant_copy(uint64_t *arg, uint32_t *count)
{
    struct copy c;
    long rc;

    c.locked = NULL;
    c.caller = current_domain->id;
    side_begin(&c.from);
    side_begin(&c.to);
    rc = copy_all(arg, count, &c);
    side_end(&c.to, GRANT_WRITE);
    side_end(&c.from, 0);
    return rc;
}
