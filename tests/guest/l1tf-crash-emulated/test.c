/*
 * Where absent entries are checked for L1TF, an instruction that writes one
 * with the address of RAM into a table crashes the guest.
 */
/* not-as-guest: Xen gives a guest shadow tables instead of a crash */
/* hv-args: pv-l1tf=dom0 */
/* ends: crash */
#include "guest.h"

void test(void)
{
    uint64_t *l1 = page_alloc();

    page_protect(l1, false);
    REQUIRE_EQ(pin(1, l1), 0);
    *(volatile uint64_t *)&l1[0] = va_to_maddr(l1) | PTE_RW;
    fail("an absent entry with an address of RAM");
}
