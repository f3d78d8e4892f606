/*
 * balloon.c - see balloon.h. A frame that was given back is in use for good as
 * far as frames.h knows, and has no number in the p2m list.
 * Source: xen/public/memory.h.
 */
#include "mm/balloon.h"
#include "mm/pages_internal.h"
#include "xen/hypercall.h"

enum { KEPT_FREE = 64 }; /* for the page tables that come */
#define NOT_THERE (~0UL)

static uint32_t given;

static bool give_one(void)
{
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = DOMID_SELF};
    uint32_t frame;
    xen_pfn_t mfn;

    if (memory.frames.free <= KEPT_FREE)
        return false;
    frame = frames_alloc(&memory.frames, 1);
    if (frame == FRAME_NONE)
        return false;
    mfn = memory.mfn_of[frame];
    xen_update_va_mapping(direct(frame), 0, UVMF_INVLPG | UVMF_ALL);
    set_xen_guest_handle(r.extent_start, &mfn);
    memory.mfn_of[frame] = NOT_THERE;
    given++;
    return xen_memory_op(XENMEM_decrease_reservation, &r) == 1;
}

static bool take_one(uint32_t frame)
{
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = DOMID_SELF};
    xen_pfn_t number = frame;

    set_xen_guest_handle(r.extent_start, &number);
    if (xen_memory_op(XENMEM_populate_physmap, &r) != 1)
        return false;
    memory.mfn_of[frame] = number;
    xen_update_va_mapping(direct(frame),
                          number << 12 | PTE_READ_ONLY | PTE_WRITE,
                          UVMF_INVLPG | UVMF_LOCAL);
    frames_give(&memory.frames, frame, 1);
    given--;
    return true;
}

void balloon_set_target(uint64_t pages)
{
    while (memory.count - given > pages && give_one())
        ;
    for (uint32_t frame = 0; frame < memory.count; frame++)
        if (memory.mfn_of[frame] == NOT_THERE &&
            (memory.count - given >= pages || !take_one(frame)))
            return;
}
