/*
 * cpu/traps.h - what entry.S calls, and what stops everything. Layer: cpu.
 */
#ifndef CPU_TRAPS_H
#define CPU_TRAPS_H

#include "cpu/regs.h"

/* Any trap, from ring 3 and from our own code: called by entry.S. */
void trap_from_guest(struct cpu_regs *regs);
void trap_from_hypervisor(struct cpu_regs *regs);

/* A trap of our own that nothing explains. fn does not return. */
void trap_register_fatal(void (*fn)(struct cpu_regs *regs));

/* From now on a CPU that gets an NMI stops for good: the end of a panic. */
void trap_nmi_stops(void);

/* Defined by rooms above, called by entry.S only. */
long hypercall_no_number(uint64_t number);       /* hypercall/ */
void pv_iret(struct cpu_regs *regs);             /* pv/iret.c */
void pv_iret_lost_frame(struct cpu_regs *regs);  /* pv/iret.c */
void syscall_entry_slow(struct cpu_regs *regs);  /* pv/trap.c */
void cstar_entry_slow(struct cpu_regs *regs);    /* pv/trap.c */
void sysenter_entry_slow(struct cpu_regs *regs); /* pv/trap.c */
void guest_exit_work(struct cpu_regs *regs);     /* cpu/softirq.c */
void guest_iret_fault(struct cpu_regs *regs);    /* pv/trap.c */
void vcpu_started(void);                         /* sched/ */

#endif
