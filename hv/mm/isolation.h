/*
 * mm/isolation.h - what of ours is mapped while an isolated guest runs.
 * Layer: mm. pv/isolation.h has the guests' side, docs/security.md the design.
 */
#ifndef MM_ISOLATION_H
#define MM_ISOLATION_H

#include "cpu/isolation.h"
#include "lib/types.h"

struct cpu;

/* Some guest is isolated; and CR3 has a PCID. Once, before the text is
 * read-only: the exits of entry.S then lead to isolation.S. */
void isolation_enable(bool pcid);

/* This CPU's ways in, after cpu_init_syscall(). Nothing, if not enabled. */
void isolation_init_cpu(struct cpu *cpu);

extern bool isolation_enabled, isolation_pcid;

/* Our 16 slots of an L4 for guests on this CPU, but for the M2P's and the
 * per-domain area's, which are left as they are. */
void isolation_fill_l4(uint64_t *l4, const struct cpu *cpu);

/* The value of CR3 for a guest's restricted L4. Pure. */
static inline uint64_t isolation_cr3(paddr_t l4, bool kernel, bool pcid)
{
    if (!pcid)
        return l4;
    return l4 | (kernel ? PCID_KERNEL : PCID_USER);
}

/* invlpg for what isolated guests may have cached of a page on this CPU. */
void isolation_invalidate(vaddr_t va);

#endif
