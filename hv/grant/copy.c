/*
 * grant/copy.c - GNTTABOP_copy: between frames of the caller and granted ones.
 * Layer: grant. Source: docs/abi.md
 *
 * Mostly packets are copied between frames of the caller's and pages that one
 * domain grants: a stream, out or in. Pages of both sides then stay open from
 * one copy to the next, since packets end where no page ends, and grants are
 * only borrowed: their table is locked until the stream ends. No other lock of
 * this rank is taken meanwhile, and guest memory is not fetched. Every other
 * copy opens both its sides by itself.
 */
#include "grant/use.h"
#include "lib/memory.h"
#include "lib/string.h"
#include "pv/hold.h"

#define COPY_BATCH 16

/* memmove(), inline. */
static inline void move(char *dst, const char *src, uint32_t len)
{
    if (likely(len > 16 && is_upwards(dst, src, len)))
        copy_upwards((unsigned char *)dst, (const unsigned char *)src, len);
    else
        memmove(dst, src, len);
}

/* A page that stays what it is as long as it is open. */
struct page {
    struct frame *frame; /* NULL: it is not open */
    char *at;
};

/* By the short ways. False: it has no such owner, or is not in use as writable,
 * or is none. */
static inline bool page_open(struct page *p, mfn_t m, domid_t owner,
                             unsigned how)
{
    struct frame *f;

    p->frame = NULL;
    if (unlikely(!mfn_is_ram(m)))
        return false;
    m = mfn_nospec(m);
    f = frame_of(m);
    if (unlikely(!(how & GRANT_WRITE ? writable_join(f, owner)
                                     : frame_get(f, owner))))
        return false;
    p->frame = f;
    p->at = frame_map(m);
    return true;
}

static inline void page_close(struct page *p, unsigned how)
{
    frame_unmap(p->at);
    if (how & GRANT_WRITE)
        type_leave(p->frame);
    else
        frame_put(p->frame);
}

/* ---- a stream ---- */

struct stream {
    struct domain *granter; /* with a reference, or NULL */
    domid_t domid;          /* as the operations name him */
    domid_t caller;
    uint64_t own_name; /* a frame of the caller's, and: */
    struct page own;
    uint32_t ref; /* the granter's, and: */
    struct page granted;
    struct grant_entry_v1 *entry;
};

/* What its functions take: which way it flows. Constants, where they are
 * inlined. */
struct way {
    uint16_t flag;
    unsigned of_own, of_granted; /* how they are used */
};

static const struct way out = {GNTCOPY_dest_gref, 0, GRANT_WRITE};
static const struct way in = {GNTCOPY_source_gref, GRANT_WRITE, 0};

static __always_inline bool own_open(struct stream *s, uint64_t name,
                                     struct way way)
{
    s->own_name = name;
    return page_open(&s->own, mfn(name), s->caller, way.of_own);
}

static __always_inline bool granted_open(struct stream *s, uint32_t ref,
                                         struct way way)
{
    s->ref = ref;
    s->granted.frame = NULL;
    if (unlikely(!grant_borrow(s->granter->grants, ref, s->caller,
                               way.of_granted, &s->entry)))
        return false;
    if (likely(page_open(&s->granted, mfn(READ_ONCE(s->entry->frame)),
                         s->granter->id, way.of_granted)))
        return true;
    grant_give_back(s->entry, way.of_granted);
    return false;
}

static __always_inline void granted_close(struct stream *s, struct way way)
{
    page_close(&s->granted, way.of_granted);
    grant_give_back(s->entry, way.of_granted);
}

/* False: not of this stream, or not by the short ways. */
static __always_inline bool
stream_one(struct stream *s, const struct gnttab_copy *op, struct way way)
{
    bool is_out = way.of_granted;
    const struct gnttab_copy_ptr *own = is_out ? &op->source : &op->dest;
    const struct gnttab_copy_ptr *granted = is_out ? &op->dest : &op->source;
    char *at, *granted_at;

    if (unlikely(op->flags != way.flag || own->domid != DOMID_SELF ||
                 granted->domid != s->domid ||
                 own->offset + op->len > (int)PAGE_SIZE ||
                 granted->offset + op->len > (int)PAGE_SIZE))
        return false;
    if (own->u.gmfn != s->own_name) {
        page_close(&s->own, way.of_own);
        if (unlikely(!own_open(s, own->u.gmfn, way)))
            return false;
    }
    if (granted->u.ref != s->ref) {
        granted_close(s, way);
        if (unlikely(!granted_open(s, granted->u.ref, way)))
            return false;
    }
    at = s->own.at + own->offset;
    granted_at = s->granted.at + granted->offset;
    move(is_out ? granted_at : at, is_out ? at : granted_at, op->len);
    return true;
}

/* With the granter's table locked. */
static __always_inline uint32_t stream_locked(struct stream *s,
                                              struct gnttab_copy *op,
                                              uint32_t n, struct way way)
{
    bool is_out = way.of_granted;
    uint32_t i = 0;

    s->granted.frame = NULL;
    if (likely(
            own_open(s, is_out ? op->source.u.gmfn : op->dest.u.gmfn, way) &&
            granted_open(s, is_out ? op->dest.u.ref : op->source.u.ref, way)))
        while (i < n && stream_one(s, &op[i], way))
            op[i++].status = GNTST_okay;
    if (likely(s->granted.frame))
        granted_close(s, way);
    if (likely(s->own.frame))
        page_close(&s->own, way.of_own);
    return i;
}

