/*
 * loader/layout.c - lays out the first memory of a new PV domain.
 * Layer: loader. Pure, no locks. Follows what Xen builds for its dom0
 * (xen/arch/x86/pv/dom0_build.c), which kernels know.
 *
 * The kernel ends less than 2^47 bytes above virt_base (its range was checked),
 * an initrd has less than 2^46 bytes and a p2m list at most 2^37, so no sum of
 * offsets overflows; that virt_base plus their sum is a guest's address is
 * checked once, in count_own_tables().
 */
#include "abi/errno.h"
#include "abi/xen.h"
#include "lib/string.h"
#include "loader/layout.h"

#define L1_SPAN_SHIFT   21U /* what one table of the level maps */
#define L2_SPAN_SHIFT   30U
#define L3_SPAN_SHIFT   39U
#define MAPPING_ALIGN   ((uint64_t)4 << 20)
#define MIN_SLACK_BYTES ((uint64_t)512 << 10)
#define P2M_ENTRY_BYTES sizeof(uint64_t)

_Static_assert(sizeof(struct start_info) +
                       sizeof(struct dom0_vga_console_info) <=
                   PAGE_SIZE,
               "start_info and the video description share one frame");

static int fail(const char **error, const char *text)
{
    *error = text;
    return -EINVAL;
}

static uint64_t frames_of(uint64_t bytes)
{
    return DIV_ROUND_UP(bytes, PAGE_SIZE);
}

/* How many tables of a level [start, start + bytes) touches; bytes > 0. */
static uint64_t tables_touched(vaddr_t start, uint64_t bytes, unsigned int span)
{
    return ((start + bytes - 1) >> span) - (start >> span) + 1;
}

static void count_tables(struct layout_tables *tables, vaddr_t start,
                         uint64_t bytes)
{
    tables->l3_frames = tables_touched(start, bytes, L3_SPAN_SHIFT);
    tables->l2_frames = tables_touched(start, bytes, L2_SPAN_SHIFT);
    tables->l1_frames = tables_touched(start, bytes, L1_SPAN_SHIFT);
    tables->all.frames = tables->l4_frames + tables->l3_frames +
                         tables->l2_frames + tables->l1_frames;
}

/* Gives each level its pfns from `first` on. */
static void place_tables(struct layout_tables *tables, uint64_t first)
{
    tables->all.first.n = first;
    tables->l4.n = first;
    tables->l3.n = tables->l4.n + tables->l4_frames;
    tables->l2.n = tables->l3.n + tables->l3_frames;
    tables->l1.n = tables->l2.n + tables->l2_frames;
}

/* The next region of the initial mapping: `frames` at pfn *next. */
static struct layout_region map_region(const struct dom0_layout *l,
                                       uint64_t *next, uint64_t frames)
{
    uint64_t first = *next;

    *next += frames;
    return (struct layout_region){
        {first}, frames, l->virt_base + (first << PAGE_SHIFT)};
}

/* Rounds up to where a mapping may end. */
static uint64_t padded_end(vaddr_t virt_base, uint64_t bytes)
{
    uint64_t skew = virt_base & (MAPPING_ALIGN - 1);
    uint64_t end = ROUND_UP(bytes + skew, MAPPING_ALIGN) - skew;

    return end - bytes < MIN_SLACK_BYTES ? end + MAPPING_ALIGN : end;
}

/*
 * Counts the mapping's own tables, which map themselves: what the last count
 * asks for is tried until it is enough. Returns the mapping's bytes, or 0 when
 * the addresses do not last.
 */
static uint64_t count_own_tables(struct dom0_layout *l, uint64_t first)
{
    uint64_t frames = 0, end;

    l->tables.l4_frames = 1;
    for (;;) {
        end = padded_end(l->virt_base, (first + frames + 1) << PAGE_SHIFT);
        if (!guest_range_is_valid(l->virt_base, end))
            return 0;
        count_tables(&l->tables, l->virt_base, end);
        if (l->tables.all.frames <= frames)
            return end;
        frames = l->tables.all.frames;
    }
}

/* Places the last parts of the mapping: its tables, the stack, the slack. */
static int place_tables_and_stack(struct dom0_layout *l, uint64_t *next,
                                  const char **error)
{
    uint64_t end = count_own_tables(l, *next);

    if (!end)
        return fail(error, l->initrd_is_mapped
                               ? "initrd does not fit behind the kernel"
                               : "kernel leaves no addresses behind itself");
    place_tables(&l->tables, *next);
    l->tables.all = map_region(l, next, l->tables.all.frames);
    l->stack = map_region(l, next, 1);
    l->stack_end = l->stack.va + PAGE_SIZE;
    l->slack = map_region(l, next, (end >> PAGE_SHIFT) - *next);
    l->mapped_frames = *next;
    l->virt_end = l->virt_base + end;
    return 0;
}

