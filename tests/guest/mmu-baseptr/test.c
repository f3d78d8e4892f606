/*
 * New base pointers have to be L4 tables; the one that is replaced loses its
 * use, the one that is loaded keeps it; a user's base pointer can be none. The
 * one that is loaded already is loaded again: nothing stays cached.
 */
#include "guest.h"

static uint64_t *make_l4(void)
{
    uint64_t *l4 = page_alloc();

    l4[511] = kernel_l4()[511];
    page_protect(l4, false);
    return l4;
}

static void forgets(void (*load)(void))
{
    volatile uint64_t *va = page_alloc();
    uint64_t *other = page_alloc();

    *va = 1;
    *other = 2;
    CHECK_EQ(
        pte_write(pte_find(va, 1), pte_make(va_to_mfn(other), PTE_RW_FLAGS)),
        0);
    load();
    CHECK_EQ(*va, 2);
}

static void load_by_mmuext(void)
{
    CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, va_to_mfn(kernel_l4()), 0), 0);
}

static void load_by_mov(void)
{
    WRITE_CONTROL(cr3, va_to_maddr(kernel_l4()));
}

void test(void)
{
    uint64_t *l4 = make_l4(), *l3 = page_alloc();

    page_protect(l3, false);
    CHECK_EQ(pin(3, l3), 0);
    CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, va_to_mfn(l3), 0), IN_USE);
    CHECK_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, va_to_mfn(l3), 0), IN_USE);
    CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, va_to_mfn(page_alloc()), 0), IN_USE);

    /* Not pinned: it is validated when it is loaded. */
    CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, va_to_mfn(l4), 0), 0);
    CHECK_EQ(READ_CONTROL(cr3), va_to_maddr(l4));
    CHECK_EQ(page_protect(l4, true), -EBUSY);
    CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, va_to_mfn(l4), 0), 0);
    WRITE_CONTROL(cr3, va_to_maddr(kernel_l4()));
    CHECK_EQ(READ_CONTROL(cr3), va_to_maddr(kernel_l4()));
    CHECK_EQ(page_protect(l4, true), 0);

    page_protect(l4, false);
    CHECK_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, va_to_mfn(l4), 0), 0);
    CHECK_EQ(page_protect(l4, true), -EBUSY);
    CHECK_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, va_to_mfn(kernel_l4()), 0), 0);
    CHECK_EQ(page_protect(l4, true), 0);
    CHECK_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, 0, 0), 0);

    forgets(load_by_mmuext);
    forgets(load_by_mov);
}
