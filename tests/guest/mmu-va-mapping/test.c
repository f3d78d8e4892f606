/*
 * update_va_mapping changes the entry of an address in the loaded tables, and
 * flushes as it is told; an address without a table, or of the hypervisor, is
 * -EINVAL.
 */
#include "guest.h"

static void addresses(uint64_t pte)
{
    CHECK_EQ(update_va_mapping(0x1000, pte, 0), -EINVAL);
    CHECK_EQ(update_va_mapping(HV_START, pte, 0), -EINVAL);
    CHECK_EQ(update_va_mapping(HV_END - 4096, 0, 0), -EINVAL);
    CHECK_EQ(update_va_mapping(0xffff830000000000, 0, 0), -EINVAL);
    CHECK_EQ(update_va_mapping(KERNEL_BASE + (1UL << 30), 0, 0), -EINVAL);
    CHECK_EQ(update_va_mapping(-4096UL, pte, UVMF_INVLPG), -EINVAL);
}

static void flushes(uint64_t *page, uint64_t *other)
{
    uint64_t a = pte_make(va_to_mfn(page), PTE_RW_FLAGS);
    uint64_t b = pte_make(va_to_mfn(other), PTE_RW_FLAGS);
    uint64_t *window = page_alloc();
    static const unsigned flags[] = {UVMF_INVLPG, UVMF_TLB_FLUSH,
                                     UVMF_INVLPG | UVMF_ALL,
                                     UVMF_TLB_FLUSH | UVMF_ALL};

    *page = 1;
    *other = 2;
    for (unsigned i = 0; i < ARRAY_SIZE(flags); i++) {
        CHECK_EQ(update_va_mapping(window, a, flags[i]), 0);
        CHECK_EQ(READ_ONCE(*window), 1);
        CHECK_EQ(update_va_mapping(window, b, flags[i]), 0);
        CHECK_EQ(READ_ONCE(*window), 2);
    }
}

static void flush_targets(uint64_t *page)
{
    uint64_t a = pte_make(va_to_mfn(page), PTE_RW_FLAGS);
    uint64_t vcpus = 1;

    CHECK_EQ(
        update_va_mapping(page, a, UVMF_INVLPG | UVMF_MULTI | (uint64_t)&vcpus),
        0);
    CHECK_EQ(update_va_mapping(page, a,
                               UVMF_TLB_FLUSH | UVMF_MULTI | (uint64_t)&vcpus),
             0);
    CHECK_RIGHTS(update_va_mapping_otherdomain(page, a, UVMF_INVLPG, 0), -ESRCH,
                 -EPERM);
    CHECK_EQ(update_va_mapping_otherdomain(page, a, UVMF_INVLPG, 77), -ESRCH);
}

void test(void)
{
    uint64_t *page = page_alloc(), *other = page_alloc();
    uint64_t pte = pte_make(va_to_mfn(page), PTE_RW_FLAGS);

    addresses(pte);
    flushes(page, other);
    flush_targets(page);
    CHECK_EQ(update_va_mapping(page, 0, UVMF_INVLPG), 0);
    CHECK_EQ(try_read(page), VECTOR_PF);
    /* An address inside of the page is as good. */
    CHECK_EQ(update_va_mapping((char *)page + 123, pte, UVMF_INVLPG), 0);
    CHECK_EQ(*page, 1);
}