/* Places the initial mapping from the kernel to the slack. */
static int place_mapping(const struct xen_notes *notes, struct dom0_layout *l,
                         const char **error)
{
    uint64_t start = notes->kernel_start - notes->virt_base;
    uint64_t end = notes->kernel_end - notes->virt_base;
    uint64_t next = start >> PAGE_SHIFT;

    l->kernel = map_region(l, &next, frames_of(end) - next);
    if (l->initrd_is_mapped)
        l->initrd = map_region(l, &next, frames_of(l->initrd_bytes));
    if (!l->p2m_is_apart)
        l->p2m = map_region(l, &next, frames_of(l->nr_pages * P2M_ENTRY_BYTES));
    l->start_info = map_region(l, &next, 1);
    return place_tables_and_stack(l, &next, error);
}

static bool share_l4_slot(vaddr_t a, uint64_t a_bytes, vaddr_t b,
                          uint64_t b_bytes)
{
    return a >> L3_SPAN_SHIFT <= (b + b_bytes - 1) >> L3_SPAN_SHIFT &&
           b >> L3_SPAN_SHIFT <= (a + a_bytes - 1) >> L3_SPAN_SHIFT;
}

/* Places the p2m list that is mapped at INIT_P2M, and its tables. */
static int place_p2m(const struct xen_notes *notes, struct dom0_layout *l,
                     uint64_t *next, const char **error)
{
    uint64_t bytes = frames_of(l->nr_pages * P2M_ENTRY_BYTES) << PAGE_SHIFT;

    if (!guest_range_is_valid(notes->init_p2m, bytes))
        return fail(error, "p2m list does not fit at the kernel's INIT_P2M");
    if (share_l4_slot(notes->init_p2m, bytes, l->virt_base,
                      l->mapped_frames << PAGE_SHIFT))
        return fail(error, "wants its p2m list within 512 GiB of itself, "
                           "which is not supported (Xen note INIT_P2M)");
    l->p2m =
        (struct layout_region){{*next}, bytes >> PAGE_SHIFT, notes->init_p2m};
    *next += l->p2m.frames;
    count_tables(&l->p2m_tables, notes->init_p2m, bytes);
    place_tables(&l->p2m_tables, *next);
    *next += l->p2m_tables.all.frames;
    return 0;
}

/* Places what is only told by pfn, behind the mapping. */
static int place_unmapped(const struct xen_notes *notes, struct dom0_layout *l,
                          const char **error)
{
    uint64_t next = l->mapped_frames;

    if (next > l->nr_pages)
        return fail(error, l->initrd_is_mapped
                               ? "dom0_mem is too small for kernel and initrd"
                               : "dom0_mem is too small for the kernel");
    if (l->initrd_bytes && !l->initrd_is_mapped) {
        l->initrd =
            (struct layout_region){{next}, frames_of(l->initrd_bytes), 0};
        next += l->initrd.frames;
    }
    if (next > l->nr_pages)
        return fail(error, "initrd does not fit into dom0_mem");
    if (l->p2m_is_apart) {
        int rc = place_p2m(notes, l, &next, error);

        if (rc)
            return rc;
    }
    if (next > l->nr_pages)
        return fail(error, "dom0_mem is too small for the p2m list");
    l->used_frames = next;
    return 0;
}

int layout_compute(const struct xen_notes *notes, uint64_t initrd_bytes,
                   uint64_t nr_pages, struct dom0_layout *layout,
                   const char **error)
{
    int rc;

    memset(layout, 0, sizeof(*layout));
    if (nr_pages > LAYOUT_MAX_PAGES)
        return fail(error, "dom0_mem is more than a domain can have");
    if (initrd_bytes > nr_pages << PAGE_SHIFT)
        return fail(error, "initrd does not fit into dom0_mem");
    layout->virt_base = notes->virt_base;
    layout->nr_pages = nr_pages;
    layout->initrd_bytes = initrd_bytes;
    layout->initrd_is_mapped = initrd_bytes && !notes->mod_start_pfn;
    layout->p2m_is_apart = xen_notes_have(notes, XEN_ELFNOTE_INIT_P2M);
    rc = place_mapping(notes, layout, error);
    return rc ? rc : place_unmapped(notes, layout, error);
}
