/*
 * space.c - see space.h. The list of regions says what is promised, the page
 * tables what is there. Layer: mm. Source: POSIX.1-2017 mmap, munmap, mprotect;
 * mremap(2).
 */
#include <elf.h>
#include <errno.h>
#include <sys/mman.h>

#include "lib/string.h"
#include "mm/limits.h"
#include "mm/pages.h"
#include "mm/regions.h"
#include "mm/space_internal.h"
#include "xen/cpus.h"
#include "xen/entropy.h"

#define SPACE_LOW    0x1000000000UL
#define GIB          (1UL << 30)
#define TABLE_SERVES (2UL << 20)
#define KEPT_MOST    (4 * TABLE_SERVES)
#define PROT_ALL     (0U + PROT_READ + PROT_WRITE + PROT_EXEC)
#define KEPT_FLAGS                                                             \
    (MAP_SHARED | MAP_PRIVATE | MAP_NORESERVE | MAPPING_READ_ONLY)

extern const Elf64_Ehdr __ehdr_start;

enum {
    PLACES = 4, /* that one operation may add to the list */
    FIRST_ROOM = PAGE_BYTES / sizeof(struct region)
};

static void put_one(void *object)
{
    struct backing *b = object;

    b->put(b);
}

struct regions space_regions = {.joined = put_one};
static uint64_t low = SPACE_LOW;

static bool make_room(void)
{
    uint32_t room = space_regions.room ? space_regions.room * 2 : FIRST_ROOM;
    uint32_t n = (uint32_t)(page_up(room * sizeof(*space_regions.list)) >> 12),
             first;

    if (space_regions.room >= space_regions.count + PLACES)
        return true;
    first = pages_alloc(n);
    if (first == FRAME_NONE)
        return false;
    if (space_regions.list) {
        memcpy(direct(first), space_regions.list,
               space_regions.count * sizeof(*space_regions.list));
        pages_free(direct_frame(space_regions.list), n / 2);
    }
    space_regions.list = direct(first);
    space_regions.room = room;
    return true;
}

void space_init(void)
{
    const Elf64_Phdr *s =
        (const Elf64_Phdr *)((uintptr_t)&__ehdr_start + __ehdr_start.e_phoff);
    uint64_t random;

    entropy_fill(&random, sizeof(random));
    low = SPACE_LOW + (random & 0xfffff) * (2UL << 20);
    for (unsigned i = 0; i < __ehdr_start.e_phnum && make_room(); i++, s++)
        if (s->p_type == PT_LOAD)
            regions_insert(&space_regions,
                           &(struct region){
                               .start = page_down(s->p_vaddr),
                               .end = page_up(s->p_vaddr + s->p_memsz),
                               .prot = (s->p_flags & PF_R ? PROT_READ : 0U) |
                                       (s->p_flags & PF_W ? PROT_WRITE : 0U) |
                                       (s->p_flags & PF_X ? PROT_EXEC : 0U),
                               .flags = MAP_PRIVATE,
                           });
}

static bool is_range(uint64_t start, uint64_t length)
{
    return !(start & PAGE_MASK) && length > 0 && start < SPACE_HIGH &&
           length <= SPACE_HIGH - start;
}

static void count_objects(uint64_t start, uint64_t end, bool more)
{
    for (uint32_t i = regions_find(&space_regions, start);
         i < space_regions.count && space_regions.list[i].start < end; i++) {
        struct backing *b = space_regions.list[i].object;

        if (b && more)
            b->get(b);
        else if (b)
            b->put(b);
    }
}

/* Cutting a region that maps an object makes one more that does. */
static bool cut(uint64_t start, uint64_t end)
{
    uint32_t before, i;

    space_forget();
    if (!make_room())
        return false;
    for (i = 0; i < 2; i++) {
        uint64_t border = i ? end : start;
        struct backing *b;

        before = space_regions.count;
        regions_cut(&space_regions, border, border);
        if (space_regions.count == before)
            continue;
        b = space_regions.list[regions_find(&space_regions, border)].object;
        if (b)
            b->get(b);
    }
    return true;
}

/* The tables around [start, end), as far as nothing is mapped there. */
static void drop_tables_around(uint64_t start, uint64_t end)
{
    uint32_t i = regions_find(&space_regions, start);
    uint64_t from = start & ~(GIB - 1), to = (end + GIB - 1) & ~(GIB - 1);

    if (from < SPACE_LOW)
        from = SPACE_LOW;
    if (i > 0 && space_regions.list[i - 1].end > from)
        from = space_regions.list[i - 1].end;
    if (i < space_regions.count)
        to = minimum(to, space_regions.list[i].start);
    if (from < to)
        pages_drop_tables(from, to);
}

