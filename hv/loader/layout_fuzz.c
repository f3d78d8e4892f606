/*
 * loader/layout_fuzz.c - any kernel's place, initrd and memory size: regions
 * follow each other inside the domain's memory and addresses.
 */
/* link: hv/loader/layout.c hv/loader/xen_notes.c hv/loader/elf.c */
/* covers: hv/loader/layout.c */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "abi/xen.h"
#include "loader/layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* The fields that the seeds hold; flags: 1 unmapped initrd, 2 INIT_P2M. */
struct input {
    uint64_t virt_base;
    uint64_t kernel_offset;
    uint64_t kernel_bytes;
    uint64_t init_p2m;
    uint64_t initrd_bytes;
    uint64_t nr_pages;
    uint64_t flags;
};

/* What xen_notes_parse() lets through of the input; false: nothing. */
static bool notes_of(const struct input *in, struct xen_notes *notes)
{
    uint64_t offset = in->kernel_offset & (ELF_MAX_PADDR - 1);
    uint64_t bytes = (in->kernel_bytes & (ELF_MAX_PADDR - 1)) | 1;

    *notes = (struct xen_notes){
        .virt_base = in->virt_base & PAGE_MASK,
        .init_p2m = in->init_p2m & PAGE_MASK,
        .mod_start_pfn = in->flags & 1,
        .present = in->flags & 2 ? 1U << XEN_ELFNOTE_INIT_P2M : 0,
    };
    notes->kernel_start = notes->virt_base + offset;
    notes->kernel_end = notes->kernel_start + bytes;
    return guest_range_is_valid(notes->virt_base, offset + bytes) &&
           guest_range_is_valid(notes->init_p2m, PAGE_SIZE);
}

static void expect(bool condition)
{
    if (!condition)
        abort();
}

/* Checks that the region starts at *next, if it exists, and moves *next. */
static void follows(const struct dom0_layout *l, struct layout_region region,
                    bool mapped, uint64_t *next)
{
    if (!region.frames)
        return;
    expect(region.first.n == *next);
    expect(!mapped || region.va == l->virt_base + (*next << PAGE_SHIFT));
    *next += region.frames;
}

static void check_tables(const struct layout_tables *t)
{
    expect(t->l3.n == t->all.first.n + t->l4_frames);
    expect(t->l2.n == t->l3.n + t->l3_frames);
    expect(t->l1.n == t->l2.n + t->l2_frames);
    expect(t->all.first.n + t->all.frames == t->l1.n + t->l1_frames);
}

static void check(const struct dom0_layout *l)
{
    uint64_t next = l->kernel.first.n;

    follows(l, l->kernel, true, &next);
    if (l->initrd_is_mapped)
        follows(l, l->initrd, true, &next);
    if (!l->p2m_is_apart)
        follows(l, l->p2m, true, &next);
    follows(l, l->start_info, true, &next);
    follows(l, l->tables.all, true, &next);
    follows(l, l->stack, true, &next);
    follows(l, l->slack, true, &next);
    expect(next == l->mapped_frames && l->stack_end == l->slack.va);
    expect(guest_range_is_valid(l->virt_base, next << PAGE_SHIFT));
    expect(l->tables.l1_frames << 9 >= next);
    if (!l->initrd_is_mapped)
        follows(l, l->initrd, false, &next);
    if (l->p2m_is_apart)
        follows(l, l->p2m, false, &next);
    follows(l, l->p2m_tables.all, false, &next);
    expect(next == l->used_frames && next <= l->nr_pages);
    expect(l->p2m.frames << 9 >= l->nr_pages);
    check_tables(&l->tables);
    check_tables(&l->p2m_tables);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const char *error = NULL;
    struct dom0_layout layout;
    struct xen_notes notes;
    struct input in;

    if (bytes < sizeof(in))
        return 0;
    memcpy(&in, data, sizeof(in));
    if (!notes_of(&in, &notes))
        return 0;
    if (layout_compute(&notes, in.initrd_bytes, in.nr_pages, &layout, &error))
        expect(error != NULL);
    else
        check(&layout);
    return 0;
}
