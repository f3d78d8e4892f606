/*
 * mm/guest.h - the only way to guest virtual memory. Layer: mm.
 *
 * Addresses are looked up in the page tables that are loaded (the guest's own,
 * kernel pair). A fault, or an address that is not the guest's, gives -EFAULT;
 * what was copied up to there stays copied.
 */
#ifndef MM_GUEST_H
#define MM_GUEST_H

#include "abi/errno.h"
#include "lib/types.h"

#if defined(__CHECKER__)
#define GUEST __attribute__((noderef, address_space(1)))
#elif defined(__clang__)
#define GUEST __attribute__((noderef))
#else
#define GUEST
#endif

int guest_read(void *dst, const void GUEST *src, size_t bytes) __must_check;
int guest_write(void GUEST *dst, const void *src, size_t bytes) __must_check;
int guest_clear(void GUEST *dst, size_t bytes) __must_check;

/* A guest address as it came in a register or an ABI structure. */
static inline void GUEST *guest_ptr(uint64_t address)
{
    return (void GUEST *)address;
}

/* The same for a handle of the ABI headers, which has a .p of plain type. */
#define guest_handle(h) guest_ptr((uint64_t)(h).p)

/* One value in or out: 0 or -EFAULT. */
#define guest_get(dst, address)                                                \
    guest_read((dst), guest_ptr(address), sizeof(*(dst)))
#define guest_put(address, src)                                                \
    guest_write(guest_ptr(address), (src), sizeof(*(src)))

#endif
