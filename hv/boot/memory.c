/*
 * boot/memory.c - the hypervisor's address space and the frame table.
 * Layer: boot. Runs once, on the boot CPU, interrupts off.
 */
#include "boot/memory.h"
#include "cpu/cpu.h"
#include "hypercall/memory.h"
#include "irq/irq.h"
#include "lib/log.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "mm/map.h"

#define DATA_FLAGS (PTE_P | PTE_RW | PTE_A | PTE_D | PTE_NX)
#define TEXT_FLAGS (PTE_P | PTE_A)
#define INIT_FLAGS (PTE_P | PTE_RW | PTE_A | PTE_D)
#define SUPERPAGE  (1UL << 21)
#define LOW_MEMORY (1UL << 20)
#define LOW_LIMIT  (1UL << 32) /* what the boot tables map */

/* Frames whose records, and whose M2P entries, fill one 2 MiB page. */
#define FRAMES_CHUNK (SUPERPAGE / sizeof(struct frame))
#define M2P_CHUNK    (SUPERPAGE / sizeof(uint64_t))

extern char image_start[], text_end[], rodata_end[], data_end[];
extern char init_start[], init_end[], bss_start[], image_end[];

/* RAM that nobody uses yet; early allocations are reserved in it. */
static struct e820_map early_free __initdata;
static bool io_records_ready __initdata;

const void *boot_map(paddr_t address, size_t bytes)
{
    if (address >= LOW_LIMIT || bytes > LOW_LIMIT - address)
        return NULL;
    return paddr_to_virt(address);
}

/* The highest fit below 4 GiB. */
static paddr_t __init early_alloc(uint64_t bytes, uint64_t align)
{
    paddr_t start, end, best = 0;

    for (uint32_t i = 0; e820_next_ram(&early_free, &i, &start, &end);) {
        end = MIN(end, LOW_LIMIT);
        if (start < end && end - start >= bytes &&
            ROUND_DOWN(end - bytes, align) >= start)
            best = MAX(best, ROUND_DOWN(end - bytes, align));
    }
    if (!best)
        panic("Not enough memory below 4 GiB: %lu KiB needed", bytes >> 10);
    e820_reserve(&early_free, best, best + bytes);
    return best;
}

static mfn_t __init early_table(void)
{
    paddr_t p = early_alloc(PAGE_SIZE, PAGE_SIZE);

    memset(paddr_to_virt(p), 0, PAGE_SIZE);
    return paddr_to_mfn(p);
}

static mfn_t late_table(void)
{
    void *table = pages_alloc(0);

    if (!table)
        panic("No memory for a page table");
    return virt_to_mfn(table);
}

static paddr_t image_paddr(const void *p)
{
    return (paddr_t)p - IMAGE_START;
}

static void __init reserve_used(const struct boot_info *info)
{
    e820_reserve(&early_free, 0, LOW_MEMORY);
    e820_reserve(&early_free, image_paddr(image_start), image_paddr(image_end));
    for (uint32_t i = 0; i < info->module_count; i++)
        e820_reserve(&early_free, ROUND_DOWN(info->modules[i].start, PAGE_SIZE),
                     ROUND_UP(info->modules[i].end, PAGE_SIZE));
}

static void __init map_image_part(const void *start, const void *end,
                                  uint64_t flags)
{
    uint64_t bytes = (uint64_t)((const char *)end - (const char *)start);

    map_pages((vaddr_t)start, paddr_to_mfn(image_paddr(start)),
              bytes >> PAGE_SHIFT, flags);
}

static void __init map_image(void)
{
    map_image_part(image_start, text_end, TEXT_FLAGS);
    map_image_part(text_end, rodata_end, TEXT_FLAGS | PTE_NX);
    map_image_part(rodata_end, data_end, DATA_FLAGS);
    map_image_part(init_start, init_end, INIT_FLAGS);
    map_image_part(bss_start, image_end, DATA_FLAGS);
}

