/*
 * pages_boot.c - the way from the address space that the domain was built with
 * to the Unix layer's own; see pages.h. Its virtual addresses below the end of
 * the initial mapping are frame numbers times the size of a page.
 */
#include <elf.h>
#include <sys/mman.h>

#include "lib/string.h"
#include "mm/pages_internal.h"
#include "xen/console.h"
#include "xen/hypercall.h"
#include "xen/percpu.h"

extern const Elf64_Ehdr __ehdr_start;
extern char _end[];

/* Numbers of frames, during the building. */
static struct {
    uint32_t count;
    uint32_t image, image_end; /* the program */
    uint32_t code_end;         /* what of it is not writable, from its start */
    uint32_t old, old_end;     /* the builder's page tables */
    uint32_t new, new_end;     /* the direct map's */
    uint32_t mapped;           /* the end of the initial mapping */
    const uint64_t *mfn_of;
} b;

static uint32_t frames_up(uint64_t bytes)
{
    return (uint32_t)(page_up(bytes) >> 12);
}

static const Elf64_Phdr *segments(void)
{
    return (const Elf64_Phdr *)((uintptr_t)&__ehdr_start +
                                __ehdr_start.e_phoff);
}

static uint32_t find_code_end(void)
{
    uint32_t end = 0;

    for (unsigned i = 0; i < __ehdr_start.e_phnum; i++) {
        const Elf64_Phdr *s = &segments()[i];

        if (s->p_type == PT_LOAD && !(s->p_flags & PF_W))
            end = frames_up(s->p_vaddr + s->p_memsz);
    }
    return end;
}

static uint32_t tables_needed(uint32_t count)
{
    uint32_t leaves = (count + SLOTS - 1) / SLOTS;
    uint32_t middle = (leaves + SLOTS - 1) / SLOTS;

    return leaves + middle + 1;
}

static void survey(const struct start_info *start)
{
    b.count = (uint32_t)start->nr_pages;
    b.mfn_of = (const uint64_t *)start->mfn_list;
    b.image = (uint32_t)((uintptr_t)&__ehdr_start >> 12);
    b.image_end = frames_up((uintptr_t)_end);
    b.code_end = find_code_end();
    b.old = (uint32_t)(start->pt_base >> 12);
    b.old_end = b.old + (uint32_t)start->nr_pt_frames;
    /* Behind the tables is the stack that the domain started on. */
    b.new = b.old_end + 1;
    b.new_end = b.new + tables_needed(b.count);
    /* The builder maps 512 KiB more, up to a border of 4 MiB. */
    b.mapped = (b.new + 128 + 1023) & ~1023U;
    if (b.new_end >= b.count)
        console_panic("memory: %u pages are too few", b.count);
}

/* A frame of new tables, before the direct map shows it. */
static uint64_t *early(uint32_t frame)
{
    return frame < b.mapped ? (uint64_t *)((uint64_t)frame << 12)
                            : direct(frame);
}

static bool is_read_only(uint32_t frame)
{
    return (frame >= b.old && frame < b.old_end) ||
           (frame >= b.new &&frame < minimum(b.new_end, b.mapped)) ||
           (frame >= b.image && frame < b.code_end);
}

/* A full table takes its place: nobody may write to it from now on. */
static void hook(uint32_t table, uint32_t above, unsigned slot)
{
    struct mmu_update update = {.ptr = b.mfn_of[above] << 12 | slot * 8UL,
                                .val = b.mfn_of[table] << 12 | PTE_TABLE};
    long error;

    xen_update_va_mapping(early(table), b.mfn_of[table] << 12 | PTE_READ_ONLY,
                          UVMF_INVLPG | UVMF_LOCAL);
    error = xen_mmu_update(&update, 1, NULL);
    if (error)
        console_panic("memory: the direct map is refused, %ld", error);
}

static void fill_leaf(uint64_t *leaf, uint32_t first)
{
    uint32_t n = minimum(b.count - first, (uint32_t)SLOTS);

    for (uint32_t i = 0; i < SLOTS; i++)
        if (i >= n)
            leaf[i] = 0;
        else
            leaf[i] = b.mfn_of[first + i] << 12 | PTE_READ_ONLY |
                      (is_read_only(first + i) ? 0 : PTE_WRITE);
}

/*
 * Top down, so that each leaf is of use at once: the first ones show the frames
 * that the later ones are made of.
 */
static void build_direct_map(void)
{
    uint32_t next = b.new, top = next++, middle = 0;

    memset(early(top), 0, PAGE_BYTES);
    hook(top, b.old, DIRECT_BASE >> 39 & (SLOTS - 1));
    for (uint32_t leaf = 0; leaf * SLOTS < b.count; leaf++) {
        if (leaf % SLOTS == 0) {
            middle = next++;
            memset(early(middle), 0, PAGE_BYTES);
            hook(middle, top, leaf / SLOTS);
        }
        fill_leaf(early(next), leaf * SLOTS);
        hook(next++, middle, leaf % SLOTS);
    }
}

static uint32_t segment_rights(const Elf64_Phdr *s)
{
    return (s->p_flags & PF_R ? PROT_READ : 0U) |
           (s->p_flags & PF_W ? PROT_WRITE : 0U) |
           (s->p_flags & PF_X ? PROT_EXEC : 0U);
}

static void protect_image(void)
{
    for (unsigned i = 0; i < __ehdr_start.e_phnum; i++) {
        const Elf64_Phdr *s = &segments()[i];
        uint64_t end = page_up(s->p_vaddr + s->p_memsz);

        if (s->p_type != PT_LOAD)
            continue;
        for (uint64_t va = page_down(s->p_vaddr); va < end; va += PAGE_BYTES) {
            struct page page = pages_get(va);

            page.prot = segment_rights(s);
            /* The pages of the hypervisor's stay as they are. */
            if (page.frame == va >> 12)
                pages_set(va, page);
        }
    }
}

static void unmap_the_rest(void)
{
    struct page none = {.frame = FRAME_NONE};

    for (uint32_t at = 0; at < b.mapped; at++) {
        bool whole = at + SLOTS <= b.image || at >= b.image_end;

        if (at % SLOTS == 0 && whole && at + SLOTS <= b.mapped) {
            pages_drop_table((uint64_t)at << 12);
            at += SLOTS - 1;
        } else if (at < b.image || at >= b.image_end) {
            pages_set((uint64_t)at << 12, none);
        }
    }
    pages_flush();
}

/* Everything but the image, the archive of files, and what both maps are. */
static void free_the_rest(void)
{
    uint32_t n = frames_up(b.count * sizeof(uint16_t));
    uint16_t *uses = direct(b.new_end);

    if (b.new_end + n >= b.count)
        console_panic("memory: %u pages are too few", b.count);
    frames_init(&memory.frames, uses, b.count);
    frames_give(&memory.frames, 1, b.image - 1);
    frames_give(&memory.frames, b.new_end + n, b.count - b.new_end - n);
}

void pages_init(const struct start_info *start)
{
    survey(start);
    build_direct_map();
    memory.count = b.count;
    memory.top_table = b.old;
    memory.mfn_of = (uint64_t *)(DIRECT_BASE + start->mfn_list);
    b.mfn_of = memory.mfn_of;
    percpu()->mfn = &memory.mfn_of[(uintptr_t)percpu() >> 12];
    protect_image();
    unmap_the_rest();
    free_the_rest();
    pages_publish();
}
