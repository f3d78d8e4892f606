/*
 * grant/copy.c - GNTTABOP_copy: between frames of the caller and granted ones.
 * Layer: grant. Source: docs/abi.md
 *
 * A side stays open from one copy to the next, as long as that is of the same
 * frame: who copies a packet to pages of another size names each page twice.
 */
#include "grant/use.h"
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
    uint32_t start, end; /* what may be copied of the page */
    struct grant_hold hold;
};

#define SIDE_BY_REF 0x10000U
#define SIDE_CLOSED 0x20000U

/* Keeps the frame what it is while we copy. */
static inline int16_t hold_frame(struct side *s, struct domain *holder, mfn_t m,
                                 unsigned how)
{
    struct frame *f;
    int rc;

    if (!mfn_is_ram(m))
        return GNTST_bad_page;
    m = mfn_nospec(m);
    f = s->frame = frame_of(m);
    s->page = frame_map(m);
    if (how & GRANT_WRITE && likely(writable_join(f))) {
        if (likely(frame_owner(f) == holder->id))
            return GNTST_okay;
        type_leave(f);
    }
    if (!frame_get(f, holder->id))
        return GNTST_bad_page;
    if (!(how & GRANT_WRITE))
        return GNTST_okay;
    rc = frame_get_type(holder, m, FRAME_WRITABLE);
    frame_put(f);
    return rc ? GNTST_general_error : GNTST_okay;
}

static inline void side_close(struct side *s, unsigned how)
{
    if (s->kind == SIDE_CLOSED)
        return;
    frame_unmap(s->page);
    if (how & GRANT_WRITE)
        type_leave(s->frame);
    else
        frame_put(s->frame);
    if (s->kind & SIDE_BY_REF)
        grant_release(s->owner, how, &s->hold);
    s->kind = SIDE_CLOSED;
}

static __noinline int16_t find_owner(struct side *s, domid_t domid)
{
    if (s->owner)
        domain_put(s->owner);
    s->domid = domid;
    s->owner = grant_domain_get(domid);
    return s->owner ? GNTST_okay : GNTST_bad_domain;
}

static inline int16_t open_grant(struct side *s, uint32_t ref, unsigned how)
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

/* Opens the side that an operation names: mostly it is the one of before. */
static __always_inline int16_t side_open(struct side *s,
                                         const struct gnttab_copy_ptr *ptr,
                                         uint32_t by_ref, unsigned how)
{
    uint64_t name = by_ref ? ptr->u.ref : ptr->u.gmfn;
    int16_t status = GNTST_okay;

    if (s->kind == (ptr->domid | by_ref) && s->name == name)
        return GNTST_okay;
    side_close(s, how);
    if (unlikely(!s->owner || s->domid != ptr->domid))
        status = find_owner(s, ptr->domid);
    if (unlikely(status != GNTST_okay))
        return status;
    status = by_ref ? open_grant(s, (uint32_t)name, how)
                    : open_frame(s, mfn(name), how);
    if (likely(status == GNTST_okay)) {
        s->kind = ptr->domid | by_ref;
        s->name = name;
    }
    return status;
}

static bool side_has(const struct side *s, uint32_t offset, uint32_t len)
{
    return offset >= s->start && offset + len <= s->end;
}

static int16_t copy_held(const struct side *from, const struct side *to,
                         const struct gnttab_copy *op)
{
    uint32_t src = op->source.offset, dst = op->dest.offset, len = op->len;

    if (likely(side_has(from, src, len) && side_has(to, dst, len))) {
        memmove(to->page + dst, from->page + src, len);
        return GNTST_okay;
    }
    return MAX(src, dst) + len > PAGE_SIZE ? GNTST_bad_copy_arg
                                           : GNTST_general_error;
}

/* The bit of a flag as SIDE_BY_REF. */
static uint32_t by_ref(const struct gnttab_copy *op, uint32_t flag)
{
    return op->flags & flag ? SIDE_BY_REF : 0;
}

static inline int16_t copy_one(struct side *from, struct side *to,
                               const struct gnttab_copy *op)
{
    int16_t status =
        side_open(from, &op->source, by_ref(op, GNTCOPY_source_gref), 0);

    if (likely(status == GNTST_okay))
        status = side_open(to, &op->dest, by_ref(op, GNTCOPY_dest_gref),
                           GRANT_WRITE);
    return likely(status == GNTST_okay) ? copy_held(from, to, op) : status;
}

static long copy_all(uint64_t *arg, uint32_t *count, struct side *from,
                     struct side *to)
{
    while (*count) {
        struct gnttab_copy op;

        if (guest_get(&op, *arg))
            return -EFAULT;
        op.status = copy_one(from, to, &op);
        if (guest_put_16(*arg + offsetof(struct gnttab_copy, status),
                         (uint16_t)op.status))
            return -EFAULT;
        *arg += sizeof(op);
        if (--*count % 16 == 0 && *count && preempt_point())
            return -ERESTART;
    }
    return 0;
}

static void side_begin(struct side *s)
{
    s->owner = NULL;
    s->kind = SIDE_CLOSED;
}

static void side_end(struct side *s, unsigned how)
{
    side_close(s, how);
    if (s->owner)
        domain_put(s->owner);
}

long grant_copy(uint64_t *arg, uint32_t *count)
{
    struct side from, to;
    long rc;

    side_begin(&from);
    side_begin(&to);
    rc = copy_all(arg, count, &from, &to);
    side_end(&to, GRANT_WRITE);
    side_end(&from, 0);
    return rc;
}
