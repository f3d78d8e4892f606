/*
 * mm/alloc.c - the frame allocator: buddy lists per zone of addresses.
 * Layer: mm. Lock: alloc_lock, a leaf.
 *
 * Zone z holds blocks whose first frame number has z significant bits, so an
 * address limit is a zone limit. Free blocks are linked through the low halves
 * of their first frame's record: next in type, previous in ref. So a free frame
 * has no type: who takes one that a frame has looks later whose the frame is.
 *
 * Each free frame's record says whether it is known to be full of zeroes; a CPU
 * that idles sees to it that all are. Blocks in which all are have lists of
 * their own, but which of the two a block is on only decides which is taken
 * first: who needs zeroes has what lacks them cleared.
 */
#include "mm/alloc.h"
#include "cpu/spinlock.h"
#include "lib/string.h"
#include "mm/tlb.h"

#define ZONES   34
#define NO_LINK 0xffffffffU

/* How far the search in the block that is being cleaned has come, and how far
 * it goes with the lock held. */
struct scrub {
    uint64_t block, next; /* block: NO_LINK is none */
};
#define SCRUB_LOOKS 64

/* The blocks whose frames are all clean, and the others. */
enum purity { CLEAN, UNCLEAN, PURITIES };

static struct spinlock alloc_lock = SPINLOCK_INIT(LOCK_ALLOC);
/* First frame of each list that has one: those whose bit is set. */
static uint32_t lists[PURITIES][ZONES][ALLOC_ORDER_MAX + 1];
static uint32_t orders[PURITIES][ZONES];
static uint64_t free_count, unclean_blocks;
static struct scrub scrub = {NO_LINK, 0};
static bool scrubbing, scrub_is_held;
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

static void list_push(uint64_t n, unsigned order, enum purity purity)
{
    unsigned zone = zone_of(n);
    uint32_t *head = &lists[purity][zone][order];
    uint32_t next = orders[purity][zone] >> order & 1 ? *head : NO_LINK;

    record(n)->ref = free_ref(order) | (record(n)->ref & REF_CLEAN) |
                     (purity == UNCLEAN ? REF_UNCLEAN : 0) | NO_LINK;
    set_next(n, next);
    if (next != NO_LINK)
        set_previous(next, (uint32_t)n);
    *head = (uint32_t)n;
    orders[purity][zone] |= 1U << order;
    unclean_blocks += purity == UNCLEAN;
}

static enum purity list_remove(uint64_t n, unsigned order)
{
    uint32_t next = (uint32_t)record(n)->type;
    uint32_t prev = (uint32_t)record(n)->ref;
    enum purity purity = record(n)->ref & REF_UNCLEAN ? UNCLEAN : CLEAN;
    unsigned zone = zone_of(n);

    if (prev != NO_LINK)
        set_next(prev, next);
    else if (next != NO_LINK)
        lists[purity][zone][order] = next;
    else
        orders[purity][zone] &= ~(1U << order);
    if (next != NO_LINK)
        set_previous(next, prev);
    record(n)->ref =
        (uint64_t)DOMID_XEN << REF_OWNER_SHIFT | (record(n)->ref & REF_CLEAN);
    record(n)->type = 0;
    unclean_blocks -= purity == UNCLEAN;
    if (n == scrub.block)
        scrub.block = NO_LINK;
    return purity;
}

static bool buddy_is_free(uint64_t n, uint64_t buddy, unsigned order)
{
    return buddy < frame_limit && zone_of(n) == zone_of(buddy) &&
           (record(buddy)->ref & ~(REF_COUNT | REF_CLEAN | REF_UNCLEAN)) ==
               free_ref(order);
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
    list_push(n, order, UNCLEAN);
}

/* From the highest zone down, the smallest block that can serve the order, if
 * there is one among those of the wanted purity, else of the other. */
static bool find_block(unsigned order, unsigned zone_limit, enum purity wanted,
                       uint64_t *n, unsigned *found)
{
    for (unsigned zone = zone_limit; zone-- > 0;) {
        enum purity p = orders[wanted][zone] >> order ? wanted : !wanted;

        if (!(orders[p][zone] >> order))
            continue;
        *found = order + (unsigned)__builtin_ctz(orders[p][zone] >> order);
        *n = lists[p][zone][*found];
        return true;
    }
    return false;
}

static void take_block(uint64_t n, unsigned order, unsigned found)
{
    enum purity purity = list_remove(n, found);

    while (found > order) {
        found--;
        list_push(n + (1UL << found), found, purity);
    }
    free_count -= 1UL << order;
}

