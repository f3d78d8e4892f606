/*
 * grant/copy.c - GNTTABOP_copy: between frames of the caller and granted ones.
 * Layer: grant. Source: docs/abi.md
 */
#include "grant/grant_internal.h"
#include "lib/string.h"
#include "pv/pv.h"

/* One side of a copy, as long as it is held. */
struct side {
    struct domain *owner; /* whose frame or grant the operation names */
    uint32_t ref;
    bool by_ref;
    unsigned how;
    struct grant_hold hold;
};

static struct domain *frame_holder(const struct side *s)
{
    return s->hold.next ? s->hold.next : s->owner;
}

/* Whose frame, by reference or number. */
static int16_t side_find(struct side *s, const struct gnttab_copy_ptr *ptr,
                         bool by_ref, bool write)
{
    *s = (struct side){.by_ref = by_ref, .how = write ? GRANT_WRITE : 0};
    if (!by_ref && ptr->domid != DOMID_SELF)
        return GNTST_permission_denied;
    s->owner = grant_domain_get(ptr->domid);
    return s->owner ? GNTST_okay : GNTST_bad_domain;
}

/* Keeps the frame what it is while we copy. */
static int16_t hold_frame(const struct side *s)
{
    struct domain *holder = frame_holder(s);
    mfn_t m = s->hold.frame;
    int rc;

    if (!mfn_is_ram(m) || !frame_get(frame_of(mfn_nospec(m)), holder->id))
        return GNTST_bad_page;
    if (!(s->how & GRANT_WRITE))
        return GNTST_okay;
    rc = frame_get_type(holder, m, FRAME_WRITABLE);
    frame_put(frame_of(m));
    return rc ? GNTST_general_error : GNTST_okay;
}

static int16_t side_open(struct side *s, const struct gnttab_copy_ptr *ptr)
{
    int16_t status;

    if (!s->by_ref) {
        s->hold =
            (struct grant_hold){.frame = mfn(ptr->u.gmfn), .bytes = PAGE_SIZE};
        return hold_frame(s);
    }
    s->ref = ptr->u.ref;
    status = grant_get(s->owner, s->ref, current_domain->id, s->how, &s->hold);
    if (status != GNTST_okay)
        return status;
    status = hold_frame(s);
    if (status != GNTST_okay)
        grant_release(s->owner, s->ref, s->how, &s->hold);
    return status;
}

static void side_close(const struct side *s)
{
    if (s->how & GRANT_WRITE)
        frame_put_type(s->hold.frame);
    else
        frame_put(frame_of(s->hold.frame));
    if (s->by_ref)
        grant_release(s->owner, s->ref, s->how, &s->hold);
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

static int16_t copy_between(struct side *from, struct side *to,
                            const struct gnttab_copy *op)
{
    int16_t status = side_open(from, &op->source);

    if (status != GNTST_okay)
        return status;
    status = side_open(to, &op->dest);
    if (status == GNTST_okay) {
        status = copy_held(from, to, op);
        side_close(to);
    }
    side_close(from);
    return status;
}

static int16_t copy_one(const struct gnttab_copy *op)
{
    struct side from, to;
    int16_t status =
        side_find(&from, &op->source, op->flags & GNTCOPY_source_gref, false);

    if (status != GNTST_okay)
        return status;
    status = side_find(&to, &op->dest, op->flags & GNTCOPY_dest_gref, true);
    if (status == GNTST_okay) {
        status = copy_between(&from, &to, op);
        domain_put(to.owner);
    }
    domain_put(from.owner);
    return status;
}

long grant_copy(uint64_t *arg, uint32_t *count)
{
    while (*count) {
        struct gnttab_copy op;
        int16_t status;

        if (guest_get(&op, *arg))
            return -EFAULT;
        status = copy_one(&op);
        if (guest_put(*arg + offsetof(struct gnttab_copy, status), &status))
            return -EFAULT;
        *arg += sizeof(op);
        if (--*count % 16 == 0 && *count && preempt_point())
            return -ERESTART;
    }
    return 0;
}
