/*
 * grant/copy.c - GNTTABOP_copy: between frames of the caller and granted ones.
 * Layer: grant. Source: docs/abi.md
 *
 * A side stays open from one copy to the next, as long as that is of the same
 * frame: who copies a packet to pages of another size names each page twice.
 */
#include "grant/grant_internal.h"
#include "lib/string.h"
#include "pv/pv.h"

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
    int rc;

    if (!mfn_is_ram(m) || !frame_get(frame_of(mfn_nospec(m)), holder->id))
        return GNTST_bad_page;
    if (!(s->how & GRANT_WRITE))
        return GNTST_okay;
    rc = frame_get_type(holder, m, FRAME_WRITABLE);
    frame_put(frame_of(m));
    return rc ? GNTST_general_error : GNTST_okay;
}

static int16_t side_open(struct side *s)
{
    uint32_t ref = (uint32_t)s->name;
    int16_t status;

    if (s->is_open)
        return GNTST_okay;
    s->hold = (struct grant_hold){.frame = mfn(s->name), .bytes = PAGE_SIZE};
    status = s->by_ref ? grant_get(s->owner, ref, current_domain->id, s->how,
                                   &s->hold)
                       : GNTST_okay;
    if (status != GNTST_okay)
        return status;
    status = hold_frame(s);
    s->is_open = status == GNTST_okay;
    if (!s->is_open && s->by_ref)
        grant_release(s->owner, ref, s->how, &s->hold);
    return status;
}

static void side_close(struct side *s)
{
    if (!s->is_open)
        return;
    s->is_open = false;
    if (s->how & GRANT_WRITE)
        frame_put_type(s->hold.frame);
    else
        frame_put(frame_of(s->hold.frame));
    if (s->by_ref)
        grant_release(s->owner, (uint32_t)s->name, s->how, &s->hold);
}

static void side_end(struct side *s)
{
    side_close(s);
    if (s->owner)
        domain_put(s->owner);
    s->owner = NULL;
}

/* Whose frame, by reference or number; it may be the one of before. */
static int16_t side_find(struct side *s, const struct gnttab_copy_ptr *ptr,
                         bool by_ref)
{
    uint64_t name = by_ref ? ptr->u.ref : ptr->u.gmfn;

    if (s->owner && s->domid == ptr->domid && s->by_ref == by_ref) {
        if (s->name != name)
            side_close(s);
        s->name = name;
        return GNTST_okay;
    }
    side_end(s);
    if (!by_ref && ptr->domid != DOMID_SELF)
        return GNTST_permission_denied;
    s->domid = ptr->domid;
    s->by_ref = by_ref;
    s->name = name;
    s->owner = grant_domain_get(ptr->domid);
    return s->owner ? GNTST_okay : GNTST_bad_domain;
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
        side_find(from, &op->source, op->flags & GNTCOPY_source_gref);

    if (status == GNTST_okay)
        status = side_find(to, &op->dest, op->flags & GNTCOPY_dest_gref);
    if (status == GNTST_okay)
        status = side_open(from);
    if (status == GNTST_okay)
        status = side_open(to);
    return status == GNTST_okay ? copy_held(from, to, op) : status;
}

static long copy_all(uint64_t *arg, uint32_t *count, struct side *from,
                     struct side *to)
{
    while (*count) {
        struct gnttab_copy op;
        int16_t status;

        if (guest_get(&op, *arg))
            return -EFAULT;
        status = copy_one(from, to, &op);
        if (guest_put(*arg + offsetof(struct gnttab_copy, status), &status))
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
