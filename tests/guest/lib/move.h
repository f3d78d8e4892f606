/*
 * move.h - a sibling that has suspended is saved, as libxl's helper does it,
 * and a new one made of what was saved: page by page, machine frames in tables
 * made physical ones and back, then all that its vcpus have.
 */
#ifndef MOVE_H
#define MOVE_H

#include "sibling.h"

/* What is on its way, as it will be given to the new one. */
enum move_part {
    MOVE_POLICY,    /* CPUID leaves */
    MOVE_TYPES,     /* of all pages */
    MOVE_TABLE,     /* a page table, with the new frames */
    MOVE_CONTEXT,   /* struct vcpu_guest_context */
    MOVE_CALLBACKS, /* struct xen_domctl_ext_vcpucontext */
    MOVE_REGISTERS, /* getvcpuextstate's bytes */
    MOVE_MSRS,      /* struct xen_domctl_vcpu_msr */
    MOVE_PARTS,
};

struct move {
    const struct sibling *from;
    struct sibling *to;
    uint64_t start_info; /* its pfn; p2m's two pages are before it */
    uint64_t types[SIBLING_PAGES];
    /* Looks at each part, and may alter it. */
    void (*alter)(struct move *m, enum move_part part, void *what,
                  unsigned bytes);
};

/* What the suspended sibling is. */
void move_init(struct move *m, const struct sibling *from, struct sibling *to);
/* All but the start: 0, or the error of the first call that failed. The new
 * one's id is DOMID_INVALID then if there is none. */
long move(struct move *m);

/* A frame's number in the saved domain, as the machine's table says, or
 * MOVE_NO_PFN. */
#define MOVE_NO_PFN (~0UL)
uint64_t move_pfn(const struct move *m, uint64_t mfn);
bool move_is_table(uint64_t type);
/* getvcpucontext and setvcpucontext. */
long move_context(unsigned cmd, unsigned id, unsigned vcpu,
                  struct vcpu_guest_context *ctx);

#endif
