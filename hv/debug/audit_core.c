/*
 * debug/audit_core.c - counts again what the frame table says. Layer: debug.
 * Pure.
 */
#include "debug/audit_core.h"
#include "mm/alloc.h"
#include "mm/pte.h"

#define MARK_FREE 1U
#define MARK_BOOT 2U

/* The CPU sets these by itself. */
#define PTE_AD (PTE_A | PTE_D)

static const char *const texts[AUDIT_ERRORS] = {
    [AUDIT_USES] = "uses of its type",
    [AUDIT_REFS] = "references",
    [AUDIT_TYPE] = "used as another type than it has",
    [AUDIT_BUSY] = "left in validation",
    [AUDIT_REACH] = "mapped without a right to it",
    [AUDIT_BITS] = "mapped with forbidden bits",
    [AUDIT_SLOTS] = "an L4 without our slots",
    [AUDIT_FREE_USED] = "free and in use",
    [AUDIT_FREE_LIST] = "a wrong block of a free list",
    [AUDIT_UNCLEAN] = "free, and not zero as it should be",
    [AUDIT_OWNER] = "owned by nobody",
    [AUDIT_LOST] = "lost",
    [AUDIT_HYPERVISOR] = "the hypervisor's and in use",
    [AUDIT_M2P] = "in the M2P, and no domain's",
    [AUDIT_FREE_COUNT] = "frames on the free lists",
    [AUDIT_PAGES] = "frames of a domain",
    [AUDIT_TOTAL] = "frames of RAM",
};

const char *audit_error_text(enum audit_error error)
{
    return texts[error];
}

static void report(struct audit *a, const struct audit_finding *f)
{
    a->errors++;
    a->source->report(f);
}

static void report_frame(struct audit *a, enum audit_error error, uint64_t n,
                         uint64_t kept, uint64_t found)
{
    report(a, &(struct audit_finding){error, n, kept, found, AUDIT_NOBODY});
}

static domid_t owner_of(const struct frame *f)
{
    return (domid_t)(f->ref >> REF_OWNER_SHIFT);
}

static bool in_pass(const struct audit *a, uint64_t n)
{
    return n >= a->first && n < a->end;
}

static struct audit_count *count_of(struct audit *a, uint64_t n)
{
    return &a->counts[n - a->first];
}

static uint64_t level_of(const struct frame *f)
{
    uint64_t type = f->type & TYPE_MASK;

    return type >= FRAME_L1 && type <= FRAME_L4 ? type / FRAME_L1 : 0;
}

static bool is_table(const struct frame *f)
{
    return level_of(f) && f->type & TYPE_VALID;
}

/* ---- counting ---- */

static void count_ref(struct audit *a, uint64_t n)
{
    if (in_pass(a, n))
        count_of(a, n)->refs++;
}

/* One use as `type` by an entry of table `by`, or by what was reported. */
static void count_use(struct audit *a, uint64_t n, uint64_t type, uint64_t by)
{
    struct frame f;

    if (!in_pass(a, n))
        return;
    count_of(a, n)->uses++;
    f = a->source->record(n);
    if ((f.type & (TYPE_MASK | TYPE_VALID)) != (type | TYPE_VALID))
        report(a, &(struct audit_finding){AUDIT_TYPE, n, f.type, type, by});
}

void audit_hold(struct audit *a, uint64_t n, uint64_t type)
{
    if (type == FRAME_NONE)
        count_ref(a, n);
    else
        count_use(a, n, type, AUDIT_NOBODY);
}

void audit_boot_frame(struct audit *a, uint64_t n)
{
    if (in_pass(a, n))
        count_of(a, n)->mark |= MARK_BOOT;
}

static domid_t owner_of_number(const struct audit_source *s, uint64_t n)
{
    struct frame f;

    if (n >= s->frames)
        return DOMID_IO;
    f = s->record(n);
    return owner_of(&f);
}

/* Each entry is looked at once, in the first pass; what it counts for may be
 * in another one. */
static void check_entry(struct audit *a, uint64_t table, domid_t owner,
                        uint64_t pte, uint64_t level)
{
    uint64_t n = pte_mfn(pte).n;
    uint64_t forbidden = level == 1 ? PTE_G : PTE_G | PTE_PSE;

    if (a->first)
        return;
    if (pte & forbidden || !(pte & PTE_US))
        report(a, &(struct audit_finding){AUDIT_BITS, n, pte, 0, table});
    if (owner_of_number(a->source, n) == owner)
        return;
    if (level != 1 || !a->source->may_reach(owner, n, pte))
        report(a, &(struct audit_finding){AUDIT_REACH, n, pte, owner, table});
}

