/*
 * pages.c - see pages.h: page tables after boot. Writes of entries are gathered
 * and made by one hypercall. Source: xen/public/xen.h, "MMU updates".
 */
#include <sys/mman.h>

#include "lib/string.h"
#include "mm/pages_internal.h"
#include "xen/console.h"
#include "xen/cpus.h"
#include "xen/hypercall.h"
#include "xen/shared.h"

/* CLEAN is of entries that are not present. */
enum { BATCH = 128, TABLES_KEPT = 8, CLEAN = 2 };

struct memory memory;

static struct mmu_update batch[BATCH];
static unsigned batched;
static bool stale; /* an entry that was there has changed */

static void zero_frames(uint32_t first, uint32_t n)
{
    uint64_t words = (uint64_t)n * (PAGE_BYTES / 8);
    void *at = direct(first);

    __asm__ volatile("rep stosq" : "+D"(at), "+c"(words) : "a"(0UL) : "memory");
}

struct frames *pages_frames(void)
{
    return &memory.frames;
}

uint32_t pages_alloc(uint32_t n)
{
    uint32_t first = frames_alloc(&memory.frames, n);

    for (uint32_t i = 0; first != FRAME_NONE && i < n; i++)
        if (!frames_was_zero(&memory.frames, first + i))
            zero_frames(first + i, 1);
    return first;
}

uint32_t pages_alloc_raw(uint32_t n)
{
    uint32_t first = frames_alloc(&memory.frames, n);

    for (uint32_t i = 0; first != FRAME_NONE && i < n; i++)
        frames_was_zero(&memory.frames, first + i);
    return first;
}

void pages_free(uint32_t first, uint32_t n)
{
    frames_give(&memory.frames, first, n);
}

static void write_batch(void)
{
    unsigned n = batched;
    long error;

    batched = 0;
    error = n ? xen_mmu_update(batch, n, NULL) : 0;
    if (error)
        console_panic("page tables: error %ld, entry %lx", error, batch[0].val);
}

void pages_flush(void)
{
    write_batch();
    if (stale)
        cpus_flush();
    stale = false;
}

void pages_write_slot(uint32_t table, unsigned slot, uint64_t entry)
{
    if (batched == BATCH)
        write_batch();
    batch[batched++] = (struct mmu_update){
        .ptr = (memory.mfn_of[table] << 12 | slot * 8UL) | MMU_NORMAL_PT_UPDATE,
        .val = entry};
}

uint64_t pages_mfn_of(uint32_t frame)
{
    return memory.mfn_of[frame];
}

const uint64_t *pages_mfn_place(uint32_t frame)
{
    return &memory.mfn_of[frame];
}

uint32_t pages_frame_of(uint64_t mfn)
{
    const uint64_t *m2p = (const uint64_t *)MACH2PHYS_VIRT_START;

    return (uint32_t)m2p[mfn];
}

static uint32_t frame_of_entry(uint64_t entry)
{
    return pages_frame_of((entry & PTE_FRAME) >> 12);
}

/* The list is seen by the page tables, in place of the older tree. */
void pages_publish(void)
{
    struct arch_shared_info *arch = &shared_info()->arch;

    arch->max_pfn = memory.count;
    arch->pfn_to_mfn_frame_list_list = ~0UL;
    arch->p2m_cr3 = memory.mfn_of[memory.top_table] << 12;
    arch->p2m_vaddr = (uintptr_t)memory.mfn_of;
    arch->p2m_generation = 0;
}

static unsigned slot_of(uint64_t va, unsigned level)
{
    return va >> (12 + 9 * (level - 1)) & (SLOTS - 1);
}

/* Nobody may write to a table: its page in the direct map loses that first. */
static bool add_table(uint32_t above, unsigned slot, uint32_t *table)
{
    uint64_t mfn;

    *table = pages_alloc(1);
    if (*table == FRAME_NONE)
        return false;
    mfn = memory.mfn_of[*table] << 12;
    xen_update_va_mapping(direct(*table), mfn | PTE_READ_ONLY,
                          UVMF_INVLPG | UVMF_LOCAL);
    pages_write_slot(above, slot, mfn | PTE_TABLE);
    write_batch();
    return true;
}