/* Nothing is mapped in [start, end) any more. Some few tables that got empty
 * stay: who maps and unmaps finds them there the next time. */
static void drop_tables(uint64_t start, uint64_t end)
{
    static struct {
        uint64_t start, end;
    } kept[4], before;
    static unsigned oldest;

    start &= ~(TABLE_SERVES - 1);
    end = (end + TABLE_SERVES - 1) & ~(TABLE_SERVES - 1);
    for (unsigned i = 0; i < array_size(kept); i++)
        if (start >= kept[i].start && end <= kept[i].end)
            return;
    before.start = start;
    before.end = end;
    if (end - start <= KEPT_MOST) {
        before = kept[oldest];
        kept[oldest].start = start;
        kept[oldest].end = end;
        oldest = (oldest + 1) % array_size(kept);
    }
    if (before.end)
        drop_tables_around(before.start, before.end);
}

long space_unmap(uint64_t start, uint64_t length)
{
    uint64_t end = start + page_up(length);

    if (!is_range(start, page_up(length)))
        return -EINVAL;
    if (!cut(start, end))
        return -ENOMEM;
    space_empty(start, end);
    count_objects(start, end, false);
    regions_remove(&space_regions, start, end);
    drop_tables(start, end);
    return 0;
}

static uint64_t choose_place(const struct mapping *m, uint64_t length)
{
    uint64_t hint = page_down(m->start);

    if (hint >= SPACE_LOW && is_range(hint, length) &&
        regions_gap(&space_regions, length, hint, hint + length) == hint)
        return hint;
    return regions_gap(&space_regions, length, low, SPACE_HIGH);
}

/* Where it goes, which is empty then; or an error. */
static long take_place(const struct mapping *m, uint64_t length)
{
    uint64_t start = m->start;
    long error;

    if (!(m->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))) {
        start = choose_place(m, length);
        return start ? (long)start : -ENOMEM;
    }
    if (!is_range(start, length))
        return start & PAGE_MASK ? -EINVAL : -ENOMEM;
    if (start < 0x10000)
        return -EPERM;
    if (m->flags & MAP_FIXED_NOREPLACE &&
        regions_gap(&space_regions, length, start, start + length) != start)
        return -EEXIST;
    error = space_unmap(start, length);
    return error ? error : (long)start;
}

/* May there be `more` bytes than what is not in [start, end)? */
static bool is_allowed(uint64_t more, bool is_data, uint64_t start,
                       uint64_t end)
{
    uint64_t all = limit_of(RLIMIT_AS), data = limit_of(RLIMIT_DATA);

    return (all == RLIM_INFINITY ||
            regions_bytes(&space_regions, false, start, end) + more <= all) &&
           (!is_data || data == RLIM_INFINITY ||
            regions_bytes(&space_regions, true, start, end) + more <= data);
}

static bool is_data(uint32_t prot, uint32_t flags)
{
    return prot & PROT_WRITE && !(flags & MAP_SHARED);
}

/* What can be written to can be read, as the processor has it. */
static uint32_t rights_of(uint32_t prot)
{
    return prot & PROT_WRITE ? prot | PROT_READ : prot;
}

static long check_mapping(const struct mapping *m, uint64_t length)
{
    if (m->length == 0 || m->offset & PAGE_MASK || m->prot & ~PROT_ALL)
        return -EINVAL;
    if (length < m->length || length >= SPACE_HIGH)
        return -ENOMEM;
    if ((m->prot & (PROT_WRITE | PROT_EXEC)) == (PROT_WRITE | PROT_EXEC))
        return -ENOTSUP;
    if (!is_allowed(length, is_data(m->prot, m->flags), m->start,
                    m->flags & MAP_FIXED ? m->start + length : m->start))
        return -ENOMEM;
    return 0;
}

/* Makes what a new region promises true; on failure nothing of it is there. */
static bool provide(const struct region *r)
{
    if (!space_is_lazy(r) && !space_is_shared(r) &&
        !space_has_memory_for((r->end - r->start) >> 12))
        return false;
    if (space_enforce(r))
        return true;
    space_empty(r->start, r->end);
    return false;
}

static long insert(struct region *r)
{
    struct backing *b = r->object;

    space_forget();
    if (!make_room() || !provide(r))
        return -ENOMEM;
    if (b)
        b->get(b);
    regions_insert(&space_regions, r);
    return (long)r->start;
}

