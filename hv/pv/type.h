/*
 * pv/type.h - the page-type machine: what may happen to a frame's type word.
 * Layer: pv. Pure: functions of values (pv/type_test.c). pv/type.c acts.
 *
 * States of the word: idle (FRAME_NONE: stamp and former type), in use (type,
 * VALID, count >= 1), and busy (type without VALID: some vcpu validates or
 * devalidates the table; all others wait).
 */
#ifndef PV_TYPE_H
#define PV_TYPE_H

#include "mm/frame.h"

enum type_action {
    TYPE_REFUSE,     /* in use as something else, or the count is full */
    TYPE_WAIT,       /* busy: look again */
    TYPE_JOIN,       /* one more or one less of many: just store the word */
    TYPE_FIRST,      /* now in use: take the general reference */
    TYPE_VALIDATE,   /* now busy: take the reference, flush, check the table */
    TYPE_LAST,       /* now idle: drop the general reference */
    TYPE_DEVALIDATE, /* now busy: drop what the table refers to */
};

struct type_step {
    enum type_action action;
    uint64_t word; /* what to store, unless REFUSE or WAIT */
};

/*
 * Must stale translations be flushed before an idle frame becomes `type`?
 * A table or descriptor page must not be writable through one, and nothing
 * else may be walked through one as if it were still a table.
 */
static inline bool type_needs_flush(uint64_t idle, uint64_t type)
{
    uint64_t former = idle & TYPE_FORMER_MASK;

    return former && former != TYPE_FORMER(type);
}

static inline bool type_is_table(uint64_t type)
{
    return type >= FRAME_L1 && type <= FRAME_L4;
}

/* Takes one use as `type`. */
static inline struct type_step type_get_step(uint64_t old, uint64_t type)
{
    uint64_t now = old & TYPE_MASK;

    if (likely(now == type)) {
        if (!(old & TYPE_VALID))
            return (struct type_step){TYPE_WAIT, old};
        if ((old & TYPE_COUNT) >= TYPE_COUNT_MAX)
            return (struct type_step){TYPE_REFUSE, old};
        return (struct type_step){TYPE_JOIN, old + 1};
    }
    /* Also while it is busy: a table that refers to itself, or to one above it,
     * is busy with ourselves. So waits only go down the levels, and end. */
    if (now != FRAME_NONE)
        return (struct type_step){TYPE_REFUSE, old};
    /* Others join a word that is valid: not before what has to be flushed. */
    if (type == FRAME_WRITABLE && !type_needs_flush(old, type))
        return (struct type_step){TYPE_FIRST, type | TYPE_VALID | 1};
    return (struct type_step){TYPE_VALIDATE, type | 1};
}

/* Ends one use. */
static inline struct type_step type_put_step(uint64_t old, uint32_t stamp)
{
    if (likely((old & TYPE_COUNT) > 1))
        return (struct type_step){TYPE_JOIN, old - 1};
    if (type_is_table(old & TYPE_MASK))
        return (struct type_step){TYPE_DEVALIDATE, old & ~TYPE_VALID};
    return (struct type_step){TYPE_LAST, type_idle(old, stamp)};
}

#endif