/* The table of level `to` that serves `va`. */
static bool walk(uint64_t va, unsigned to, bool add, uint32_t *table)
{
    *table = memory.top_table;
    for (unsigned level = 4; level > to; level--) {
        unsigned slot = slot_of(va, level);
        uint64_t entry = ((const uint64_t *)direct(*table))[slot];

        if (entry & PTE_PRESENT)
            *table = frame_of_entry(entry);
        else if (!add || !add_table(*table, slot, table))
            return false;
    }
    return true;
}

/* That of level 1; the last one is remembered. */
static uint64_t last_va = UINT64_MAX;

static bool find_table(uint64_t va, bool add, uint32_t *table)
{
    static uint32_t last_table;

    if (va >> 21 == last_va) {
        *table = last_table;
        return true;
    }
    if (!walk(va, 1, add, table))
        return false;
    last_va = va >> 21;
    last_table = *table;
    return true;
}

/* The table of `level` for `va` serves nobody behind the next flush. */
static bool unhook_table(uint64_t va, unsigned level, uint32_t *table)
{
    uint32_t above;

    write_batch();
    last_va = UINT64_MAX;
    if (!walk(va, level, false, table) || !walk(va, level + 1, false, &above))
        return false;
    pages_write_slot(above, slot_of(va, level + 1), 0);
    stale = true;
    return true;
}

void pages_drop_table(uint64_t va)
{
    uint32_t table;

    unhook_table(va, 1, &table);
}

/* In bytes. */
static uint64_t served_by(unsigned level)
{
    return 1UL << (12 + 9 * level);
}

/* The first address of [va, end) for which there is a table of `level`. */
static uint64_t next_served(uint64_t va, uint64_t end, unsigned level)
{
    uint32_t table;

    while (va < end && !walk(va, level, false, &table)) {
        unsigned above = level + 1;

        while (!walk(va, above, false, &table))
            above++;
        va = (va | (served_by(above - 1) - 1)) + 1;
    }
    return minimum(va, end);
}

enum { PARTS = 16 };
struct dropped {
    uint32_t tables[PARTS];
    unsigned n;
};

/* They are empty, and unhooked: the last one's hypercall flushes for all. */
static void free_tables(struct dropped *d)
{
    write_batch();
    if (d->n > 0)
        stale = false;
    for (unsigned i = 0; i < d->n; i++)
        xen_update_va_mapping(
            direct(d->tables[i]),
            memory.mfn_of[d->tables[i]] << 12 | PTE_READ_ONLY | PTE_WRITE,
            i + 1 < d->n ? UVMF_NONE : UVMF_TLB_FLUSH | UVMF_ALL);
    while (d->n > 0)
        frames_put_zero(&memory.frames, d->tables[--d->n]);
}

static void drop_tables(uint64_t va, uint64_t end, unsigned level,
                        struct dropped *d)
{
    uint64_t bytes = served_by(level);

    va = (va + bytes - 1) & ~(bytes - 1);
    for (va = next_served(va, end, level); va < end && end - va >= bytes;
         va = next_served(va + bytes, end, level)) {
        d->n += unhook_table(va, level, &d->tables[d->n]);
        if (d->n == PARTS)
            free_tables(d);
    }
}

void pages_drop_tables(uint64_t va, uint64_t end)
{
    struct dropped d = {.n = 0};

    drop_tables(va, end, 1, &d);
    drop_tables(va, end, 2, &d);
    free_tables(&d);
}

