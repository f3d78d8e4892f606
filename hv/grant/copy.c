/*
 * grant/copy.c - GNTTABOP_copy: between frames of the caller and granted ones.
 * Layer: grant. Source: docs/abi.md
 */
#include "grant/grant_internal.h"
#include "lib/string.h"
#include "pv/pv.h"

/* One side of a copy, as long as it is held. */
struct side {
    struct domain *owner;
    mfn_t frame;
    uint32_t ref;
    bool by_ref;
    bool write;
};

/* What the operation says: whose frame, by reference or number. */
static int16_t side_open(struct side *s, const struct gnttab_copy_ptr *ptr,
                         bool by_ref, bool write)
{
    int16_t status = GNTST_okay;

    *s = (struct side){.by_ref = by_ref, .write = write};
    if (!by_ref && ptr->domid != DOMID_SELF)
        return GNTST_permission_denied;
    s->owner = grant_domain_get(ptr->domid);
    if (!s->owner)
        return GNTST_bad_domain;
    if (by_ref) {
        s->ref = ptr->u.ref;
        status =
            grant_get(s->owner, s->ref, current_domain->id, write, &s->frame);
    } else {
        s->frame = mfn(ptr->u.gmfn);
    }
    if (status != GNTST_okay)
        domain_put(s->owner);
    return status;
}

static void side_close(struct side *s)
{
    if (s->by_ref)
        grant_put(s->owner, s->ref, s->write);
    domain_put(s->owner);
}

/* Keeps the frame what it is while we copy. */
static bool side_hold(const struct side *s)
{
    if (!mfn_is_ram(s->frame))
        return false;
    if (s->write)
        return !frame_get_type(s->owner, s->frame, FRAME_WRITABLE);
    return frame_get(frame_of(mfn_nospec(s->frame)), s->owner->id);
}

static void side_drop(const struct side *s)
{
    if (s->write)
        frame_put_type(s->frame);
    else
        frame_put(frame_of(s->frame));
}

static int16_t copy_frames(const struct side *from, const struct side *to,
                           const struct gnttab_copy *op)
{
    char *src, *dst;

    if (!side_hold(from))
        return GNTST_bad_page;
    if (!side_hold(to)) {
        side_drop(from);
        return GNTST_bad_page;
    }
    src = frame_map(from->frame);
    dst = frame_map(to->frame);
    memmove(dst + op->dest.offset, src + op->source.offset, op->len);
    frame_unmap(dst);
    frame_unmap(src);
    side_drop(to);
    side_drop(from);
    return GNTST_okay;
}

static int16_t copy_one(const struct gnttab_copy *op)
{
    struct side from, to;
    int16_t status;

    if ((uint32_t)op->source.offset + op->len > PAGE_SIZE ||
        (uint32_t)op->dest.offset + op->len > PAGE_SIZE)
        return GNTST_bad_copy_arg;
    status =
        side_open(&from, &op->source, op->flags & GNTCOPY_source_gref, false);
    if (status != GNTST_okay)
        return status;
    status = side_open(&to, &op->dest, op->flags & GNTCOPY_dest_gref, true);
    if (status == GNTST_okay) {
        status = copy_frames(&from, &to, op);
        side_close(&to);
    }
    side_close(&from);
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
