/*
 * mm/map.c - the hypervisor's own page tables. Layer: mm.
 * Changed only at boot and by io_map(); never freed.
 */
#include "mm/map.h"
#include "cpu/asm.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/iomap.h"

#define TABLE_FLAGS (PTE_P | PTE_RW | PTE_US | PTE_A)

uint64_t *hv_l4;

static mfn_t (*table_source)(void);
static vaddr_t iomap_next = IOMAP_START;

void map_set_table_source(mfn_t (*alloc)(void))
{
    table_source = alloc;
}

static uint64_t *table_below(uint64_t *entry)
{
    if (!(*entry & PTE_P))
        *entry = pte_make(table_source(), TABLE_FLAGS);
    return mfn_to_virt(pte_mfn(*entry));
}

/* The entry of va at `level` (1 or 2), with the tables above it made. */
static uint64_t *entry_at(vaddr_t va, unsigned level)
{
    uint64_t *table = hv_l4;

    for (unsigned l = 4; l > level; l--)
        table = table_below(&table[pte_index(va, l)]);
    return &table[pte_index(va, level)];
}

void map_pages(vaddr_t va, mfn_t first, uint64_t pages, uint64_t flags)
{
    for (uint64_t i = 0; i < pages; i++)
        *entry_at(va + i * PAGE_SIZE, 1) = pte_make(mfn_add(first, i), flags);
}

void map_superpages(vaddr_t va, paddr_t paddr, uint64_t count, uint64_t flags)
{
    for (uint64_t i = 0; i < count; i++)
        *entry_at(va + (i << 21), 2) = (paddr + (i << 21)) | flags | PTE_PSE;
}

/* NULL: there is no table of that level. */
static uint64_t *find_entry(vaddr_t va, unsigned level)
{
    uint64_t *table = hv_l4;

    for (unsigned l = 4; l > level; l--) {
        uint64_t entry = table[pte_index(va, l)];

        if (!(entry & PTE_P) || (entry & PTE_PSE))
            return NULL;
        table = mfn_to_virt(pte_mfn(entry));
    }
    return &table[pte_index(va, level)];
}

uint64_t *map_find_pte(vaddr_t va)
{
    return find_entry(va, 1);
}

bool map_m2p_extent(uint64_t i, mfn_t *first)
{
    const uint64_t *entry = find_entry(M2P_RW_START + (i << 21), 2);

    if (!entry || !(*entry & PTE_P))
        return false;
    *first = pte_mfn(*entry);
    return true;
}

bool map_is_m2p(mfn_t m)
{
    mfn_t first;

    for (uint64_t i = 0; i < map_m2p_extents(); i++)
        if (map_m2p_extent(i, &first) && m.n - first.n < PTES)
            return true;
    return false;
}

void map_fill_l4(uint64_t *l4, const uint64_t *perdomain_l3)
{
    for (unsigned i = HV_L4_FIRST; i <= HV_L4_LAST; i++)
        l4[i] = hv_l4[i];
    l4[pte_index(PERDOMAIN_START, 4)] =
        perdomain_l3 ? pte_make(virt_to_mfn(perdomain_l3), HV_L4_FLAGS) : 0;
    l4[pte_index(M2P_RO_START, 4)] = 0;
}

void map_show_m2p(uint64_t *l4)
{
    unsigned slot = pte_index(M2P_RO_START, 4);

    WRITE_ONCE(l4[slot], hv_l4[slot]);
}

void *io_map(paddr_t paddr, size_t bytes)
{
    paddr_t first = paddr & PAGE_MASK;
    uint64_t pages = (ROUND_UP(paddr + bytes, PAGE_SIZE) - first) >> PAGE_SHIFT;
    vaddr_t va = iomap_next;

    if (pages > (STUBS_START - va) >> PAGE_SHIFT)
        return NULL;
    iomap_next += pages * PAGE_SIZE;
    map_pages(va, paddr_to_mfn(first), pages,
              PTE_P | PTE_RW | PTE_A | PTE_D | PTE_PCD | PTE_PWT | PTE_NX);
    return (void *)(va + (paddr & ~PAGE_MASK));
}
