/*
 * pv/segments.h - segment registers on this CPU. Layer: pv.
 */
#ifndef PV_SEGMENTS_H
#define PV_SEGMENTS_H

#include "domain/domain.h"

/* The page of null descriptors behind the GDTs; at boot. descriptor.c */
void descriptor_init(void);
/* A new vcpu's window: no GDT frames. descriptor.c */
void pv_init_gdt(struct vcpu *v);

/* LDTR of the running vcpu, after its LDT changed. */
void segments_load_ldt(const struct vcpu *v);

/* Does the interrupted guest run 64-bit code? */
bool segments_code_is_wide(const struct cpu_regs *regs);

/* Are the running vcpu's ds and es writable, from 0 on and without an end? */
bool segments_data_is_flat(void);

/* What a segment override adds to an address in 64-bit code. */
uint64_t segments_override_base(uint8_t prefix);

#endif
