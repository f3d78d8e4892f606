/*
 * A multicall whose list cannot be read, or whose results cannot be written, is
 * -EFAULT after what came before; a count that is absurd ends at the first page
 * that is not there.
 */
#include "guest.h"

static struct multicall_entry *list;

static void fill(unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        list[i] = (struct multicall_entry){.op = __HYPERVISOR_xen_version};
}

void test(void)
{
    static const uint64_t bad[] = {0x1000, HV_START, HV_END - 64,
                                   0x800000000000, ~63UL};

    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++)
        CHECK_EQ(multicall(bad[i], 1), -EFAULT);
    list = pages_alloc(2);
    page_unmap((char *)list + PAGE_SIZE);
    fill(64);
    CHECK_EQ(multicall(list, 0xffffffff), -EFAULT);
    CHECK_EQ(list[0].result, 4 << 16 | 17);
    CHECK_EQ(list[63].result, 4 << 16 | 17);
    fill(64);
    CHECK_EQ(multicall((char *)list + 32, 65), -EFAULT);
    /* A page that can be read but not be written. */
    fill(4);
    page_protect(list, false);
    CHECK_EQ(multicall(list, 4), -EFAULT);
    CHECK_EQ(list[0].result, 0);
}
