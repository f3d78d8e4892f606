/*
 * pv/trap.h - bounces to the guest's kernel. Layer: pv.
 */
#ifndef PV_TRAP_H
#define PV_TRAP_H

#include "pv/pv.h"

/* Enters a callback (event, syscall) as a trap without an error code. */
void pv_inject_callback(struct cpu_regs *regs, const struct callback *c);
/* The failsafe callback: a segment of the guest's could not be loaded. */
void pv_inject_failsafe(struct cpu_regs *regs);

/* Registers the handlers of all exceptions. */
void pv_init_traps(void);

#endif
