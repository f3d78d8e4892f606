/*
 * MMU_PT_UPDATE_PRESERVE_AD keeps accessed and dirty bits that the CPU set
 * meanwhile; a normal update drops them. A change of flags alone takes effect.
 */
#include "guest.h"

void test(void)
{
    uint64_t *page = page_alloc();
    uint64_t clean = pte_make(va_to_mfn(page), PTE_P | PTE_RW | PTE_US);
    uint64_t *slot = pte_find(page, 1);

    CHECK_EQ(page_map(page, clean), 0);
    CHECK_EQ(*slot & (PTE_A | PTE_D), 0);
    CHECK_EQ(try_read(page), NO_FAULT);
    CHECK_EQ(*slot & (PTE_A | PTE_D), PTE_A);
    CHECK_EQ(try_write(page, 1), NO_FAULT);
    CHECK_EQ(*slot & (PTE_A | PTE_D), PTE_A | PTE_D);
    CHECK_EQ(pte_write_cmd(slot, clean, MMU_PT_UPDATE_PRESERVE_AD), 0);
    CHECK_EQ(*slot & (PTE_A | PTE_D), PTE_A | PTE_D);
    CHECK_EQ(pte_write_cmd(slot, clean & ~PTE_RW, MMU_PT_UPDATE_PRESERVE_AD),
             0);
    CHECK_EQ(*slot & (PTE_A | PTE_D | PTE_RW), PTE_A | PTE_D);
    CHECK_EQ(pte_write_cmd(slot, clean, MMU_NORMAL_PT_UPDATE), 0);
    CHECK_EQ(*slot & (PTE_A | PTE_D), 0);
    CHECK_EQ(pte_write_cmd(slot, 0, MMU_PT_UPDATE_PRESERVE_AD), 0);
    CHECK_EQ(pte_mfn(*slot), 0);
    CHECK_EQ(pte_write_cmd(slot, clean, MMU_PT_UPDATE_NO_TRANSLATE), 0);
    CHECK_EQ(*slot & ~(PTE_G | PTE_A), clean);
}
