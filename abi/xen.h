/*
 * abi/xen.h - Xen's public PV ABI: libxen-dev's headers, included as they are.
 *
 * Handles in these structures are plain pointers; only code that copies a
 * structure in turns them into GUEST pointers (guest_ptr() in lib/guest.h).
 */
#ifndef ABI_XEN_H
#define ABI_XEN_H

#include <stdint.h>
#include <stddef.h>

#ifndef __XEN_TOOLS__
#define __XEN_TOOLS__ 1
#endif

#include <xen/xen.h>
#include <xen/version.h>
#include <xen/features.h>
#include <xen/memory.h>
#include <xen/vcpu.h>
#include <xen/sched.h>
#include <xen/event_channel.h>
#include <xen/callback.h>
#include <xen/grant_table.h>
#include <xen/physdev.h>
#include <xen/platform.h>
#include <xen/nmi.h>
#include <xen/hypfs.h>
#include <xen/elfnote.h>

_Static_assert(sizeof(struct shared_info) == 3136, "shared_info");
_Static_assert(sizeof(struct vcpu_info) == 64, "vcpu_info");
_Static_assert(sizeof(struct vcpu_time_info) == 32, "vcpu_time_info");
_Static_assert(sizeof(struct start_info) == 1168, "start_info");
_Static_assert(sizeof(struct vcpu_guest_context) == 5168, "guest_context");
_Static_assert(sizeof(struct trap_info) == 16, "trap_info");
_Static_assert(sizeof(struct multicall_entry) == 64, "multicall_entry");
_Static_assert(sizeof(struct mmuext_op) == 24, "mmuext_op");
_Static_assert(sizeof(struct mmu_update) == 16, "mmu_update");
_Static_assert(sizeof(struct vcpu_runstate_info) == 48, "runstate_info");

#endif
