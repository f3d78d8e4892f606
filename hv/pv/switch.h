/*
 * pv/switch.h - changing the vcpu whose state a CPU holds. Layer: pv.
 */
#ifndef PV_SWITCH_H
#define PV_SWITCH_H

#include "domain/domain.h"
#include "mm/map.h"

/* Makes the scheduler call us at each switch. */
void pv_init_switch(void);
/* The vcpu dies: this CPU must hold nothing of it. */
void pv_forget_vcpu(struct vcpu *v);

#endif
