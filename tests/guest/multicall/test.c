/*
 * A multicall does each of its calls in turn, leaves each result in its entry,
 * goes on after one that failed, and refuses to nest.
 */
#include "guest.h"

static struct multicall_entry e[64];

static void set(unsigned i, unsigned op, uint64_t a, uint64_t b, uint64_t c)
{
    e[i] = (struct multicall_entry){.op = op, .result = 0x77};
    e[i].args[0] = a;
    e[i].args[1] = b;
    e[i].args[2] = c;
}

void test(void)
{
    uint64_t *page = page_alloc();
    uint64_t pte = pte_make(va_to_mfn(page), PTE_RW_FLAGS);

    set(0, __HYPERVISOR_xen_version, XENVER_version, 0, 0);
    set(1, __HYPERVISOR_update_va_mapping, 0x1000, pte, 0);
    set(2, __HYPERVISOR_multicall, (uint64_t)e, 1, 0);
    set(3, 63, 0, 0, 0);
    set(4, ~0U, 0, 0, 0);
    set(5, __HYPERVISOR_update_va_mapping, (uint64_t)page, 0, UVMF_INVLPG);
    set(6, __HYPERVISOR_xen_version, XENVER_pagesize, 0, 0);
    e[7].result = 0x55;
    CHECK_EQ(multicall(e, 7), 0);
    CHECK_EQ(e[0].result, 4 << 16 | 17);
    CHECK_EQ(e[1].result, -EINVAL);
    CHECK_EQ(e[2].result, -EINVAL);
    CHECK_EQ(e[3].result, -ENOSYS);
    CHECK_EQ(e[4].result, -ENOSYS);
    CHECK_EQ(e[5].result, 0);
    CHECK_EQ(e[6].result, 4096);
    CHECK_EQ(e[7].result, 0x55);
    CHECK_EQ(try_read(page), VECTOR_PF);
    CHECK_EQ(multicall(e, 0), 0);
    CHECK_EQ(multicall(NULL, 0), 0);
    for (unsigned i = 0; i < 64; i++)
        set(i, __HYPERVISOR_xen_version, XENVER_version, 0, 0);
    CHECK_EQ(multicall(e, 64), 0);
    for (unsigned i = 0; i < 64; i++)
        CHECK_EQ(e[i].result, 4 << 16 | 17);
}
