/*
 * A guest can neither map nor use as a table a frame that is not its own: the
 * hypervisor's, free memory, or no memory at all, at no level and by no call.
 */
#include "guest.h"

/* Frames of memory that are not in our p2m list. */
static unsigned foreign_frames(uint64_t *found, unsigned wanted)
{
    static uint8_t ours[0x8000];
    unsigned n = 0;

    for (uint64_t pfn = 0; pfn < start_info->nr_pages; pfn++)
        ours[p2m[pfn]] = 1;
    for (uint64_t mfn = 0x100; mfn < 0x7fd0 && n < wanted; mfn += 61)
        if (!ours[mfn])
            found[n++] = mfn;
    return n;
}

static void try_frame(uint64_t mfn, uint64_t *window, uint64_t *l2)
{
    CHECK(page_map(window, pte_make(mfn, PTE_RW_FLAGS)) != 0);
    CHECK(page_map(window, pte_make(mfn, PTE_RO_FLAGS)) != 0);
    CHECK(pte_write(&l2[3], pte_make(mfn, PTE_RW_FLAGS)) != 0);
    CHECK(mmuext(MMUEXT_PIN_L1_TABLE, mfn, 0) != 0);
    CHECK(mmuext(MMUEXT_PIN_L4_TABLE, mfn, 0) != 0);
    CHECK(mmuext(MMUEXT_NEW_USER_BASEPTR, mfn, 0) != 0);
    CHECK(mmuext(MMUEXT_CLEAR_PAGE, mfn, 0) != 0);
    CHECK(mmuext(MMUEXT_COPY_PAGE, va_to_mfn(window), mfn) != 0);
    CHECK(set_gdt(&mfn, 16) != 0);
    CHECK(update_descriptor(mfn * PAGE_SIZE, 0) != 0);
}

void test(void)
{
    uint64_t frames[64];
    unsigned n = foreign_frames(frames, ARRAY_SIZE(frames));
    uint64_t *window = page_alloc(), *l2 = page_alloc();

    REQUIRE(n > 30);
    page_protect(l2, false);
    CHECK_EQ(pin(2, l2), 0);
    for (unsigned i = 0; i < n; i++)
        try_frame(frames[i], window, l2);
    /* One of them, with the very error. */
    page_map(window, pte_make(va_to_mfn(window), PTE_RW_FLAGS));
    CHECK_EQ(page_map(window, pte_make(frames[n - 1], PTE_RW_FLAGS)), NOT_OURS);
    CHECK_EQ(page_map(window, pte_make(frames[n - 1], PTE_RO_FLAGS)), NOT_OURS);
    CHECK_EQ(mmuext(MMUEXT_PIN_L1_TABLE, frames[n - 1], 0), -EINVAL);
    CHECK_EQ(try_write(window, 1), NO_FAULT);
}
