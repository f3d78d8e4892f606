/*
 * pv/debugreg.h - which values the debug registers of a guest take. Layer: pv.
 * Pure. Source: Intel SDM volume 3B, 17.2; docs/abi.md.
 */
#ifndef PV_DEBUGREG_H
#define PV_DEBUGREG_H

#include "lib/types.h"

struct vcpu;

#define DR6_RESET       0xffff0ff0UL
#define DR6_SINGLE_STEP (1UL << 14)
#define DR7_RESET       0x400UL
#define DR7_ENABLED     0xffUL /* any breakpoint is on */

/*
 * Makes *value one that the register holds. `cr4` is the guest's. Returns 0,
 * -ENODEV (there is no such register) or -EPERM (a breakpoint on the
 * hypervisor, general detect, or an I/O breakpoint without CR4.DE).
 */
int debugreg_check(unsigned reg, uint64_t cr4, uint64_t *value);

/* DR4 and DR5 are other names of 6 and 7, unless CR4.DE is set: -1 then. */
int debugreg_number(unsigned reg, uint64_t cr4);

/*
 * What the CPU gets of a guest's DR7: not the I/O breakpoints, which could
 * hit when the hypervisor accesses a port for the guest.
 */
uint64_t debugreg_hardware_dr7(uint64_t dr7);

/* The CPU's breakpoints become those of v, at a switch. debugreg_load.c */
void pv_load_debugregs(const struct vcpu *v);

#endif
