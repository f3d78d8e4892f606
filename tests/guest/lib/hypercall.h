/* hypercall.h - every hypercall of the ABI, by its name. */
#ifndef HYPERCALL_H
#define HYPERCALL_H

#include "types.h"

static inline long hypercall(uint64_t number, uint64_t a, uint64_t b,
                             uint64_t c, uint64_t d, uint64_t e)
{
    register uint64_t r10 __asm__("r10") = d;
    register uint64_t r8 __asm__("r8") = e;

    __asm__ volatile("syscall"
                     : "+a"(number), "+D"(a), "+S"(b), "+d"(c), "+r"(r10),
                       "+r"(r8)
                     :
                     : "rcx", "r11", "memory");
    return (long)number;
}

#define U(x)              ((uint64_t)(x))
#define CALL0(n)          hypercall(__HYPERVISOR_##n, 0, 0, 0, 0, 0)
#define CALL1(n, a)       hypercall(__HYPERVISOR_##n, U(a), 0, 0, 0, 0)
#define CALL2(n, a, b)    hypercall(__HYPERVISOR_##n, U(a), U(b), 0, 0, 0)
#define CALL3(n, a, b, c) hypercall(__HYPERVISOR_##n, U(a), U(b), U(c), 0, 0)
#define CALL4(n, a, b, c, d)                                                   \
    hypercall(__HYPERVISOR_##n, U(a), U(b), U(c), U(d), 0)

#define set_trap_table(t)           CALL1(set_trap_table, t)
#define mmu_update(r, n, done, dom) CALL4(mmu_update, r, n, done, dom)
#define set_gdt(frames, n)          CALL2(set_gdt, frames, n)
#define stack_switch(ss, sp)        CALL2(stack_switch, ss, sp)
#define set_callbacks(e, f, s)      CALL3(set_callbacks, e, f, s)
#define fpu_taskswitch(set)         CALL1(fpu_taskswitch, set)
#define platform_op(op)             CALL1(platform_op, op)
#define set_debugreg(reg, value)    CALL2(set_debugreg, reg, value)
#define get_debugreg(reg)           CALL1(get_debugreg, reg)
#define update_descriptor(ma, desc) CALL2(update_descriptor, ma, desc)
#define memory_op(cmd, arg)         CALL2(memory_op, cmd, arg)
#define multicall(list, n)          CALL2(multicall, list, n)
#define update_va_mapping(va, pte, flags)                                      \
    CALL3(update_va_mapping, va, pte, flags)
#define set_timer_op(ns)            CALL1(set_timer_op, ns)
#define xen_version(cmd, arg)       CALL2(xen_version, cmd, arg)
#define console_io(cmd, n, text)    CALL3(console_io, cmd, n, text)
#define grant_table_op(cmd, ops, n) CALL3(grant_table_op, cmd, ops, n)
#define vm_assist(cmd, type)        CALL2(vm_assist, cmd, type)
#define update_va_mapping_otherdomain(va, pte, flags, dom)                     \
    CALL4(update_va_mapping_otherdomain, va, pte, flags, dom)
#define vcpu_op(cmd, id, arg)        CALL3(vcpu_op, cmd, id, arg)
#define set_segment_base(which, b)   CALL2(set_segment_base, which, b)
#define mmuext_op(ops, n, done, dom) CALL4(mmuext_op, ops, n, done, dom)
#define sched_op(cmd, arg)           CALL2(sched_op, cmd, arg)
#define callback_op(cmd, arg)        CALL2(callback_op, cmd, arg)
#define event_channel_op(cmd, arg)   CALL2(event_channel_op, cmd, arg)
#define physdev_op(cmd, arg)         CALL2(physdev_op, cmd, arg)
#define sysctl(op)                   CALL1(sysctl, op)
#define domctl(op)                   CALL1(domctl, op)

#endif
