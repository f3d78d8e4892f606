/*
 * hypercall.h - the hypercalls that the Unix layer makes, by their names.
 * Layer: xen. Source: xen/public/arch-x86/xen-x86_64.h.
 */
#ifndef UK_XEN_HYPERCALL_H
#define UK_XEN_HYPERCALL_H

#include "lib/types.h"
#include <xen/xen.h>
#include <xen/event_channel.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/vcpu.h>
#include <xen/version.h>

/* entry.S: the one `syscall` instruction besides the iret's. */
long uk_hypercall(uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                  uint64_t number);

#define HC(n, a, b, c, d)                                                      \
    uk_hypercall((uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d),   \
                 __HYPERVISOR_##n)

#define xen_set_trap_table(t)        HC(set_trap_table, t, 0, 0, 0)
#define xen_mmu_update(r, n, done)   HC(mmu_update, r, n, done, DOMID_SELF)
#define xen_mmuext_op(ops, n, done)  HC(mmuext_op, ops, n, done, DOMID_SELF)
#define xen_set_callbacks(e, f, s)   HC(set_callbacks, e, f, s, 0)
#define xen_console_io(cmd, n, text) HC(console_io, cmd, n, text, 0)
#define xen_sched_op(cmd, arg)       HC(sched_op, cmd, arg, 0, 0)
/* Of a suspended domain, the tools want to know where its start_info is. */
#define xen_suspend(how, start_mfn)                                            \
    HC(sched_op, SCHEDOP_shutdown, how, start_mfn, 0)
#define xen_memory_op(cmd, arg)        HC(memory_op, cmd, arg, 0, 0)
#define xen_event_channel_op(cmd, arg) HC(event_channel_op, cmd, arg, 0, 0)
#define xen_set_segment_base(which, b) HC(set_segment_base, which, b, 0, 0)
#define xen_set_timer(ns)              HC(set_timer_op, ns, 0, 0, 0)
#define xen_update_va_mapping(va, pte, flags)                                  \
    HC(update_va_mapping, va, pte, flags, 0)
#define xen_vcpu_op(cmd, id, arg) HC(vcpu_op, cmd, id, arg, 0)

#endif