static bool stream_find_granter(struct stream *s, domid_t domid)
{
    if (s->granter && s->domid == domid)
        return true;
    if (s->granter)
        domain_put(s->granter);
    s->domid = domid;
    s->granter = grant_domain_get(domid);
    return s->granter;
}

/* As many of the operations as are one stream, from the first one on. */
static uint32_t stream_all(struct stream *s, struct gnttab_copy *op, uint32_t n)
{
    bool is_out = op->flags == out.flag;
    struct spinlock *lock;

    if (!is_out && op->flags != in.flag)
        return 0;
    if (!stream_find_granter(s, is_out ? op->dest.domid : op->source.domid))
        return 0;
    lock = &s->granter->grants->lock;
    spin_lock(lock);
    n = is_out ? stream_locked(s, op, n, out) : stream_locked(s, op, n, in);
    spin_unlock(lock);
    return n;
}

/* ---- any other copy ---- */

/* One side of it, as long as it is open. */
struct side {
    struct domain *owner; /* whose frame or grant it is */
    struct page page;
    uint32_t start, end; /* what may be copied of the page */
    bool by_ref;
    struct grant_hold hold; /* then */
};

static int16_t hold_frame(struct side *s, struct domain *holder, mfn_t m,
                          unsigned how)
{
    int rc;

    if (page_open(&s->page, m, holder->id, how))
        return GNTST_okay;
    if (!(how & GRANT_WRITE) || !page_open(&s->page, m, holder->id, 0))
        return GNTST_bad_page;
    rc = frame_get_type(holder, m, FRAME_WRITABLE);
    frame_put(s->page.frame);
    return rc ? GNTST_general_error : GNTST_okay;
}

static int16_t open_grant(struct side *s, uint32_t ref, unsigned how)
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

static int16_t open_frame(struct side *s, mfn_t m, unsigned how)
{
    s->start = 0;
    s->end = PAGE_SIZE;
    return hold_frame(s, s->owner, m, how);
}

static int16_t side_open(struct side *s, const struct gnttab_copy_ptr *ptr,
                         bool by_ref, unsigned how)
{
    int16_t status = GNTST_permission_denied;

    s->by_ref = by_ref;
    s->owner = grant_domain_get(ptr->domid);
    if (!s->owner)
        return GNTST_bad_domain;
    if (by_ref)
        status = open_grant(s, ptr->u.ref, how);
    else if (ptr->domid == DOMID_SELF)
        status = open_frame(s, mfn(ptr->u.gmfn), how);
    if (status != GNTST_okay)
        domain_put(s->owner);
    return status;
}

static void side_close(struct side *s, unsigned how)
{
    page_close(&s->page, how);
    if (s->by_ref)
        grant_release(s->owner, how, &s->hold);
    domain_put(s->owner);
}

static bool side_has(const struct side *s, uint32_t offset, uint32_t len)
{
    return offset >= s->start && offset + len <= s->end;
}

static int16_t copy_open(const struct side *from, const struct side *to,
                         const struct gnttab_copy *op)
{
    uint32_t src = op->source.offset, dst = op->dest.offset, len = op->len;

    if (likely(side_has(from, src, len) && side_has(to, dst, len))) {
        move(to->page.at + dst, from->page.at + src, len);
        return GNTST_okay;
    }
    return MAX(src, dst) + len > PAGE_SIZE ? GNTST_bad_copy_arg
                                           : GNTST_general_error;
}

static int16_t copy_one(const struct gnttab_copy *op)
{
    struct side from, to;
    int16_t status =
        side_open(&from, &op->source, op->flags & GNTCOPY_source_gref, 0);

    if (status != GNTST_okay)
        return status;
    status =
        side_open(&to, &op->dest, op->flags & GNTCOPY_dest_gref, GRANT_WRITE);
    if (likely(status == GNTST_okay)) {
        status = copy_open(&from, &to, op);
        side_close(&to, GRANT_WRITE);
    }
    side_close(&from, 0);
    return status;
}

/* ---- batches ---- */

/* The next operations: how many. 0: there is none to be read. */
static uint32_t fetch(struct gnttab_copy *op, uint64_t arg, uint32_t count)
{
    uint32_t n = MIN(count, (uint32_t)COPY_BATCH);

    if (likely(!guest_read(op, guest_ptr(arg), n * sizeof(*op))))
        return n;
    return guest_get(op, arg) ? 0 : 1; /* one by one up to where it ends */
}

static void serve(struct stream *s, struct gnttab_copy *op, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        i += stream_all(s, &op[i], n - i);
        if (unlikely(i < n))
            op[i].status = copy_one(&op[i]);
    }
}

/* How many statuses could be written. */
static uint32_t report(const struct gnttab_copy *op, uint64_t arg, uint32_t n)
{
    return n - (uint32_t)guest_put_16_each(
                   arg + offsetof(struct gnttab_copy, status), &op->status,
                   sizeof(*op), n);
}

static long copy_all(uint64_t *arg, uint32_t *count, struct stream *s)
{
    struct gnttab_copy op[COPY_BATCH];
    uint32_t n, told;

    while (*count) {
        n = fetch(op, *arg, *count);
        serve(s, op, n);
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

long grant_copy(uint64_t *arg, uint32_t *count)
{
    struct stream s;
    long rc;

    s.granter = NULL;
    s.caller = current_domain->id;
    rc = copy_all(arg, count, &s);
    if (s.granter)
        domain_put(s.granter);
    return rc;
}