/* Its new records; whoever needs zeroes gets them. */
static void hand_out(uint64_t n, uint64_t end, uint32_t stamp, bool zeroed)
{
    for (; n < end; n++) {
        bool is_clean = record(n)->ref & REF_CLEAN;

        record(n)->ref = (uint64_t)DOMID_XEN << REF_OWNER_SHIFT | 1;
        record(n)->type = FRAME_NONE | stamp;
        if (zeroed && !is_clean)
            frame_clear(mfn(n));
    }
}

static bool alloc(unsigned order, unsigned addr_bits, bool zeroed, mfn_t *first)
{
    unsigned zone_limit = ZONES, found;
    uint32_t stamp;
    uint64_t n;
    bool ok;

    if (order > ALLOC_ORDER_MAX)
        return false;
    /* Zone z has frame numbers below 2^z, so addresses below 2^(z + 12). */
    if (addr_bits && addr_bits < ZONES + PAGE_SHIFT)
        zone_limit = addr_bits < PAGE_SHIFT ? 0 : addr_bits - PAGE_SHIFT + 1;
    spin_lock(&alloc_lock);
    ok = find_block(order, zone_limit, zeroed ? CLEAN : UNCLEAN, &n, &found);
    if (ok)
        take_block(n, order, found);
    stamp = last_free_stamp;
    spin_unlock(&alloc_lock);
    if (!ok)
        return false;
    /* A stale translation of its last owner must not reach the next. */
    tlb_flush_stamp(stamp);
    hand_out(n, n + (1UL << order), stamp, zeroed);
    *first = mfn(n);
    return true;
}

bool frames_alloc(unsigned order, unsigned addr_bits, mfn_t *first)
{
    return alloc(order, addr_bits, true, first);
}

bool frames_alloc_any(unsigned order, mfn_t *first)
{
    return alloc(order, 0, false, first);
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

/* ---- while a CPU idles ---- */

/* What is zero is not written: under another hypervisor that would be the first
 * use of memory which may never be needed. Its name is known to the bench. */
static __attribute__((noinline)) void scrub_frame(mfn_t m)
{
    uint64_t *p = frame_map(m);
    void *to = p;
    uint64_t words = PAGE_SIZE / sizeof(*p);

    if (!page_is_zero(p))
        __asm__ volatile("rep stosq"
                         : "+D"(to), "+c"(words)
                         : "a"(0UL)
                         : "memory");
    frame_unmap(p);
}

/* A block that may have frames to be cleaned, if there is one: the largest. */
static bool find_unclean(uint64_t *n, unsigned *order)
{
    for (unsigned zone = ZONES; zone-- > 0;)
        if (orders[UNCLEAN][zone]) {
            *order = 31U - (unsigned)__builtin_clz(orders[UNCLEAN][zone]);
            *n = lists[UNCLEAN][zone][*order];
            return true;
        }
    return false;
}

/* At most one frame; lock held. */
static void scrub_step(uint64_t n, unsigned order)
{
    uint64_t end = n + (1UL << order), until;

    if (scrub.block != n)
        scrub = (struct scrub){n, n};
    until = MIN(end, scrub.next + SCRUB_LOOKS);
    while (scrub.next < until) {
        uint64_t at = scrub.next++;

        if (record(at)->ref & REF_CLEAN)
            continue;
        scrub_frame(mfn(at));
        record(at)->ref |= REF_CLEAN;
        break;
    }
    if (scrub.next == end) {
        list_remove(n, order);
        list_push(n, order, CLEAN);
    }
}

/* Its last owner may still reach a frame by a translation of before it was
 * freed: it stays as it is until all CPUs have forgotten that by themselves. */
static bool scrub_some(void)
{
    uint32_t stamp = READ_ONCE(last_free_stamp);
    unsigned order;
    uint64_t n;
    bool ok;

    if (!tlb_is_forgotten(stamp))
        return false;
    spin_lock(&alloc_lock);
    ok = !scrub_is_held && find_unclean(&n, &order);
    if (ok && stamp == last_free_stamp)
        scrub_step(n, order);
    spin_unlock(&alloc_lock);
    return ok;
}

bool frames_scrub(void)
{
    bool some;

    if (!READ_ONCE(unclean_blocks) ||
        __atomic_exchange_n(&scrubbing, true, __ATOMIC_ACQUIRE))
        return false;
    some = scrub_some();
    __atomic_store_n(&scrubbing, false, __ATOMIC_RELEASE);
    return some;
}

void frames_hold_scrub(bool held)
{
    spin_lock(&alloc_lock);
    scrub_is_held = held;
    spin_unlock(&alloc_lock);
}

/* ---- single frames, and memory of our own ---- */

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

    if (!frames_alloc(order, 0, &first))
        return NULL;
    for (uint64_t i = 0; i < 1UL << order; i++)
        record(first.n + i)->type = TYPE_PURPOSE | (caller - IMAGE_START);
    return mfn_to_virt(first);
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
