/*
 * mm/frame.h - the frame table: one 16-byte record a machine frame.
 * Layer: mm. Source: the PV ABI's rules for page types (docs/abi.md).
 *
 * `ref` says who owns the frame and how many references exist. `type` says
 * what the frame is used as, and how often. All typed uses together hold one
 * general reference: it is taken with the first and dropped with the last.
 * While the type is FRAME_NONE the low half of `type` is the flush clock at
 * which the last typed use ended (mm/tlb.h), and above it is what that was.
 */
#ifndef MM_FRAME_H
#define MM_FRAME_H

#include "abi/xen.h"
#include "cpu/cpu.h"
#include "lib/layout.h"
#include "lib/nospec.h"

struct frame {
    uint64_t ref;
    uint64_t type;
};

/* ref: bits 0-31 count, 32-47 flags, 48-63 owner. */
#define REF_COUNT       0xffffffffUL
#define REF_ALLOCATED   (1UL << 32) /* the allocation's own reference exists */
#define REF_SHARED      (1UL << 33) /* hypervisor page a guest may map */
#define REF_FREE        (1UL << 34) /* on a free list: see mm/alloc.c */
#define REF_LEFT        (1UL << 35) /* shared, but we do not use it any more */
#define REF_CLEAN       (1UL << 36) /* free, and full of zeroes */
#define REF_UNCLEAN     (1UL << 37) /* a free block that may have others */
#define REF_ORDER_SHIFT 40          /* of a free block: bits 40-47 */
#define REF_OWNER_SHIFT 48
#define REF_COUNT_MAX   0x7fffffffUL

/* type: bits 0-31 count or stamp, 58-59 flags, 60-62 type. */
#define TYPE_COUNT     0xffffffffUL
#define TYPE_COUNT_MAX 0x7fffffffUL
#define TYPE_VALID     (1UL << 58)
#define TYPE_PINNED    (1UL << 59)
#define TYPE_MASK      (7UL << 60)
#define FRAME_NONE     (0UL << 60)
#define FRAME_L1       (1UL << 60)
#define FRAME_L2       (2UL << 60)
#define FRAME_L3       (3UL << 60)
#define FRAME_L4       (4UL << 60)
#define FRAME_SEGDESC  (5UL << 60)
#define FRAME_WRITABLE (7UL << 60)
/* In an idle word: the type the frame last had, for the flush decision. */
#define TYPE_FORMER_SHIFT 28
#define TYPE_FORMER(type) ((type) >> TYPE_FORMER_SHIFT)
#define TYPE_FORMER_MASK  TYPE_FORMER(TYPE_MASK)
/* Of a frame of ours, which has no type: the low half says who asked for it, as
 * an offset in the image. Only the audit looks. */
#define TYPE_PURPOSE (6UL << 32)

#define FRAMES      ((struct frame *)FRAMES_START)
#define M2P         ((uint64_t *)M2P_RW_START)
#define M2P_INVALID (~0UL) /* the frame is no domain's pfn */

/* One above the highest RAM frame. The frame table covers [0, this). */
extern uint64_t frame_limit;

/* The idle word of a frame whose last use, as `type`, ends at `stamp`. */
static inline uint64_t type_idle(uint64_t type, uint32_t stamp)
{
    return FRAME_NONE | TYPE_FORMER(type & TYPE_MASK) | stamp;
}

/* The record of a frame. Any number below frame_limit has one. */
static inline struct frame *frame_of(mfn_t m)
{
    return &FRAMES[m.n];
}

static inline mfn_t frame_mfn(const struct frame *f)
{
    return mfn((uint64_t)(f - FRAMES));
}

/* True for numbers that have a record; the record tells whether it is RAM. */
static inline bool mfn_is_ram(mfn_t m)
{
    return m.n < frame_limit;
}

/* For a number that a guest chose and that mfn_is_ram() let pass. */
static inline mfn_t mfn_nospec(mfn_t m)
{
    return mfn(index_nospec(m.n, frame_limit));
}

/* By itself: that needs no shift. */
static inline domid_t frame_owner(const struct frame *f)
{
    return READ_ONCE(((const uint16_t *)&f->ref)[REF_OWNER_SHIFT / 16]);
}

/* An address through which the hypervisor may read and write the frame. */
static inline void *frame_map(mfn_t m)
{
    return mfn_to_virt(m);
}

static inline void frame_unmap(const void *p)
{
    (void)p;
}

/*
 * Takes a reference if `owner` owns the frame and it is in use.
 * Returns false otherwise, or if the count is at its limit.
 */
static inline bool frame_get(struct frame *f, domid_t owner)
{
    uint64_t old = READ_ONCE(f->ref);

    do {
        if (unlikely((old >> REF_OWNER_SHIFT) != owner ||
                     (old & REF_COUNT) - 1 >= REF_COUNT_MAX - 1))
            return false;
    } while (!__atomic_compare_exchange_n(&f->ref, &old, old + 1, true,
                                          __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
    return true;
}

/* The last reference is gone: gives the frame back. mm/alloc.c */
void frame_release(struct frame *f);

/* Drops a reference. */
static inline void frame_put(struct frame *f)
{
    uint64_t left = __atomic_sub_fetch(&f->ref, 1, __ATOMIC_RELEASE);

    if (unlikely(!(left & REF_COUNT)))
        frame_release(f);
}

#endif
