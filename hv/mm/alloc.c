/*
 * mm/alloc.c - the frame allocator: buddy lists per zone of addresses.
 * Layer: mm. Lock: alloc_lock, a leaf.
 *
 * Zone z holds blocks whose first frame number has z significant bits, so an
 * address limit is a zone limit. Free blocks are linked through the low halves
 * of their first frame's record: next in type, previous in ref. So a free frame
 * has no type: who takes one that a frame has looks later whose the frame is.
 */
#include "mm/alloc.h"
#include "cpu/spinlock.h"
#include "lib/string.h"
#include "mm/tlb.h"

#define ZONES   34
#define NO_LINK 0xffffffffU

static struct spinlock alloc_lock = SPINLOCK_INIT(LOCK_ALLOC);
/* First frame of each list plus 1, so that zero means empty. */
static uint32_t lists[ZONES][ALLOC_ORDER_MAX + 1];
static uint64_t free_count;
static uint32_t last_free_stamp;
static void (*release_hook)(struct frame *f, domid_t owner);

uint64_t frame_limit;
uint64_t frames_total;

static unsigned zone_of(uint64_t n)
{
    return n ? 64U - (unsigned)__builtin_clzl(n) : 0;
}

static struct frame *record(uint64_t n)
{
    return frame_of(mfn(n));
}

static uint64_t free_ref(unsigned order)
{
    return (uint64_t)DOMID_INVALID << REF_OWNER_SHIFT | REF_FREE |
           (uint64_t)order << REF_ORDER_SHIFT;
}

static void set_next(uint64_t n, uint32_t next)
{
    record(n)->type = FRAME_NONE | next;
}

static void set_previous(uint64_t n, uint32_t prev)
{
    record(n)->ref = (record(n)->ref & ~REF_COUNT) | prev;
}

static void list_push(uint64_t n, unsigned order)
{
    uint32_t *head = &lists[zone_of(n)][order];
    uint32_t next = *head ? *head - 1 : NO_LINK;

    record(n)->ref = free_ref(order) | NO_LINK;
    set_next(n, next);
    if (next != NO_LINK)
        set_previous(next, (uint32_t)n);
    *head = (uint32_t)n + 1;
}

static void list_remove(uint64_t n, unsigned order)
{
    uint32_t next = (uint32_t)record(n)->type;
    uint32_t prev = (uint32_t)record(n)->ref;

    if (prev == NO_LINK)
        lists[zone_of(n)][order] = next == NO_LINK ? 0 : next + 1;
    else
        set_next(prev, next);
    if (next != NO_LINK)
        set_previous(next, prev);
    record(n)->ref = (uint64_t)DOMID_XEN << REF_OWNER_SHIFT;
    record(n)->type = 0;
}

static bool buddy_is_free(uint64_t n, uint64_t buddy, unsigned order)
{
    return buddy < frame_limit && zone_of(n) == zone_of(buddy) &&
           (record(buddy)->ref & ~REF_COUNT) == free_ref(order);
}

static void free_block(uint64_t n, unsigned order)
{
    free_count += 1UL << order;
    while (order < ALLOC_ORDER_MAX &&
           buddy_is_free(n, n ^ 1UL << order, order)) {
        list_remove(n ^ 1UL << order, order);
        n &= ~(1UL << order);
        order++;
    }
    list_push(n, order);
}

/* The first list from the highest zone down that can serve the order. */
static bool find_block(unsigned order, unsigned zone_limit, uint64_t *n,
                       unsigned *found)
{
    for (unsigned zone = zone_limit; zone-- > 0;)
        for (unsigned o = order; o <= ALLOC_ORDER_MAX; o++)
            if (lists[zone][o]) {
                *n = lists[zone][o] - 1;
                *found = o;
                return true;
            }
    return false;
}

static void take_block(uint64_t n, unsigned order, unsigned found)
{
    list_remove(n, found);
    while (found > order) {
        found--;
        list_push(n + (1UL << found), found);
    }
    free_count -= 1UL << order;
    for (uint64_t i = 0; i < 1UL << order; i++) {
        record(n + i)->ref = (uint64_t)DOMID_XEN << REF_OWNER_SHIFT | 1;
        record(n + i)->type = FRAME_NONE | last_free_stamp;
    }
}

bool frames_alloc(unsigned order, unsigned addr_bits, mfn_t *first)
{
    unsigned zone_limit = ZONES, found;
    uint64_t n;
    bool ok;

    if (order > ALLOC_ORDER_MAX)
        return false;
    /* Zone z has frame numbers below 2^z, so addresses below 2^(z + 12). */
    if (addr_bits && addr_bits < ZONES + PAGE_SHIFT)
        zone_limit = addr_bits < PAGE_SHIFT ? 0 : addr_bits - PAGE_SHIFT + 1;
    spin_lock(&alloc_lock);
    ok = find_block(order, zone_limit, &n, &found);
    if (ok)
        take_block(n, order, found);
    spin_unlock(&alloc_lock);
    if (!ok)
        return false;
    /* A stale translation of its last owner must not reach the next. */
    tlb_flush_stamp(last_free_stamp);
    *first = mfn(n);
    return true;
}

void frames_free(mfn_t first, unsigned order)
{
    spin_lock(&alloc_lock);
    last_free_stamp = tlb_stamp();
    free_block(first.n, order);
    spin_unlock(&alloc_lock);
}

void frames_free_run(mfn_t first, uint64_t count)
{
    uint64_t n = first.n, end = first.n + count;

    spin_lock(&alloc_lock);
    last_free_stamp = tlb_stamp();
    while (n < end) {
        unsigned order = n ? (unsigned)__builtin_ctzl(n) : ALLOC_ORDER_MAX;

        order = MIN(order, (unsigned)ALLOC_ORDER_MAX);
        while (n + (1UL << order) > end)
            order--;
        free_block(n, order);
        n += 1UL << order;
    }
    spin_unlock(&alloc_lock);
}

uint64_t frames_free_count(void)
{
    return free_count;
}

void frame_clear(mfn_t m)
{
    void *p = frame_map(m);

    memset(p, 0, PAGE_SIZE);
    frame_unmap(p);
}

void *pages_alloc(unsigned order)
{
    vaddr_t caller = (vaddr_t)__builtin_return_address(0);
    mfn_t first;
    void *p;

    if (!frames_alloc(order, 0, &first))
        return NULL;
    for (uint64_t i = 0; i < 1UL << order; i++)
        record(first.n + i)->type = TYPE_PURPOSE | (caller - IMAGE_START);
    p = mfn_to_virt(first);
    memset(p, 0, PAGE_SIZE << order);
    return p;
}

void pages_free(void *p, unsigned order)
{
    if (p)
        frames_free(virt_to_mfn(p), order);
}

void frame_release_register(void (*fn)(struct frame *f, domid_t owner))
{
    release_hook = fn;
}

void frame_release(struct frame *f)
{
    domid_t owner = frame_owner(f);

    if (owner < DOMID_FIRST_RESERVED && release_hook)
        release_hook(f, owner);
    frames_free(frame_mfn(f), 0);
}
