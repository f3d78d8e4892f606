/* faults.h - faults, as xen/traps.c hands them on. Layer: sched. */
#ifndef UK_SCHED_FAULTS_H
#define UK_SCHED_FAULTS_H

#include "xen/traps.h"

/* True if what faulted may be tried again. */
bool fault_mend(const struct frame *f);
/* The program's own: its handler is next, or its end. */
void fault_of_program(struct frame *f);

#endif