static void count_l1_entry(struct audit *a, uint64_t table, domid_t owner,
                           uint64_t pte)
{
    uint64_t n = pte_mfn(pte).n;
    domid_t whose = owner_of_number(a->source, n);

    check_entry(a, table, owner, pte, 1);
    /* Of ours, what may be reached is so by a right, not by a reference. */
    if (!in_pass(a, n) || whose == DOMID_IO ||
        (whose == DOMID_XEN && a->source->may_reach(owner, n, pte)))
        return;
    if (pte & PTE_RW)
        count_use(a, n, FRAME_WRITABLE, table);
    else
        count_ref(a, n);
}

static void check_slot(struct audit *a, uint64_t table, domid_t owner,
                       uint64_t pte, unsigned i)
{
    uint64_t ours = a->source->hv_slot(owner, i);

    /* Only an L4 that a kernel loaded has the M2P. */
    if (i == pte_index(M2P_RO_START, 4) && !pte)
        return;
    if (!a->first && (pte ^ ours) & ~PTE_AD)
        report(a, &(struct audit_finding){AUDIT_SLOTS, i, pte, ours, table});
}

static void count_table(struct audit *a, uint64_t n, const struct frame *f)
{
    const uint64_t *entries = a->source->map(n);
    uint64_t level = level_of(f);
    domid_t owner = owner_of(f);

    for (unsigned i = 0; i < PTES; i++) {
        uint64_t pte = READ_ONCE(entries[i]);

        if (level == 4 && i >= HV_L4_FIRST && i <= HV_L4_LAST) {
            check_slot(a, n, owner, pte, i);
        } else if (!(pte & PTE_P)) {
            continue;
        } else if (level == 1) {
            count_l1_entry(a, n, owner, pte);
        } else if (pte_mfn(pte).n == n && !(pte & PTE_RW)) {
            check_entry(a, n, owner, pte, level); /* linear: no use */
        } else {
            check_entry(a, n, owner, pte, level);
            count_use(a, pte_mfn(pte).n, (level - 1) * FRAME_L1, n);
        }
    }
    a->source->unmap(entries);
}

/* A block of a free list: how many frames. */
static uint64_t count_block(struct audit *a, uint64_t n, const struct frame *f)
{
    uint64_t order = f->ref >> REF_ORDER_SHIFT & 0xff, frames = 1;

    if (order <= ALLOC_ORDER_MAX && !(n & ((1UL << order) - 1)) &&
        n + (1UL << order) <= a->source->frames)
        frames = 1UL << order;
    else if (!a->first)
        report_frame(a, AUDIT_FREE_LIST, n, order, 0);
    for (uint64_t i = MAX(n, a->first); i < MIN(n + frames, a->end); i++)
        count_of(a, i)->mark |= MARK_FREE;
    return frames;
}

static void count_all(struct audit *a)
{
    const struct audit_source *s = a->source;
    uint64_t n = 0;

    while (n < s->frames) {
        struct frame f = s->record(n);

        if (f.ref & REF_FREE) {
            n += count_block(a, n, &f);
            continue;
        }
        if (is_table(&f)) {
            count_table(a, n, &f);
            a->tables += !a->first;
        }
        n++;
    }
    s->visit(a);
}

/* ---- comparing ---- */

static void check_m2p(struct audit *a, uint64_t n)
{
    uint64_t pfn = a->source->m2p(n);

    if (pfn != M2P_INVALID)
        report_frame(a, AUDIT_M2P, n, pfn, M2P_INVALID);
}

static bool is_zero(const struct audit *a, uint64_t n)
{
    const uint64_t *page = a->source->map(n);
    bool zero = page_is_zero(page);

    a->source->unmap(page);
    return zero;
}

static enum audit_state check_free(struct audit *a, uint64_t n,
                                   const struct frame *f,
                                   const struct audit_count *c)
{
    bool is_head = f->ref & REF_FREE;

    if (c->refs || c->uses)
        report_frame(a, AUDIT_FREE_USED, n, 0, c->refs + c->uses);
    /* What is behind a block's first frame keeps the record of its end. */
    else if (!is_head &&
             (f->type & TYPE_MASK ||
              (owner_of(f) < DOMID_FIRST_RESERVED && f->ref & REF_COUNT)))
        report_frame(a, AUDIT_FREE_USED, n, f->ref, f->type);
    if (f->ref & REF_CLEAN && !is_zero(a, n))
        report_frame(a, AUDIT_UNCLEAN, n, 0, 1);
    check_m2p(a, n);
    return AUDIT_IS_FREE;
}

