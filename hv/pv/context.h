/*
 * pv/context.h - is a vcpu's context, as somebody gives it, one that a guest
 * may have? Layer: pv. Pure.
 */
#ifndef PV_CONTEXT_H
#define PV_CONTEXT_H

#include "abi/xen.h"
#include "lib/types.h"

/* The assists that are served, or need nothing done (docs/abi.md). */
#define VM_ASSIST_KNOWN                                                        \
    (1UL << VMASST_TYPE_4gb_segments |                                         \
     1UL << VMASST_TYPE_4gb_segments_notify |                                  \
     1UL << VMASST_TYPE_writable_pagetables |                                  \
     1UL << VMASST_TYPE_pae_extended_cr3 |                                     \
     1UL << VMASST_TYPE_architectural_iopl |                                   \
     1UL << VMASST_TYPE_runstate_update_flag | 1UL << VMASST_TYPE_m2p_strict)

/* 0, or -EINVAL: an address is not canonical, or a table too long. */
int context_check(const struct vcpu_guest_context *ctx);

/* Selectors of guests always have RPL 3. */
static inline uint16_t context_selector(uint64_t selector)
{
    return (uint16_t)(selector | 3);
}

/*
 * May the hypervisor push a frame below this address without looking at it
 * again? entry.S does.
 */
bool context_stack_is_fine(vaddr_t sp);

#endif