long space_map(const struct mapping *m)
{
    uint64_t length = page_up(m->length);
    long error = check_mapping(m, length), start;
    struct region r = {.prot = rights_of(m->prot),
                       .flags = m->flags & KEPT_FLAGS,
                       .object = m->backing,
                       .offset = m->backing ? m->offset : 0};

    if (error)
        return error;
    start = take_place(m, length);
    if (start < 0)
        return start;
    r.start = (uint64_t)start;
    r.end = r.start + length;
    return insert(&r);
}

/* Private memory that gets writable, as a whole or in part. */
static bool may_be_data(uint64_t start, uint64_t end)
{
    uint64_t now = regions_bytes(&space_regions, true, 0, 0);
    uint64_t then =
        regions_bytes(&space_regions, true, start, end) + (end - start);

    return then <= now || then <= limit_of(RLIMIT_DATA);
}

static bool may_be_written(uint64_t start, uint64_t end)
{
    for (uint32_t i = regions_find(&space_regions, start);
         i < space_regions.count && space_regions.list[i].start < end; i++)
        if (space_regions.list[i].flags & MAPPING_READ_ONLY)
            return false;
    return true;
}

/* Has [start, end), where borders are, the memory for these rights? */
static bool has_memory_for(uint64_t start, uint64_t end, uint32_t prot)
{
    uint64_t missing = 0;

    for (uint32_t i = regions_find(&space_regions, start);
         i < space_regions.count && space_regions.list[i].start < end; i++) {
        struct region r = space_regions.list[i];

        r.prot = prot;
        if (!r.object && !space_is_lazy(&r))
            missing += pages_missing(r.start, r.end);
    }
    return !missing || space_has_memory_for(missing);
}

/* Of regions that have borders there. */
static long change_rights(uint64_t start, uint64_t end, uint32_t prot)
{
    if (!has_memory_for(start, end, prot) ||
        (prot & PROT_WRITE && !may_be_data(start, end)))
        return -ENOMEM;
    for (uint32_t i = regions_find(&space_regions, start);
         i < space_regions.count && space_regions.list[i].start < end; i++) {
        space_regions.list[i].prot = prot;
        if (!space_enforce(&space_regions.list[i]))
            return -ENOMEM;
    }
    return 0;
}

long space_protect(uint64_t start, uint64_t length, uint32_t prot)
{
    uint64_t end = start + page_up(length);
    long error;

    if (start & PAGE_MASK || prot & ~PROT_ALL)
        return -EINVAL;
    if ((prot & (PROT_WRITE | PROT_EXEC)) == (PROT_WRITE | PROT_EXEC))
        return -ENOTSUP;
    if (length == 0)
        return 0;
    if (prot & PROT_WRITE && !may_be_written(start, end))
        return -EACCES;
    if (!is_range(start, page_up(length)) ||
        !regions_cover(&space_regions, start, end, 0) || !cut(start, end))
        return -ENOMEM;
    error = change_rights(start, end, rights_of(prot));
    regions_join(&space_regions, start, end);
    return error;
}

/* Moves the entries, not what is in the pages. False without memory for a
 * table: moved the other way then, which needs none. */
static bool move_pages(uint64_t from, uint64_t to, uint64_t length)
{
    bool done = true;

    for (uint64_t va = pages_next(from, from + length);
         done && va < from + length;
         va = pages_next(va + PAGE_BYTES, from + length)) {
        struct page page = pages_get(va);

        if (page.frame == FRAME_NONE)
            continue;
        done = pages_set(to + (va - from), page);
        if (done)
            pages_set(va, (struct page){.frame = FRAME_NONE});
    }
    pages_flush();
    return done;
}

/* The same, and takes away what is new on failure. */
static bool move_all(uint64_t from, uint64_t to, uint64_t length,
                     const struct region *more)
{
    if (move_pages(from, to, length))
        return true;
    move_pages(to, from, length);
    space_empty(more->start, more->end);
    return false;
}

/* What is new comes first, and what may fail: then the old pages move. */
static long move(uint64_t start, uint64_t old, uint64_t new)
{
    uint64_t to = regions_gap(&space_regions, new, low, SPACE_HIGH);
    struct region moved, more;

    if (!to || !cut(start, start + old))
        return -ENOMEM;
    moved = more = space_regions.list[regions_find(&space_regions, start)];
    moved.start = to;
    moved.end = more.end = to + new;
    more.start = to + old;
    more.offset += old;
    if (!provide(&more) || !move_all(start, to, old, &more)) {
        regions_join(&space_regions, start, start + old);
        return -ENOMEM;
    }
    regions_remove(&space_regions, start, start + old);
    regions_insert(&space_regions, &moved);
    drop_tables(start, start + old);
    return (long)to;
}

