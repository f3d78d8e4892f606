/*
 * Where absent entries are checked for L1TF, the write of one with the address
 * of RAM crashes the guest.
 */
/* not-as-guest: Xen gives a guest shadow tables instead of a crash */
/* hv-args: pv-l1tf=dom0 */
/* ends: crash */
#include "guest.h"

void test(void)
{
    uint64_t *l2 = page_alloc();

    page_protect(l2, false);
    REQUIRE_EQ(pin(2, l2), 0);
    pte_write(&l2[7], va_to_maddr(l2) & ~PTE_P);
    fail("an absent entry with an address of RAM");
}
