/*
 * Where absent entries are checked for L1TF, a page that has one with the
 * address of RAM crashes the guest when it becomes a table. A large page in it
 * counts from where it would begin.
 */
/* not-as-guest: Xen gives a guest shadow tables instead of a crash */
/* hv-args: pv-l1tf=dom0 */
/* ends: crash */
#include "guest.h"

void test(void)
{
    uint64_t *l3 = page_alloc();

    l3[511] = 0x200 | PTE_PSE;
    page_protect(l3, false);
    pin(3, l3);
    fail("an absent gigabyte of RAM");
}
