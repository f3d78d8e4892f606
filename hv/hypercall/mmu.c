/*
 * hypercall/mmu.c - the MMU's hypercalls: pv/ does the work. Layer: hypercall.
 */
#include "hypercall/hypercall.h"
#include "pv/pv.h"

long hypercall_mmu_update(uint64_t requests, uint64_t count, uint64_t done,
                          uint64_t foreigndom)
{
    return pv_mmu_update(requests, (uint32_t)count, done, (uint32_t)foreigndom);
}

long hypercall_mmuext_op(uint64_t ops, uint64_t count, uint64_t done,
                         uint64_t foreigndom)
{
    return pv_mmuext_op(ops, (uint32_t)count, done, (uint32_t)foreigndom);
}

long hypercall_update_va_mapping(uint64_t va, uint64_t entry, uint64_t flags)
{
    return pv_update_va_mapping(va, entry, flags, DOMID_SELF);
}

long hypercall_update_va_mapping_otherdomain(uint64_t va, uint64_t entry,
                                             uint64_t flags, uint64_t dom)
{
    return pv_update_va_mapping(va, entry, flags, (domid_t)dom);
}