static void __init map_ram(const struct e820_map *map)
{
    paddr_t start, end, mapped = 0;

    for (uint32_t i = 0; e820_next_ram(map, &i, &start, &end);) {
        start = MAX(ROUND_DOWN(start, SUPERPAGE), mapped);
        end = ROUND_UP(end, SUPERPAGE);
        if (start >= end)
            continue;
        map_superpages(DIRECT_START + start, start, (end - start) >> 21,
                       DATA_FLAGS);
        mapped = end;
    }
}

static bool __init has_ram(const struct e820_map *map, uint64_t first,
                           uint64_t frames)
{
    paddr_t start, end;

    for (uint32_t i = 0; e820_next_ram(map, &i, &start, &end);)
        if (start >> PAGE_SHIFT < first + frames && end >> PAGE_SHIFT > first)
            return true;
    return false;
}

static void __init mark_io(struct frame *f, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        f[i] = (struct frame){(uint64_t)DOMID_IO << REF_OWNER_SHIFT, 0};
}

/* Frame numbers without RAM near them share one page of records. */
static void __init map_hole(vaddr_t va)
{
    static mfn_t hole __initdata;

    if (!io_records_ready) {
        hole = early_table();
        mark_io(mfn_to_virt(hole), PAGE_SIZE / sizeof(struct frame));
        io_records_ready = true;
    }
    for (uint64_t i = 0; i < PTES; i++)
        map_pages(va + i * PAGE_SIZE, hole, 1, TEXT_FLAGS | PTE_NX);
}

static void __init map_frame_table(const struct e820_map *map)
{
    for (uint64_t n = 0; n < frame_limit; n += FRAMES_CHUNK) {
        vaddr_t va = FRAMES_START + n * sizeof(struct frame);
        paddr_t p;

        if (!has_ram(map, n, FRAMES_CHUNK)) {
            map_hole(va);
            continue;
        }
        p = early_alloc(SUPERPAGE, SUPERPAGE);
        mark_io(paddr_to_virt(p), FRAMES_CHUNK);
        map_superpages(va, p, 1, DATA_FLAGS);
    }
}

static void __init map_m2p(const struct e820_map *map)
{
    for (uint64_t n = 0; n < frame_limit; n += M2P_CHUNK) {
        paddr_t p;

        if (!has_ram(map, n, M2P_CHUNK))
            continue;
        p = early_alloc(SUPERPAGE, SUPERPAGE);
        memset(paddr_to_virt(p), 0xff, SUPERPAGE);
        map_superpages(M2P_RW_START + n * 8, p, 1, DATA_FLAGS);
        map_superpages(M2P_RO_START + n * 8, p, 1,
                       PTE_P | PTE_US | PTE_A | PTE_D | PTE_NX);
    }
}

static void __init map_stub(struct cpu *cpu, mfn_t code, mfn_t data)
{
    vaddr_t va = STUBS_START + cpu->id * 2 * PAGE_SIZE;

    map_pages(va, code, 1, TEXT_FLAGS);
    map_pages(va + PAGE_SIZE, data, 1, DATA_FLAGS);
    cpu_init_stub(cpu, mfn_to_virt(code), mfn_to_virt(data));
}

/* Every L4 of a guest copies our slots: the tables below them must exist. But
 * for the M2P no guest may pass them, as it might by a linear entry. */
static void __init make_all_l3(void)
{
    for (unsigned i = HV_L4_FIRST; i <= HV_L4_LAST; i++) {
        if (!(hv_l4[i] & PTE_P))
            hv_l4[i] = pte_make(early_table(), HV_L4_FLAGS);
        if (i != pte_index(M2P_RO_START, 4))
            hv_l4[i] &= ~PTE_US;
    }
}

static void __init own_ram(const struct e820_map *map)
{
    paddr_t start, end;

    for (uint32_t i = 0; e820_next_ram(map, &i, &start, &end);) {
        frames_total += (end - start) >> PAGE_SHIFT;
        for (uint64_t n = start >> PAGE_SHIFT; n < end >> PAGE_SHIFT; n++)
            FRAMES[n].ref = (uint64_t)DOMID_XEN << REF_OWNER_SHIFT | 1;
    }
}

