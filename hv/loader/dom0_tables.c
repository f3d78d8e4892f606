/*
 * loader/dom0_tables.c - dom0's first page tables and its p2m list.
 * Layer: loader. They are ordinary guest tables, validated like any others
 * when the L4 gets its type.
 */
#include "loader/dom0.h"
#include "lib/string.h"
#include "mm/pte.h"

#define ENTRY_FLAGS (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)
#define PAGE_FLAGS  (ENTRY_FLAGS | PTE_GUEST_KERNEL)

static uint64_t *table(const struct dom0_build *b, pfn_t first, uint64_t index)
{
    return frame_map(dom0_pfn_to_mfn(b, first.n + index));
}

static void clear_region(const struct dom0_build *b,
                         const struct layout_region *r)
{
    dom0_copy(b, r->first.n << PAGE_SHIFT, NULL, r->frames << PAGE_SHIFT);
}

/* Links `count` tables from `first` into the level above, for addresses from va
 * on; `upper` is the first table of that level. */
static void link_level(const struct dom0_build *b, vaddr_t va, unsigned level,
                       pfn_t upper, pfn_t first, uint64_t count)
{
    unsigned shift = 12 + 9 * level;
    uint64_t base = va >> (shift + 9);

    for (uint64_t i = 0; i < count; i++) {
        uint64_t slot = (va >> shift) + i;
        uint64_t *t = table(b, upper, (slot >> 9) - base);

        t[slot & (PTES - 1)] =
            pte_make(dom0_pfn_to_mfn(b, first.n + i), ENTRY_FLAGS);
        frame_unmap(t);
    }
}

/* Maps `frames` pfns from `pfn` at va through the L1s from `l1`. */
static void map_range(const struct dom0_build *b, vaddr_t va, pfn_t l1,
                      uint64_t pfn, uint64_t frames)
{
    uint64_t base = va >> 21;

    for (uint64_t i = 0; i < frames; i++) {
        vaddr_t at = va + i * PAGE_SIZE;
        uint64_t *t = table(b, l1, (at >> 21) - base);

        t[pte_index(at, 1)] = pte_make(dom0_pfn_to_mfn(b, pfn + i), PAGE_FLAGS);
        frame_unmap(t);
    }
}

static void protect_region(const struct dom0_build *b,
                           const struct layout_region *r)
{
    const struct dom0_layout *l = &b->layout;
    uint64_t base = l->virt_base >> 21;

    for (uint64_t i = 0; i < r->frames; i++) {
        vaddr_t va = r->va + i * PAGE_SIZE;
        uint64_t *t = table(b, l->tables.l1, (va >> 21) - base);

        t[pte_index(va, 1)] &= ~PTE_RW;
        frame_unmap(t);
    }
}

static void make_initial_mapping(const struct dom0_build *b)
{
    const struct dom0_layout *l = &b->layout;
    const struct layout_tables *t = &l->tables;

    clear_region(b, &t->all);
    link_level(b, l->virt_base, 3, t->l4, t->l3, t->l3_frames);
    link_level(b, l->virt_base, 2, t->l3, t->l2, t->l2_frames);
    link_level(b, l->virt_base, 1, t->l2, t->l1, t->l1_frames);
    map_range(b, l->virt_base, t->l1, 0, l->mapped_frames);
    protect_region(b, &t->all);
}

static void make_p2m_mapping(const struct dom0_build *b)
{
    const struct dom0_layout *l = &b->layout;
    const struct layout_tables *t = &l->p2m_tables;

    clear_region(b, &t->all);
    link_level(b, l->p2m.va, 3, l->tables.l4, t->l3, t->l3_frames);
    link_level(b, l->p2m.va, 2, t->l3, t->l2, t->l2_frames);
    link_level(b, l->p2m.va, 1, t->l2, t->l1, t->l1_frames);
    map_range(b, l->p2m.va, t->l1, l->p2m.first.n, l->p2m.frames);
}

/* The list itself; its last page is filled up with invalid entries. */
static void fill_p2m(const struct dom0_build *b)
{
    const struct dom0_layout *l = &b->layout;
    const struct dom0_extent *e = b->extent;

    for (uint64_t page = 0, pfn = 0; page < l->p2m.frames; page++) {
        uint64_t *list = table(b, l->p2m.first, page);

        for (unsigned i = 0; i < PTES; i++, pfn++) {
            if (pfn >= e->pfn + e->frames && e < b->extent + b->extents - 1)
                e++;
            list[i] = pfn < l->nr_pages ? e->mfn + (pfn - e->pfn) : M2P_INVALID;
        }
        frame_unmap(list);
    }
}

void dom0_make_tables(const struct dom0_build *b)
{
    make_initial_mapping(b);
    if (b->layout.p2m_is_apart)
        make_p2m_mapping(b);
    fill_p2m(b);
}