static long grow(struct region *r, uint64_t start, uint64_t old, uint64_t new)
{
    struct region more = *r;

    more.start = start + old;
    more.end = start + new;
    more.offset += more.start - r->start;
    space_forget();
    if (!provide(&more))
        return -ENOMEM;
    r->end = more.end;
    regions_join(&space_regions, start, more.end);
    return (long)start;
}

long space_resize(uint64_t start, uint64_t old, uint64_t new, bool may_move)
{
    struct region *r;
    uint32_t i;

    old = page_up(old);
    new = page_up(new);
    if (!is_range(start, old) || new == 0 || new >= SPACE_HIGH)
        return -EINVAL;
    i = regions_find(&space_regions, start);
    r = &space_regions.list[i];
    if (i == space_regions.count || r->start > start || r->end < start + old)
        return -EFAULT;
    if (new < old && space_unmap(start + new, old - new) < 0)
        return -ENOMEM;
    if (new <= old)
        return (long)start;
    if (!is_allowed(new - old, is_data(r->prot, r->flags), 0, 0))
        return -ENOMEM;
    if (r->end == start + old &&
        regions_gap(&space_regions, new - old, start + old, start + new) ==
            start + old)
        return grow(r, start, old, new);
    return may_move ? move(start, old, new) : -ENOMEM;
}

/* Reserved memory stays reserved. Code is what it was read as. */
static void discard(const struct region *r, uint64_t start, uint64_t end)
{
    if (r->flags & MAP_SHARED || r->prot & PROT_EXEC)
        return;
    if (r->object || r->flags & MAP_NORESERVE) {
        space_empty(start, end);
        return;
    }
    for (uint64_t va = pages_next(start, end); va < end;
         va = pages_next(va + PAGE_BYTES, end)) {
        struct page page = pages_get(va);

        if (page.frame != FRAME_NONE)
            memset(direct(page.frame), 0, PAGE_BYTES);
    }
}

long space_discard(uint64_t start, uint64_t length)
{
    uint64_t end = start + page_up(length);

    if (length == 0)
        return 0;
    if (!is_range(start, page_up(length)))
        return -EINVAL;
    if (!regions_cover(&space_regions, start, end, 0))
        return -ENOMEM;
    for (uint32_t i = regions_find(&space_regions, start);
         i < space_regions.count && space_regions.list[i].start < end; i++) {
        const struct region *r = &space_regions.list[i];

        discard(r, start > r->start ? start : r->start, minimum(end, r->end));
    }
    return 0;
}

void space_cut_off(const struct backing *b, uint64_t first_page)
{
    for (uint32_t i = 0; i < space_regions.count; i++) {
        const struct region *r = &space_regions.list[i];
        uint64_t first = r->offset >> 12, skip = 0;

        if (r->object != b)
            continue;
        if (first_page > first)
            skip = (first_page - first) << 12;
        if (skip < r->end - r->start)
            space_empty(r->start + skip, r->end);
    }
}

uint64_t space_bytes(void)
{
    return regions_bytes(&space_regions, false, 0, 0);
}

bool space_next(uint64_t at, struct space_part *p)
{
    uint32_t i = regions_find(&space_regions, at);
    const struct region *r = &space_regions.list[i];

    if (i == space_regions.count)
        return false;
    *p = (struct space_part){.start = r->start,
                             .end = r->end,
                             .offset = r->offset,
                             .prot = r->prot,
                             .shared = r->flags & MAP_SHARED,
                             .backing = r->object};
    return true;
}

const void *space_key(const void *at)
{
    const uint64_t file = 1UL << 63;
    uint64_t va = (uintptr_t)at, frame;
    uint32_t i = regions_find(&space_regions, va);
    const struct region *r = &space_regions.list[i];

    if (i == space_regions.count || va < r->start || !r->object ||
        !space_is_shared(r))
        return at;
    frame = pages_get(va).frame;
    if (frame == FRAME_NONE)
        return at;
    return (const void *)(file | frame * PAGE_BYTES | (va & PAGE_MASK));
}

bool space_has(uint64_t at)
{
    return pages_get(at).frame != FRAME_NONE;
}

long space_populate(uint64_t start, uint64_t length)
{
    uint64_t end = start + length;

    if (length == 0)
        return 0;
    if (!is_range(start, length) ||
        !regions_cover(&space_regions, start, end, 0))
        return -ENOMEM;
    for (uint64_t va = start; va < end; va += PAGE_BYTES) {
        const struct region *r =
            &space_regions.list[regions_find(&space_regions, va)];

        if (r->prot == PROT_NONE || (!space_has(va) && !space_fault(va, 0)))
            return -ENOMEM;
    }
    return 0;
}