static enum audit_state check_ours(struct audit *a, uint64_t n,
                                   const struct frame *f,
                                   const struct audit_count *c)
{
    bool boot = c->mark & MARK_BOOT;

    if (c->refs || c->uses || f->type & TYPE_MASK)
        report_frame(a, AUDIT_HYPERVISOR, n, f->type, c->refs + c->uses);
    if ((f->ref & REF_COUNT) != 1 || (!boot && !a->source->purpose(n, f->type)))
        report_frame(a, AUDIT_LOST, n, f->ref, f->type);
    check_m2p(a, n);
    return boot ? AUDIT_IS_BOOT : AUDIT_IS_OURS;
}

static bool in_use(const struct frame *f)
{
    return f->type & TYPE_MASK;
}

static void check_counts(struct audit *a, uint64_t n, const struct frame *f,
                         const struct audit_count *c)
{
    bool ours = f->ref & REF_SHARED && !(f->ref & REF_LEFT);
    uint64_t uses = (uint64_t)c->uses + !!(f->type & TYPE_PINNED) + ours;
    uint64_t refs = (uint64_t)c->refs + !!(f->ref & REF_ALLOCATED) + in_use(f);
    uint64_t kept = in_use(f) ? f->type & TYPE_COUNT : 0;

    if (in_use(f) && !(f->type & TYPE_VALID))
        report_frame(a, AUDIT_BUSY, n, f->type, uses);
    if (kept != uses)
        report_frame(a, AUDIT_USES, n, kept, uses);
    if ((f->ref & REF_COUNT) != refs)
        report_frame(a, AUDIT_REFS, n, f->ref & REF_COUNT, refs);
    else if (!refs)
        report_frame(a, AUDIT_LOST, n, f->ref, f->type);
}

static enum audit_state check_domains(struct audit *a, uint64_t n,
                                      const struct frame *f,
                                      const struct audit_count *c)
{
    uint64_t pages;

    if (!a->source->pages(owner_of(f), &pages))
        report_frame(a, AUDIT_OWNER, n, f->ref, f->type);
    check_counts(a, n, f, c);
    return f->ref & REF_SHARED ? AUDIT_IS_SHARED : AUDIT_IS_DOMAINS;
}

static enum audit_state check_frame(struct audit *a, uint64_t n)
{
    const struct audit_count *c = count_of(a, n);
    struct frame f = a->source->record(n);
    domid_t owner = owner_of(&f);

    if (c->mark & MARK_FREE)
        return check_free(a, n, &f, c);
    if (owner == DOMID_XEN)
        return check_ours(a, n, &f, c);
    if (owner == DOMID_IO)
        return AUDIT_IS_DEVICE;
    if (owner >= DOMID_FIRST_RESERVED)
        report_frame(a, AUDIT_OWNER, n, f.ref, f.type);
    else
        return check_domains(a, n, &f, c);
    return AUDIT_IS_OURS;
}

static void run_pass(struct audit *a)
{
    for (uint64_t i = 0; i < a->end - a->first; i++)
        a->counts[i] = (struct audit_count){0};
    count_all(a);
    for (uint64_t n = a->first; n < a->end; n++)
        a->frames[check_frame(a, n)]++;
}

void audit_run(struct audit *a)
{
    uint64_t frames = a->source->frames;

    for (a->first = 0; a->first < frames; a->first = a->end) {
        a->end = MIN(a->first + a->capacity, frames);
        run_pass(a);
    }
}

/* ---- totals ---- */

void audit_check_free(struct audit *a, uint64_t kept)
{
    if (kept != a->frames[AUDIT_IS_FREE])
        report_frame(a, AUDIT_FREE_COUNT, 0, kept, a->frames[AUDIT_IS_FREE]);
}

void audit_check_domain(struct audit *a, domid_t id)
{
    const struct audit_source *s = a->source;
    uint64_t kept = 0, found = 0, n = 0;

    while (n < s->frames) {
        struct frame f = s->record(n);
        uint64_t order = f.ref >> REF_ORDER_SHIFT & 0xff;

        if (f.ref & REF_FREE && order <= ALLOC_ORDER_MAX) {
            n += 1UL << order;
            continue;
        }
        found += owner_of(&f) == id && !(f.ref & REF_SHARED);
        n++;
    }
    if (!s->pages(id, &kept) || kept != found)
        report_frame(a, AUDIT_PAGES, id, kept, found);
}

void audit_check_total(struct audit *a, uint64_t kept)
{
    uint64_t found = 0;

    for (unsigned i = 0; i < AUDIT_STATES; i++)
        found += i == AUDIT_IS_DEVICE ? 0 : a->frames[i];
    if (kept != found)
        report_frame(a, AUDIT_TOTAL, 0, kept, found);
}
