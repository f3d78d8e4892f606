/*
 * hypercall/memory.h - memory_op's parts. Layer: hypercall, internal but for
 * machine_map, which boot/ fills.
 */
#ifndef HYPERCALL_MEMORY_H
#define HYPERCALL_MEMORY_H

#include "abi/e820.h"
#include "hypercall/hypercall.h"

#define MACHINE_MAP_MAX 280

/* What dom0 is told of the machine: the sanitised map, with the frames it may
 * not have (I/O APICs, local APIC) as reserved. */
extern struct xen_e820entry machine_map[MACHINE_MAP_MAX];
extern uint32_t machine_map_entries;

/* The largest extent one caller may ask for. */
unsigned memory_max_order(const struct domain *caller);

/* memory_reservation.c: `cmd` has the extents done so far from bit 6 on. */
long memory_reservation_op(uint64_t cmd, uint64_t arg);
/* memory_domain.c */
long memory_set_map(uint64_t arg);
long memory_claim(uint64_t arg);
long memory_acquire_resource(uint64_t arg);
/* memory_exchange.c */
long memory_exchange(uint64_t arg);

#endif