/* The BIOS left its tables there, and kernels look for them by machine address
 * (6.12's iBFT scan): device memory, as far as dom0 is concerned. */
static void __init give_up_low_memory(void)
{
    mark_io(FRAMES, LOW_MEMORY >> PAGE_SHIFT);
}

static void __init free_ram(void)
{
    paddr_t start, end;

    for (uint32_t i = 0; e820_next_ram(&early_free, &i, &start, &end);)
        frames_free_run(paddr_to_mfn(start), (end - start) >> PAGE_SHIFT);
}

void __init memory_init(const struct boot_info *info)
{
    const struct e820_map *map = &info->memory;

    early_free = *map;
    reserve_used(info);
    frame_limit = e820_top_of_ram(map) >> PAGE_SHIFT;
    map_set_table_source(early_table);
    hv_l4 = mfn_to_virt(early_table());
    map_ram(map);
    map_image();
    map_frame_table(map);
    map_m2p(map);
    map_stub(this_cpu(), early_table(), early_table());
    make_all_l3();
    write_cr3(virt_to_paddr(hv_l4));
    own_ram(map);
    give_up_low_memory();
    free_ram();
    map_set_table_source(late_table);
}

void __init memory_map_stub(struct cpu *cpu)
{
    mfn_t code = late_table(), data = late_table();

    map_stub(cpu, code, data);
}

void memory_release_init(void)
{
    paddr_t start;

    for (vaddr_t va = (vaddr_t)init_start; va < (vaddr_t)init_end;
         va += PAGE_SIZE) {
        *map_find_pte(va) = 0;
        invlpg(va);
    }
    /* With the gap before .bss, which begins with an aligned stack. */
    start = image_paddr(init_start);
    frames_free_run(paddr_to_mfn(start),
                    (image_paddr(bss_start) - start) >> PAGE_SHIFT);
}

/* Two modules may lie in one page: it is given back once. */
static bool __init is_in_earlier(const struct boot_info *info, uint32_t index,
                                 paddr_t page)
{
    while (index-- > 0)
        if (info->modules[index].end > page &&
            info->modules[index].start < page + PAGE_SIZE)
            return true;
    return false;
}

static bool __init is_ours(mfn_t m)
{
    return mfn_is_ram(m) && frame_owner(frame_of(m)) == DOMID_XEN;
}

void __init memory_release_modules(const struct boot_info *info)
{
    for (uint32_t i = 0; i < info->module_count; i++) {
        paddr_t page = ROUND_DOWN(info->modules[i].start, PAGE_SIZE);

        for (; page < info->modules[i].end; page += PAGE_SIZE)
            if (is_ours(paddr_to_mfn(page)) && !is_in_earlier(info, i, page))
                frames_free_run(paddr_to_mfn(page), 1);
    }
}

static void __init publish(uint64_t start, uint64_t end, uint32_t type)
{
    struct xen_e820entry *e = &machine_map[machine_map_entries];

    if (start >= end)
        return;
    if (machine_map_entries && e[-1].type == type &&
        e[-1].addr + e[-1].size == start) {
        e[-1].size += end - start;
        return;
    }
    if (machine_map_entries == MACHINE_MAP_MAX)
        return;
    *e = (struct xen_e820entry){start, end - start, type};
    machine_map_entries++;
}

/* A gap of the map is split where our own device pages lie in it. */
static void __init publish_gap(uint64_t start, uint64_t end)
{
    for (uint64_t n = start >> PAGE_SHIFT;
         n < end >> PAGE_SHIFT && n < LOW_LIMIT >> PAGE_SHIFT; n++)
        if (irq_owns_frame(n))
            publish(n << PAGE_SHIFT, (n + 1) << PAGE_SHIFT, E820_RESERVED);
}

void __init memory_publish_map(const struct e820_map *map)
{
    uint64_t at = 0;

    for (uint32_t i = 0; i < map->count; i++) {
        const struct e820_range *r = &map->ranges[i];

        publish_gap(at, r->start);
        publish(r->start, r->end, r->type);
        at = r->end;
    }
    publish_gap(at, LOW_LIMIT);
}
