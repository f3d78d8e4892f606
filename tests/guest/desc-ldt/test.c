/*
 * A page of the LDT becomes descriptors when a selector first needs it; until
 * then it is any page. A page that cannot be is the guest's fault at that
 * selector; SET_LDT checks its numbers.
 */
#include "guest.h"

#define DATA 0x00cff3000000ffffUL

static void load_ds(void *selector)
{
    WRITE_SEGMENT(ds, (uint64_t)selector);
}

static int ds_loads(uint64_t selector)
{
    return fault_of(load_ds, (void *)selector);
}

static long set_ldt(const void *base, uint64_t entries)
{
    return mmuext(MMUEXT_SET_LDT, (uint64_t)base, entries);
}

static void arguments(const void *ldt)
{
    CHECK_EQ(set_ldt(ldt, 8193), -EINVAL);
    CHECK_EQ(set_ldt((const char *)ldt + 8, 1), -EINVAL);
    CHECK_EQ(set_ldt((void *)HV_START, 1), -EINVAL);
    CHECK_EQ(set_ldt((void *)(HV_START - PAGE_SIZE), 1024), -EINVAL);
    CHECK_EQ(set_ldt((void *)0x800000000000, 1), -EINVAL);
    CHECK_EQ(set_ldt((void *)HV_START, 0), 0);
    CHECK_EQ(set_ldt(NULL, 0), 0);
}

static void lazily(uint64_t *ldt)
{
    CHECK_EQ(ds_loads(0x17), VECTOR_GP);
    CHECK_EQ(set_ldt(ldt, 1024), 0);
    CHECK_EQ(page_protect(ldt, true), 0);
    ldt[2] = DATA;
    /* Writable: it cannot be descriptors now. */
    CHECK(ds_loads(0x17) != NO_FAULT);
    page_protect(ldt, false);
    CHECK_EQ(ds_loads(0x17), NO_FAULT);
    CHECK_EQ(READ_SEGMENT(ds), 0x17);
    CHECK_EQ(page_protect(ldt, true), -EBUSY);
    CHECK_EQ(ds_loads(0x1f), VECTOR_GP);
    CHECK_EQ(last_fault()->fault.error, 0x1c);
    /* The second page is one of its own, and beyond it there is no LDT. */
    CHECK_EQ(page_protect(ldt + PTES, true), 0);
    CHECK_EQ(ds_loads(1024 * 8 + 7), VECTOR_GP);
}

static void unmapped(uint64_t *ldt)
{
    page_unmap(ldt + PTES);
    CHECK_EQ(ds_loads(0x1017), VECTOR_PF);
    CHECK_EQ(last_fault()->fault_cr2, (uint64_t)(ldt + PTES) + 0x10);
    page_map(ldt + PTES, pte_make(va_to_mfn(ldt + PTES), PTE_RO_FLAGS));
    CHECK_EQ(ds_loads(0x1017), VECTOR_GP);
}

static void removed(uint64_t *ldt)
{
    CHECK_EQ(ds_loads(0), NO_FAULT);
    CHECK_EQ(set_ldt(NULL, 0), 0);
    CHECK_EQ(ds_loads(0x17), VECTOR_GP);
    CHECK_EQ(page_protect(ldt, true), 0);
}

void test(void)
{
    uint64_t *ldt = pages_alloc(2);

    page_protect(ldt, false);
    arguments(ldt);
    page_protect(ldt, true);
    lazily(ldt);
    unmapped(ldt);
    removed(ldt);
}
