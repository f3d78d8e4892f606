/*
 * grant/copy.c - GNTTABOP_copy: between frames of the caller and granted ones.
 * Layer: grant. Source: docs/abi.md
 *
 * A side stays open from one copy to the next, as long as that is of the same
 * frame: who copies a packet to pages of another size names each page twice.
 */
#include "grant/grant_internal.h"
#include "lib/string.h"
#include "pv/hold.h"

/* One side of a copy, as long as it is held. */
struct side {
    struct domain
        *owner;    /* whose frame or grant the operation names, or NULL */
    domid_t domid; /* as it names him */
    bool by_ref;
    bool is_open;
    uint64_t name; /* its reference or number */
    unsigned how;
    struct grant_hold hold;
};

static struct domain *frame_holder(const struct side *s)
{
    return s->hold.next ? s->hold.next : s->owner;
}

/* Keeps the frame what it is while we copy. */
static int16_t hold_frame(const struct side *s)
{
    struct domain *holder = frame_holder(s);
    mfn_t m = s->hold.frame;
    struct frame *f;
    int rc;

    if (!mfn_is_ram(m))
        return GNTST_bad_page;
    f = frame_of(mfn_nospec(m));
    if (s->how & GRANT_WRITE && likely(writable_join(f))) {
        if (likely(frame_owner(f) == holder->id))
            return GNTST_okay;
        type_leave(f);
    }
    if (!frame_get(f, holder->id))
        return GNTST_bad_page;
    if (!(s->how & GRANT_WRITE))
        return GNTST_okay;
    rc = frame_get_type(holder, m, FRAME_WRITABLE);
    frame_put(f);
    return rc ? GNTST_general_error : GNTST_okay;
}

static void drop_frame(const struct side *s)
{
    struct frame *f = frame_of(s->hold.frame);

    if (s->how & GRANT_WRITE)
        type_leave(f);
    else
        frame_put(f);
}

static void side_close(struct side *s)
{
    if (!s->is_open)
        return;
    s->is_open = false;
    drop_frame(s);
    if (s->by_ref)
        grant_release(s->owner, s->how, &s->hold);
}

static void side_end(struct side *s)
{
    side_close(s);
    if (s->owner)
        domain_put(s->owner);
    s->owner = NULL;
}

static int16_t find_owner(struct side *s, domid_t domid, bool by_ref)
{
    if (!by_ref && domid != DOMID_SELF)
        return GNTST_permission_denied;
    if (s->owner && s->domid == domid)
        return GNTST_okay;
    side_end(s);
    s->domid = domid;
    s->owner = grant_domain_get(domid);
    return s->owner ? GNTST_okay : GNTST_bad_domain;
}

static int16_t side_change(struct side *s, domid_t domid, bool by_ref,
                           uint64_t name)
{
    int16_t status;

    side_close(s);
    status = find_owner(s, domid, by_ref);
    if (status != GNTST_okay)
        return status;
    if (by_ref)
        status = grant_get(s->owner, (uint32_t)name, current_domain->id, s->how,
                           &s->hold);
    else
        s->hold = (struct grant_hold){.frame = mfn(name), .bytes = PAGE_SIZE};
    if (status != GNTST_okay)
        return status;
    s->by_ref = by_ref;
    s->name = name;
    status = hold_frame(s);
    s->is_open = status == GNTST_okay;
    if (!s->is_open && by_ref)
        grant_release(s->owner, s->how, &s->hold);
    return status;
}

/* Opens the side that an operation names: mostly it is the one of before. */
static inline int16_t side_open(struct side *s,
                                const struct gnttab_copy_ptr *ptr, bool by_ref)
{
    uint64_t name = by_ref ? ptr->u.ref : ptr->u.gmfn;

    if (s->is_open && s->domid == ptr->domid && s->by_ref == by_ref &&
        s->name == name)
        return GNTST_okay;
    return side_change(s, ptr->domid, by_ref, name);
}

static bool side_has(const struct side *s, const struct gnttab_copy_ptr *ptr,
                     uint32_t len)
{
    return ptr->offset >= s->hold.start &&
           ptr->offset + len <= s->hold.start + s->hold.bytes;
}

static int16_t copy_held(const struct side *from, const struct side *to,
                         const struct gnttab_copy *op)
{
    char *src, *dst;

    if ((uint32_t)op->source.offset + op->len > PAGE_SIZE ||
        (uint32_t)op->dest.offset + op->len > PAGE_SIZE)
        return GNTST_bad_copy_arg;
    if (!side_has(from, &op->source, op->len) ||
        !side_has(to, &op->dest, op->len))
        return GNTST_general_error;
    src = frame_map(from->hold.frame);
    dst = frame_map(to->hold.frame);
    memmove(dst + op->dest.offset, src + op->source.offset, op->len);
    frame_unmap(dst);
    frame_unmap(src);
    return GNTST_okay;
}

static int16_t copy_one(struct side *from, struct side *to,
                        const struct gnttab_copy *op)
{
    int16_t status =
        side_open(from, &op->source, op->flags & GNTCOPY_source_gref);

    if (status == GNTST_okay)
        status = side_open(to, &op->dest, op->flags & GNTCOPY_dest_gref);
    return status == GNTST_okay ? copy_held(from, to, op) : status;
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

long grant_copy(uint64_t *arg, uint32_t *count)
{
    struct side from = {.how = 0}, to = {.how = GRANT_WRITE};
    long rc = copy_all(arg, count, &from, &to);

    side_end(&to);
    side_end(&from);
    return rc;
}
