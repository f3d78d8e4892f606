/*
 * tests/model/spec.c - the rules of page types, as short as they can be said.
 *
 * Everything is a consequence of what the guest asked for: pins, base pointers,
 * holds and the contents of frames. A frame that is used as a table uses what
 * its entries name. A request is granted if, with all that is there already,
 * no frame would have two types, and none that is not the domain's is reached.
 */
#include <string.h>

#include "model.h"

/* What was before the request, and what follows with it. */
struct walk {
    const struct model *m;
    const struct derived *before; /* NULL: whatever there is, may be */
    struct derived *d;
};

static void add_use(struct walk *w, unsigned frame, uint8_t type);

/* A frame that nobody refers to any more is not the domain's. */
static bool is_owned(const struct walk *w, unsigned frame)
{
    return !w->before || w->before->refs[frame];
}

static void add_ref(struct walk *w, unsigned frame)
{
    w->d->refs[frame]++;
    if (!is_owned(w, frame))
        w->d->conflict = true;
}

/* The other domain's frame is mapped only by asking for that: a table that
 * has it already can stay, but not become one again. */
static void add_entry(struct walk *w, unsigned table, uint8_t level, uint8_t e)
{
    unsigned frame = ENTRY_FRAME(e);

    if (level > 1 && frame == table && !ENTRY_WRITABLE(e))
        return; /* linear */
    if (frame == FOREIGN &&
        (level > 1 || (w->before && w->before->type[table] != 1)))
        w->d->conflict = true;
    if (level > 1)
        add_use(w, frame, level - 1);
    else if (ENTRY_WRITABLE(e))
        add_use(w, frame, T_WRITABLE);
    else
        add_ref(w, frame);
}

/* All typed uses together are one reference. */
static void add_use(struct walk *w, unsigned frame, uint8_t type)
{
    w->d->uses[frame]++;
    if (w->d->type[frame] == type)
        return;
    if (w->d->type[frame] != T_NONE) {
        w->d->conflict = true;
        return;
    }
    w->d->type[frame] = type;
    add_ref(w, frame);
    for (unsigned i = 0; type <= T_L4 && i < SLOTS; i++)
        if (w->m->slot[frame][i])
            add_entry(w, frame, type, w->m->slot[frame][i]);
}

static void add_base(struct walk *w, uint8_t frame)
{
    if (frame != NOBODY)
        add_use(w, frame, T_L4);
}

static void add_all(struct walk *w)
{
    const struct model *m = w->m;

    memset(w->d, 0, sizeof(*w->d));
    for (unsigned f = 0; f < FRAMES_; f++) {
        if (m->allocated[f])
            w->d->refs[f]++;
        if (m->held_ro[f])
            w->d->refs[f]++;
        if (m->pin[f])
            add_use(w, f, m->pin[f]);
        if (m->held_rw[f])
            add_use(w, f, T_WRITABLE);
    }
    for (unsigned v = 0; v < VCPUS; v++) {
        add_base(w, m->kernel_base[v]);
        add_base(w, m->user_base[v]);
    }
}

void spec_derive(const struct model *m, struct derived *d)
{
    add_all(&(struct walk){m, NULL, d});
}

/* Beside all there is: one more use of a frame, or reference to it. */
static bool can_use(const struct model *m, const struct derived *before,
                    unsigned frame, uint8_t type)
{
    struct derived d = *before;
    struct walk w = {m, before, &d};

    if (type == T_NONE)
        add_ref(&w, frame);
    else
        add_use(&w, frame, type);
    return !d.conflict;
}

static bool take(struct model *m, const struct derived *before, unsigned frame,
                 uint8_t type, uint8_t *target, uint8_t value)
{
    if (!can_use(m, before, frame, type))
        return false;
    *target = value;
    return true;
}

