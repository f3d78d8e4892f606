/*
 * A frame is writable, or a page table, or descriptors: never two of them at
 * once, whichever comes first; and it can change when the last use has ended.
 */
#include "guest.h"

static long as_gdt(void *page, bool on)
{
    uint64_t frame = va_to_mfn(page);

    return set_gdt(on ? &frame : NULL, on ? 16 : 0);
}

static void writable_first(void)
{
    void *page = page_alloc();

    CHECK_EQ(pin(1, page), IN_USE);
    CHECK_EQ(pin(4, page), IN_USE);
    CHECK_EQ(as_gdt(page, true), -EINVAL);
    /* One of two writable mappings is enough. */
    void *alias = page_alloc();

    CHECK_EQ(page_map(alias, pte_make(va_to_mfn(page), PTE_RW_FLAGS)), 0);
    CHECK_EQ(page_protect(page, false), 0);
    CHECK_EQ(pin(1, page), IN_USE);
    page_unmap(alias);
    CHECK_EQ(pin(1, page), 0);
    CHECK_EQ(unpin(page), 0);
}

static void table_first(void)
{
    void *page = page_alloc(), *alias = page_alloc();

    page_protect(page, false);
    CHECK_EQ(pin(1, page), 0);
    CHECK_EQ(page_protect(page, true), -EBUSY);
    CHECK_EQ(page_map(alias, pte_make(va_to_mfn(page), PTE_RW_FLAGS)), -EBUSY);
    CHECK_EQ(page_map(alias, pte_make(va_to_mfn(page), PTE_RO_FLAGS)), 0);
    CHECK_EQ(try_write(page, 0), NO_FAULT); /* an L1: emulated */
    CHECK_EQ(pin(2, page), IN_USE);
    CHECK_EQ(as_gdt(page, true), -EINVAL);
    CHECK_EQ(mmuext(MMUEXT_CLEAR_PAGE, va_to_mfn(page), 0), IN_USE);
    CHECK_EQ(unpin(page), 0);
    CHECK_EQ(page_protect(page, true), 0);
    CHECK_EQ(try_write(page, 0), NO_FAULT);
}

static void descriptors_first(void)
{
    void *page = page_alloc();

    page_protect(page, false);
    CHECK_EQ(as_gdt(page, true), 0);
    CHECK_EQ(page_protect(page, true), -EBUSY);
    CHECK_EQ(pin(1, page), IN_USE);
    CHECK_EQ(try_write(page, 0), VECTOR_PF);
    CHECK_EQ(as_gdt(page, false), 0);
    CHECK_EQ(page_protect(page, true), 0);
}

void test(void)
{
    CHECK_EQ(vm_assist(VMASST_CMD_enable, VMASST_TYPE_writable_pagetables), 0);
    writable_first();
    table_first();
    descriptors_first();
}
