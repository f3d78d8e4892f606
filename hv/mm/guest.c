/*
 * mm/guest.c - copies between the hypervisor and guest memory. Layer: mm.
 */
#include "mm/guest.h"
#include "lib/layout.h"

/* copy.S: both return the number of bytes they could not do. */
uint64_t guest_copy(void *dst, const void *src, size_t bytes);
uint64_t guest_zero(void *dst, size_t bytes);

/*
 * May the range touch our addresses? One that is not canonical faults, which
 * is noticed; and none so short reaches from below us to above.
 */
static inline bool is_ours(vaddr_t va, uint64_t bytes)
{
    return va >> 43 == HV_VIRT_START >> 43 ||
           (va + bytes - 1) >> 43 == HV_VIRT_START >> 43 || bytes >> 43;
}

_Static_assert((HV_VIRT_END - 1) >> 43 == HV_VIRT_START >> 43, "one slot");

int guest_read(void *dst, const void GUEST *src, size_t bytes)
{
    if (unlikely(is_ours((vaddr_t)src, bytes)))
        return -EFAULT;
    src = guest_ptr(guest_address_nospec((vaddr_t)src));
    return guest_copy(dst, (const void *)(vaddr_t)src, bytes) ? -EFAULT : 0;
}

int guest_write(void GUEST *dst, const void *src, size_t bytes)
{
    if (unlikely(is_ours((vaddr_t)dst, bytes)))
        return -EFAULT;
    return guest_copy((void *)(vaddr_t)dst, src, bytes) ? -EFAULT : 0;
}

int guest_clear(void GUEST *dst, size_t bytes)
{
    if (unlikely(is_ours((vaddr_t)dst, bytes)))
        return -EFAULT;
    return guest_zero((void *)(vaddr_t)dst, bytes) ? -EFAULT : 0;
}
