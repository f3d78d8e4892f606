/*
 * A write to a page table that would not be a legal update is the kernel's page
 * fault, and nothing is changed: upper levels, entries across two slots, frames
 * that are not the caller's, and everything from user mode.
 */
#include "guest.h"

static uint64_t *l1;

static void refused(int vector, const void *where)
{
    CHECK_EQ(vector, VECTOR_PF);
    CHECK_EQ(last_fault()->fault.error, PF_P | PF_W);
    CHECK_EQ(last_fault()->fault_cr2, (uint64_t)where);
}

/* The highest frame of memory that is not ours. */
static uint64_t frame_of_hypervisor(void)
{
    for (uint64_t mfn = 0x7fd0;; mfn--) {
        bool ours = false;

        for (uint64_t pfn = 0; !ours && pfn < start_info->nr_pages; pfn++)
            ours = p2m[pfn] == mfn;
        if (!ours)
            return mfn * PAGE_SIZE;
    }
}

static void illegal_entries(void)
{
    uint64_t before = l1[0];
    const uint64_t bad[] = {
        1UL << 51,             /* no address */
        0xfee00000,            /* the local APIC */
        frame_of_hypervisor(), /* as it is not ours */
    };

    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++)
        refused(try_write(&l1[0], bad[i] | PTE_P), &l1[0]);
    refused(try_write(&l1[0], pte_make(va_to_mfn(l1), PTE_RW_FLAGS)), &l1[0]);
    refused(try_write(&l1[0], pte_make(va_to_mfn(kernel_l4()), PTE_RW_FLAGS)),
            &l1[0]);
    CHECK_EQ(l1[0], before);
}

static void across_entries(void)
{
    uint8_t *p = (uint8_t *)&l1[4];

    CHECK_EQ(try_write(p + 4, 0), VECTOR_PF);
    CHECK_EQ(l1[4] | l1[5], 0);
    CHECK_EQ(try_write(p + 1, 0), VECTOR_PF);
}

static void write_it(void)
{
    __asm__ volatile("movq $0, (%rdi)");
}

static void from_user_mode(void)
{
    struct frame start = user_start(write_it);
    uint64_t before = l1[0];
    const struct frame *f;

    user_init();
    start.rdi = (uint64_t)&l1[0];
    f = user_run(&start);
    CHECK_EQ(f->vector, VECTOR_PF);
    CHECK_EQ(f->error, PF_P | PF_W | PF_U);
    CHECK_EQ(l1[0], before);
}

void test(void)
{
    uint64_t *page = page_alloc();
    struct tree t = tree_map(0x10000000, page, 1, PTE_RW_FLAGS);

    l1 = t.l1;
    CHECK_EQ(vm_assist(VMASST_CMD_enable, VMASST_TYPE_writable_pagetables), 0);
    CHECK_EQ(try_write(&l1[3], 0), NO_FAULT);
    refused(try_write(&t.l2[7], 0), &t.l2[7]);
    refused(try_write(&t.l3[7], 0), &t.l3[7]);
    refused(try_write(&kernel_l4()[7], 0), &kernel_l4()[7]);
    illegal_entries();
    across_entries();
    from_user_mode();
    /* A read-only page that is no table. */
    page_protect(page, false);
    refused(try_write(page, 0), page);
}