/* An entry of a table, or memory that a guest may write. */
static bool set(struct model *m, const struct derived *before,
                const struct op *op, bool foreign)
{
    uint8_t type = before->type[op->frame], e = op->value;
    uint8_t *slot = &m->slot[op->frame][op->slot];

    if (type == T_NONE || type == T_WRITABLE)
        return take(m, before, op->frame, T_WRITABLE, slot, e);
    if (foreign && type > 1)
        return false;
    if (e && foreign != (ENTRY_FRAME(e) == FOREIGN))
        return false;
    if (e && type > 1 && ENTRY_FRAME(e) == op->frame && !ENTRY_WRITABLE(e)) {
        *slot = e; /* linear */
        return true;
    }
    type = type > 1 ? type - 1 : ENTRY_WRITABLE(e) ? T_WRITABLE : T_NONE;
    if (e && !can_use(m, before, ENTRY_FRAME(e), type))
        return false;
    *slot = e;
    return true;
}

static bool pin(struct model *m, const struct derived *before,
                const struct op *op)
{
    uint8_t *level = &m->pin[op->frame];

    return !*level && take(m, before, op->frame, op->value, level, op->value);
}

static bool unpin(struct model *m, const struct op *op)
{
    bool was = m->pin[op->frame];

    m->pin[op->frame] = 0;
    return was;
}

static bool set_base(struct model *m, const struct derived *before,
                     uint8_t *base, uint8_t frame)
{
    if (frame == *base || frame == NOBODY) {
        *base = frame;
        return true;
    }
    return take(m, before, frame, T_L4, base, frame);
}

static bool hold(const struct model *m, const struct derived *before,
                 const struct op *op, bool *held, bool rw)
{
    if (!can_use(m, before, op->frame, rw ? T_WRITABLE : T_NONE))
        return false;
    *held = true;
    return true;
}

static bool fill(struct model *m, const struct derived *before,
                 const struct op *op, const uint8_t *from)
{
    if (!can_use(m, before, op->frame, T_WRITABLE) ||
        (from && !before->refs[op->value]))
        return false;
    for (unsigned i = 0; i < SLOTS; i++)
        m->slot[op->frame][i] = from ? from[i] : ENTRY_NONE;
    return true;
}

static bool decrease(struct model *m, const struct op *op)
{
    bool was = m->allocated[op->frame];

    m->allocated[op->frame] = false;
    return was;
}

static bool increase(struct model *m, const struct op *op)
{
    m->allocated[op->frame] = true;
    memset(m->slot[op->frame], 0, SLOTS);
    return true;
}

bool spec_apply(struct model *m, const struct derived *before,
                const struct op *op)
{
    switch ((enum op_kind)op->kind) {
    case OP_SET:
    case OP_SET_FOREIGN:
        return set(m, before, op, op->kind == OP_SET_FOREIGN);
    case OP_SET_LOST:
        return false;
    case OP_PIN:
        return pin(m, before, op);
    case OP_UNPIN:
        return unpin(m, op);
    case OP_BASE:
        return set_base(m, before, &m->kernel_base[op->vcpu], op->frame);
    case OP_USER_BASE:
        return set_base(m, before, &m->user_base[op->vcpu], op->frame);
    case OP_HOLD_RO:
        return hold(m, before, op, &m->held_ro[op->frame], false);
    case OP_HOLD_RW:
        return hold(m, before, op, &m->held_rw[op->frame], true);
    case OP_DROP_RO:
        m->held_ro[op->frame] = false;
        return true;
    case OP_DROP_RW:
        m->held_rw[op->frame] = false;
        return true;
    case OP_CLEAR:
        return fill(m, before, op, NULL);
    case OP_COPY:
        return fill(m, before, op, m->slot[op->value]);
    case OP_DECREASE:
        return decrease(m, op);
    case OP_INCREASE:
        return increase(m, op);
    case OP_FLUSH:
    case OP_FLUSH_ALL:
        return true;
    }
    return false;
}
