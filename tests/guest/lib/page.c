/* page.c - pages, frames and page tables; see page.h. */
#include "guest.h"

#define POOL_PAGES 512

struct start_info *start_info;
const uint64_t *p2m;
static uint8_t pool[POOL_PAGES][PAGE_SIZE] __aligned(4096);
static unsigned pool_used;
static uint64_t next_unmapped;

void pages_init(struct start_info *info);

void pages_init(struct start_info *info)
{
    start_info = info;
    p2m = (const uint64_t *)info->mfn_list;
    next_unmapped = info->nr_pages;
}

void *pages_alloc(unsigned n)
{
    void *p = pool[pool_used];

    REQUIRE(pool_used + n <= POOL_PAGES);
    pool_used += n;
    return p;
}

void *page_alloc(void)
{
    return pages_alloc(1);
}

uint64_t va_to_pfn(const volatile void *va)
{
    return ((uint64_t)va - KERNEL_BASE) / PAGE_SIZE;
}

uint64_t va_to_mfn(const volatile void *va)
{
    return p2m[va_to_pfn(va)];
}

uint64_t va_to_maddr(const volatile void *va)
{
    return va_to_mfn(va) * PAGE_SIZE + (uint64_t)va % PAGE_SIZE;
}

uint64_t pfn_unmapped(void)
{
    return --next_unmapped;
}

void *mfn_to_va(uint64_t mfn)
{
    return (void *)(KERNEL_BASE + M2P[mfn] * PAGE_SIZE);
}

uint64_t pte_make(uint64_t mfn, uint64_t flags)
{
    return mfn * PAGE_SIZE | flags;
}

uint64_t *kernel_l4(void)
{
    return (uint64_t *)start_info->pt_base;
}

uint64_t *pte_find(const volatile void *va, unsigned level)
{
    uint64_t *table = kernel_l4();

    for (unsigned l = 4;; l--) {
        uint64_t *slot = table + ((uint64_t)va >> (3 + 9 * l) & (PTES - 1));

        if (l == level)
            return slot;
        if (!(*slot & PTE_P))
            return NULL;
        table = mfn_to_va(pte_mfn(*slot));
    }
}

long page_map(void *va, uint64_t pte)
{
    return update_va_mapping(va, pte, UVMF_INVLPG);
}

long page_protect(void *va, bool writable)
{
    return page_map(
        va, pte_make(va_to_mfn(va), writable ? PTE_RW_FLAGS : PTE_RO_FLAGS));
}

void page_unmap(void *va)
{
    REQUIRE_EQ(page_map(va, 0), 0);
}

/* Tables are read through their own mappings; the hypervisor writes them. */
static uint64_t slot_maddr(const uint64_t *slot)
{
    const uint64_t *l1 = pte_find(slot, 1);

    return pte_mfn(*l1) * PAGE_SIZE + (uint64_t)slot % PAGE_SIZE;
}

long pte_write_cmd(uint64_t *slot, uint64_t pte, unsigned cmd)
{
    struct mmu_update u = {slot_maddr(slot) | cmd, pte};

    return mmu_update(&u, 1, NULL, DOMID_SELF);
}

long pte_write(uint64_t *slot, uint64_t pte)
{
    return pte_write_cmd(slot, pte, MMU_NORMAL_PT_UPDATE);
}

long mmuext(unsigned cmd, uint64_t arg1, uint64_t arg2)
{
    struct mmuext_op op = {.cmd = cmd};

    op.arg1.mfn = arg1;
    op.arg2.src_mfn = arg2;
    return mmuext_op(&op, 1, NULL, DOMID_SELF);
}

long pin(unsigned level, const void *table)
{
    static const unsigned cmd[] = {MMUEXT_PIN_L1_TABLE, MMUEXT_PIN_L2_TABLE,
                                   MMUEXT_PIN_L3_TABLE, MMUEXT_PIN_L4_TABLE};

    return mmuext(cmd[level - 1], va_to_mfn(table), 0);
}

long unpin(const void *table)
{
    return mmuext(MMUEXT_UNPIN_TABLE, va_to_mfn(table), 0);
}

struct tree tree_make(uint64_t va, void *pages, unsigned n, uint64_t flags)
{
    struct tree t = {page_alloc(), page_alloc(), page_alloc()};
    unsigned first = va >> 12 & (PTES - 1);

    for (unsigned i = 0; i < n; i++)
        t.l1[first + i] =
            pte_make(va_to_mfn((uint8_t *)pages + i * PAGE_SIZE), flags);
    t.l2[va >> 21 & (PTES - 1)] = pte_make(va_to_mfn(t.l1), PTE_RW_FLAGS);
    t.l3[va >> 30 & (PTES - 1)] = pte_make(va_to_mfn(t.l2), PTE_RW_FLAGS);
    REQUIRE_EQ(page_protect(t.l1, false), 0);
    REQUIRE_EQ(page_protect(t.l2, false), 0);
    REQUIRE_EQ(page_protect(t.l3, false), 0);
    return t;
}

struct tree tree_map(uint64_t va, void *pages, unsigned n, uint64_t flags)
{
    struct tree t = tree_make(va, pages, n, flags);

    REQUIRE_EQ(pte_write(&kernel_l4()[va >> 39 & (PTES - 1)],
                         pte_make(va_to_mfn(t.l3), PTE_RW_FLAGS)),
               0);
    return t;
}
