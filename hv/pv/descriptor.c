/*
 * pv/descriptor.c - the GDT and LDT of a vcpu: frames of the guest, mapped
 * into the vcpu's window. Layer: pv. No locks: a vcpu's tables are changed by
 * itself, or by others while it does not run.
 *
 * A frame in the window has type FRAME_SEGDESC, so that only checked
 * descriptors are in it. The window is writable, since the CPU sets the
 * accessed bits.
 */
#include "cpu/desc.h"
#include "mm/alloc.h"
#include "mm/pte.h"
#include "mm/tlb.h"
#include "pv/pv.h"
#include "pv/segments.h"

#define DESCRIPTORS  512 /* in a frame */
#define GDT_FRAMES   14
#define GDT_ENTRIES  (GDT_FRAMES * DESCRIPTORS)
#define LDT_ENTRIES  8192
#define WINDOW_FLAGS (PTE_P | PTE_RW | PTE_A | PTE_D | PTE_NX)
#define UNUSED_FLAGS (PTE_P | PTE_A | PTE_NX)

/* Where a GDT has no frame: null descriptors, whose use is a #GP. */
static mfn_t null_descriptors;

void __init descriptor_init(void)
{
    void *page = pages_alloc(0);

    if (page)
        null_descriptors = virt_to_mfn(page);
}

bool descriptor_validate_frame(mfn_t m)
{
    uint64_t *table = frame_map(m);
    bool valid = true;

    for (unsigned i = 0; valid && i < DESCRIPTORS; i++) {
        uint64_t desc = table[i];

        if (!desc)
            continue;
        valid = descriptor_check(&desc);
        if (valid && desc != table[i])
            table[i] = desc;
    }
    frame_unmap(table);
    return valid;
}

static int get_frames(struct domain *d, const uint64_t *frames, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (!mfn_is_ram(mfn(frames[i])) ||
            frame_get_type(d, mfn(frames[i]), FRAME_SEGDESC)) {
            while (i--)
                frame_put_type(mfn(frames[i]));
            return -EINVAL;
        }
    }
    return 0;
}

static void put_frames(const uint64_t *frames, unsigned count)
{
    if (!count)
        return;
    /* No CPU may write accessed bits, or read, through the window any more. */
    tlb_flush_all();
    for (unsigned i = 0; i < count; i++)
        frame_put_type(mfn(frames[i]));
}

static void set_gdt_window(struct vcpu *v, unsigned count)
{
    uint64_t unused = pte_make(null_descriptors, UNUSED_FLAGS);

    for (unsigned i = 0; i < GDT_FRAMES; i++)
        perdomain_set_entry(
            v, i,
            i < count ? pte_make(mfn(v->gdt_frames[i]), WINDOW_FLAGS) : unused);
}

static unsigned gdt_frames(const struct vcpu *v)
{
    return DIV_ROUND_UP(v->gdt_entries, DESCRIPTORS);
}

void pv_init_gdt(struct vcpu *v)
{
    v->gdt_entries = 0;
    set_gdt_window(v, 0);
    /* Behind the hypervisor's own page, to the limit of selectors. */
    perdomain_set_entry(v, VCPU_GDT_PAGES - 1,
                        pte_make(null_descriptors, UNUSED_FLAGS));
}

long pv_set_gdt(struct vcpu *v, const uint64_t *frames, uint32_t entries)
{
    uint64_t old[GDT_FRAMES];
    unsigned old_count = gdt_frames(v), count;
    int error;

    if (entries > GDT_ENTRIES)
        return -EINVAL;
    count = DIV_ROUND_UP(entries, DESCRIPTORS);
    error = get_frames(v->domain, frames, count);
    if (error)
        return error;
    for (unsigned i = 0; i < GDT_FRAMES; i++) {
        old[i] = v->gdt_frames[i];
        v->gdt_frames[i] = i < count ? frames[i] : 0;
    }
    v->gdt_entries = entries;
    set_gdt_window(v, count);
    put_frames(old, old_count);
    return 0;
}

void pv_destroy_gdt(struct vcpu *v)
{
    pv_set_gdt(v, NULL, 0);
}

long pv_update_descriptor(uint64_t maddr, uint64_t desc)
{
    mfn_t m = paddr_to_mfn(maddr);
    uint64_t *slot, type;

    if (maddr % sizeof(desc) || !mfn_is_ram(m) || !descriptor_check(&desc))
        return -EINVAL;
    /* A page that is no table yet is only memory of the guest's. */
    m = mfn_nospec(m);
    type = READ_ONCE(frame_of(m)->type) & TYPE_MASK;
    if (type != FRAME_SEGDESC)
        type = FRAME_WRITABLE;
    if (frame_get_type(current_domain, m, type))
        return -EINVAL;
    slot = (uint64_t *)frame_map(m) + maddr % PAGE_SIZE / sizeof(desc);
    WRITE_ONCE(*slot, desc);
    frame_unmap(slot);
    frame_put_type(m);
    return 0;
}

long pv_set_ldt(struct vcpu *v, vaddr_t base, uint32_t entries)
{
    if (!entries)
        base = 0;
    if (entries > LDT_ENTRIES || base % PAGE_SIZE ||
        !range_is_guest(base, entries * sizeof(uint64_t)))
        return -EINVAL;
    if (v->ldt_base == base && v->ldt_entries == entries)
        return 0;
    pv_invalidate_ldt(v);
    v->ldt_base = base;
    v->ldt_entries = entries;
    if (v == current)
        segments_load_ldt(v);
    return 0;
}

/* The frame of a page of the guest's LDT, if the guest's kernel maps it. */
static bool find_ldt_frame(struct vcpu *v, vaddr_t va, mfn_t *m)
{
    const uint64_t *l1;
    unsigned index;
    uint64_t pte;
    mfn_t table;

    if (!pv_find_l1(v, va, &table, &index))
        return false;
    l1 = frame_map(table);
    pte = READ_ONCE(l1[index]);
    frame_unmap(l1);
    *m = pte_mfn(pte);
    return (pte & PTE_P) && mfn_is_ram(*m);
}

bool pv_map_ldt_page(struct vcpu *v, uint32_t offset)
{
    unsigned page = offset / PAGE_SIZE % VCPU_LDT_PAGES;
    mfn_t m;

    if (offset / sizeof(uint64_t) >= v->ldt_entries || v->ldt_frames[page])
        return false;
    if (!find_ldt_frame(v, v->ldt_base + page * PAGE_SIZE, &m) ||
        frame_get_type(v->domain, m, FRAME_SEGDESC))
        return false;
    v->ldt_frames[page] = m.n;
    v->ldt_mapped = true;
    perdomain_set_entry(v, VCPU_GDT_PAGES + page, pte_make(m, WINDOW_FLAGS));
    return true;
}

void pv_invalidate_ldt(struct vcpu *v)
{
    uint64_t frames[VCPU_LDT_PAGES];
    unsigned count = 0;

    if (likely(!v->ldt_mapped))
        return;
    v->ldt_mapped = false;
    for (unsigned i = 0; i < VCPU_LDT_PAGES; i++) {
        if (!v->ldt_frames[i])
            continue;
        frames[count++] = v->ldt_frames[i];
        v->ldt_frames[i] = 0;
        perdomain_set_entry(v, VCPU_GDT_PAGES + i, 0);
    }
    put_frames(frames, count);
}
