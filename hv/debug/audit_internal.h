/*
 * debug/audit_internal.h - the machine as the audit sees it. Layer: debug.
 */
#ifndef DEBUG_AUDIT_INTERNAL_H
#define DEBUG_AUDIT_INTERNAL_H

#include "debug/audit_core.h"
#include "domain/domain.h"

void audit_report(const struct audit_finding *f);

/* The source; lists the domains that exist now, with a reference each. */
const struct audit_source *audit_machine_begin(void);
void audit_machine_end(void);

/* All of them, in a row. */
struct domain *audit_domain(uint32_t index);
/* The frames of RAM that the memory map says we have. */
uint64_t audit_ram_frames(void);
/* How many bytes of its stack any vcpu has ever used. */
uint64_t audit_deepest_stack(void);
/* Prints for what how many frames of ours were allocated. */
void audit_print_purposes(void);

#endif
