/*
 * tests/model/model.h - a machine of four frames, two vcpus on two CPUs, and a
 * frame of somebody else's. What it is, what can be done to it.
 *
 * spec.c says what must happen, real.c lets the hypervisor's own code do it,
 * explore.c tries everything.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define OWN     4 /* frames of the domain's: 0-3 */
#define FOREIGN 4 /* the number of the other domain's frame */
#define FRAMES_ 5
#define SLOTS   2 /* entries of a frame that are used */
#define VCPUS   2
#define NOBODY  7 /* a base pointer that is not set */

/* What a slot has: nothing, or a frame, mapped read-only or writable. */
#define ENTRY_NONE        0
#define ENTRY(frame, rw)  ((uint8_t)(1U + 2U * (frame) + (rw)))
#define ENTRY_FRAME(e)    (((unsigned)(e)-1) / 2)
#define ENTRY_WRITABLE(e) (((unsigned)(e)-1) & 1)

/* 1-4: a table of that level. */
enum model_type { T_NONE, T_L4 = 4, T_WRITABLE };

/* The guest's view: all references follow from it. */
struct model {
    bool allocated[FRAMES_];
    uint8_t slot[FRAMES_][SLOTS];
    uint8_t pin[FRAMES_];                    /* level, or 0 */
    bool held_ro[FRAMES_], held_rw[FRAMES_]; /* by grants and the like */
    uint8_t kernel_base[VCPUS], user_base[VCPUS];
};

/* What follows. */
struct derived {
    uint8_t type[FRAMES_], uses[FRAMES_], refs[FRAMES_];
    bool conflict; /* it cannot be */
};

enum op_kind {
    OP_SET,         /* frame, slot: value */
    OP_SET_FOREIGN, /* the same for a page of the other domain's */
    OP_SET_LOST,    /* compare and exchange that meets another value */
    OP_PIN,         /* frame: level */
    OP_UNPIN,
    OP_BASE,      /* vcpu, frame */
    OP_USER_BASE, /* vcpu, frame or NOBODY */
    OP_HOLD_RO,
    OP_DROP_RO,
    OP_HOLD_RW,
    OP_DROP_RW,
    OP_CLEAR,    /* frame: the clear_page operation */
    OP_COPY,     /* frame, value: from which frame */
    OP_DECREASE, /* frame leaves the reservation */
    OP_INCREASE, /* a frame that went comes back */
    OP_FLUSH,    /* vcpu's TLB */
    OP_FLUSH_ALL,
};

struct op {
    uint8_t kind, frame, slot, value, vcpu;
};

/* ---- spec.c ---- */
/* May it be done, and what is then? *m changes only if so. `before` is what
 * spec_derive() says of it. */
bool spec_apply(struct model *m, const struct derived *before,
                const struct op *op);
/* What references exist. */
void spec_derive(const struct model *m, struct derived *d);

/* ---- real.c ---- */
#define CACHED(type)                                                           \
    (1U << (type)) /* T_NONE stands for a read-only mapping                    \
                    */

/* The hypervisor's side of a state, and what no code knows: which translations
 * each CPU may have cached. */
struct real {
    struct real_frame {
        uint64_t ref, type;
    } frame[FRAMES_];
    uint32_t flush_clock[VCPUS], clock, free_stamp;
    uint8_t cached[VCPUS][FRAMES_];
};

void real_begin(struct model *m, struct real *r);
/* Puts the machine into a state, does it, and looks what came of it. Returns
 * whether it was done. *m is the guest's view afterwards. */
bool real_apply(struct model *m, struct real *r, const struct op *op);
/* Why it went wrong in itself, or NULL: a deadlock, a late flush. */
const char *real_complaint(void);

#endif