static uint64_t entry_of(struct page page)
{
    uint64_t entry = PTE_READ_ONLY;

    if (page.frame == FRAME_NONE)
        return 0;
    /* Not present, the hypervisor takes any content. */
    if (page.prot == PROT_NONE)
        return (uint64_t)(page.frame + 1) << 12 | (page.clean ? CLEAN : 0);
    if (page.clean)
        entry &= ~PTE_DIRTY;
    if (page.prot & PROT_WRITE)
        entry |= PTE_WRITE;
    if (page.prot & PROT_EXEC)
        entry &= ~PTE_NO_EXEC;
    return entry | memory.mfn_of[page.frame] << 12;
}

bool pages_set(uint64_t va, struct page page)
{
    uint32_t table;

    if (!find_table(va, page.frame != FRAME_NONE, &table))
        return page.frame == FRAME_NONE;
    if (((const uint64_t *)direct(table))[slot_of(va, 1)] & PTE_PRESENT)
        stale = true;
    pages_write_slot(table, slot_of(va, 1), entry_of(page));
    return true;
}

static struct page page_of(uint64_t entry)
{
    struct page page = {.frame = FRAME_NONE};

    if (!entry)
        return page;
    if (!(entry & PTE_PRESENT)) {
        page.frame = (uint32_t)(entry >> 12) - 1;
        page.clean = entry & CLEAN;
        return page;
    }
    page.frame = frame_of_entry(entry);
    /* With several vcpus, one may be writing just now. */
    page.clean = !(entry & PTE_DIRTY) && !uk_many_cpus;
    page.prot = PROT_READ | (entry & PTE_WRITE ? PROT_WRITE : 0U) |
                (entry & PTE_NO_EXEC ? 0U : PROT_EXEC);
    return page;
}

struct page pages_get(uint64_t va)
{
    uint32_t table;

    if (!find_table(va, false, &table))
        return page_of(0);
    return page_of(((const uint64_t *)direct(table))[slot_of(va, 1)]);
}

struct page pages_take(uint64_t va)
{
    uint32_t table;
    uint64_t entry;

    if (!find_table(va, false, &table))
        return page_of(0);
    entry = ((const uint64_t *)direct(table))[slot_of(va, 1)];
    if (entry)
        pages_write_slot(table, slot_of(va, 1), 0);
    stale |= entry & PTE_PRESENT;
    return page_of(entry);
}

uint64_t pages_next(uint64_t va, uint64_t end)
{
    uint32_t table;

    if (va < end && find_table(va, false, &table))
        return va;
    return next_served(va, end, 1);
}

/* The part of [va, end) that one table serves, in entries. */
static unsigned run_length(uint64_t va, uint64_t end)
{
    return (unsigned)minimum((end - va) >> 12, SLOTS - slot_of(va, 1));
}

uint64_t pages_missing(uint64_t va, uint64_t end)
{
    uint64_t missing = 0;

    while (va < end) {
        unsigned n = run_length(va, end);
        const uint64_t *entry;
        uint32_t table;

        if (find_table(va, false, &table)) {
            entry = (const uint64_t *)direct(table) + slot_of(va, 1);
            for (unsigned i = 0; i < n; i++)
                missing += !entry[i];
            va += n * PAGE_BYTES;
        } else {
            uint64_t next = pages_next(va, end);

            missing += (next - va) >> 12;
            va = next;
        }
    }
    return missing;
}

bool pages_populate(uint64_t va, uint64_t end, uint32_t prot)
{
    uint64_t rights =
        entry_of((struct page){.prot = prot, .clean = true}) & ~PTE_FRAME;
    uint32_t frames = (uint32_t)((end - va) >> 12), table;
    uint32_t frame = pages_alloc(frames), past = frame + frames;

    while (frame != FRAME_NONE && va < end) {
        unsigned n = run_length(va, end), slot = slot_of(va, 1);

        if (!find_table(va, true, &table)) {
            pages_free(frame, past - frame);
            return false;
        }
        for (va += n * PAGE_BYTES; n > 0; n--)
            pages_write_slot(table, slot++,
                             rights | memory.mfn_of[frame++] << 12);
    }
    return frame != FRAME_NONE;
}
