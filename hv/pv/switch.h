/*
 * pv/switch.h - changing the vcpu whose state a CPU holds. Layer: pv.
 */
#ifndef PV_SWITCH_H
#define PV_SWITCH_H

#include "domain/domain.h"
#include "mm/map.h"

/* Makes the scheduler call us at each switch. */
void pv_init_switch(void);
/* It does not run, and is to die or to get another context: returns when no CPU
 * holds anything of it. */
void pv_forget_vcpu(struct vcpu *v);

/* relinquish.c: a stopped vcpu's tables and descriptors; all of a domain's, and
 * its frames: 0 or -ERESTART. */
void pv_relinquish_vcpu(struct vcpu *v);
int pv_relinquish(struct domain *d);
/* A stopped vcpu enters its guest next, where it was blocked or not. */
void pv_leave_hypercall(struct vcpu *v);

#endif
