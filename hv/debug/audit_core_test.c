/* link: hv/debug/audit_core.c */
/*
 * debug/audit_core_test.c - a small machine that is right, and what the audit
 * says when one thing in it is wrong: each kind of error, in one pass and in
 * passes of one frame.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "debug/audit_core.h"
#include "mm/pte.h"

/*
 * Frames 0 and 1: the hypervisor's, since boot and allocated. 2: a device's.
 * 3: shared. 4-7: L4, L3, L2, L1, the L4 pinned and loaded. 8: mapped writable
 * twice; 9: mapped read-only; 10: descriptors; 11: held by a grant. 12-15: a
 * free block. 16: free. 17: domain 1's, mapped by domain 0. 18: not used.
 */
#define FRAMES_COUNT 19

static struct frame records[FRAMES_COUNT];
static uint64_t tables[FRAMES_COUNT][PTES];
static uint64_t pfns[FRAMES_COUNT];
static struct audit_finding findings[64];
static unsigned found;
static bool foreign_allowed;

#define USED   (PTE_P | PTE_US)
#define DOM(n) ((uint64_t)(n) << REF_OWNER_SHIFT)

static struct frame record(uint64_t n)
{
    assert_true(n < FRAMES_COUNT);
    return records[n];
}

static uint64_t m2p(uint64_t n)
{
    return pfns[n];
}

static const uint64_t *map(uint64_t n)
{
    return tables[n];
}

static void unmap(const uint64_t *table)
{
    (void)table;
}

static void visit(struct audit *a)
{
    audit_boot_frame(a, 0);
    audit_hold(a, 4, FRAME_L4);
    audit_hold(a, 10, FRAME_SEGDESC);
    audit_hold(a, 11, FRAME_NONE);
}

static bool may_reach(domid_t owner, uint64_t n, uint64_t pte)
{
    (void)pte;
    return owner == 0 && foreign_allowed && (n == 17 || n == 2 || n == 99);
}

static uint64_t hv_slot(domid_t owner, unsigned i)
{
    return owner == 0 && (i == 260 || i == 256) ? 0x1000 | PTE_P : 0;
}

static bool pages(domid_t id, uint64_t *count)
{
    *count = id == 0 ? 9 : 1;
    return id < 2;
}

static bool purpose(uint64_t n, uint64_t type)
{
    return n == 1 && type == TYPE_PURPOSE;
}

static void report(const struct audit_finding *f)
{
    assert_true(found < ARRAY_SIZE(findings));
    findings[found++] = *f;
}

static const struct audit_source source = {
    .frames = FRAMES_COUNT,
    .record = record,
    .m2p = m2p,
    .map = map,
    .unmap = unmap,
    .visit = visit,
    .may_reach = may_reach,
    .hv_slot = hv_slot,
    .pages = pages,
    .purpose = purpose,
    .report = report,
};

static void domains_frame(uint64_t n, uint64_t type, uint64_t uses,
                          uint64_t refs)
{
    records[n].ref = REF_ALLOCATED | (1 + refs);
    records[n].type = type ? type | TYPE_VALID | uses : 77;
    pfns[n] = n;
}

static int setup(void **state)
{
    (void)state;
    memset(records, 0, sizeof(records));
    memset(tables, 0, sizeof(tables));
    memset(pfns, 0xff, sizeof(pfns));
    found = 0;
    foreign_allowed = true;
    records[0] = (struct frame){DOM(DOMID_XEN) | 1, 0};
    records[1] = (struct frame){DOM(DOMID_XEN) | 1, TYPE_PURPOSE};
    records[2].ref = DOM(DOMID_IO);
    records[3] =
        (struct frame){REF_SHARED | 1, FRAME_WRITABLE | TYPE_VALID | 1};
    domains_frame(4, FRAME_L4 | TYPE_PINNED, 2, 1);
    domains_frame(5, FRAME_L3, 1, 1);
    domains_frame(6, FRAME_L2, 1, 1);
    domains_frame(7, FRAME_L1, 1, 1);
    domains_frame(8, FRAME_WRITABLE, 2, 1);
    domains_frame(9, FRAME_NONE, 0, 1);
    domains_frame(10, FRAME_SEGDESC, 1, 1);
    domains_frame(11, FRAME_NONE, 0, 1);
    records[12].ref = DOM(DOMID_INVALID) | REF_FREE | 2UL << REF_ORDER_SHIFT;
    records[13].ref = DOM(DOMID_XEN) | 1; /* what it was before */
    records[16].ref = DOM(DOMID_INVALID) | REF_FREE;
    records[17].ref = DOM(1) | REF_ALLOCATED | 2;
    domains_frame(18, FRAME_NONE, 0, 0);
    tables[4][0] = 0x5000 | USED;
    tables[4][9] = 0x4000 | USED; /* linear */
    tables[4][260] = 0x1000 | PTE_P | PTE_A;
    tables[5][1] = 0x6000 | USED;
    tables[6][2] = 0x7000 | USED;
    tables[7][0] = 0x8000 | USED | PTE_RW;
    tables[7][511] = 0x8000 | USED | PTE_RW;
    tables[7][5] = 0x9000 | USED;
    tables[7][6] = 0x11000 | USED;
    tables[7][7] = 0x2000 | USED | PTE_RW;
    tables[7][8] = 0x63000 | USED | PTE_RW;
    return 0;
}

static void run(struct audit *a, uint64_t capacity)
{
    struct audit_count counts[FRAMES_COUNT];

    found = 0;
    *a = (struct audit){
        .source = &source, .counts = counts, .capacity = capacity};
    audit_run(a);
    audit_check_free(a, 5);
    audit_check_domain(a, 0);
    audit_check_domain(a, 1);
    audit_check_total(a, FRAMES_COUNT - 1);
    assert_int_equal(a->errors, found);
}

/* The same is found however many frames a pass has: `errors` of them, one is
 * this one. */
static void expect(unsigned errors, enum audit_error error, uint64_t frame)
{
    static const uint64_t capacities[] = {FRAMES_COUNT, 100, 7, 1};

    for (unsigned i = 0; i < ARRAY_SIZE(capacities); i++) {
        struct audit a;
        bool seen = !errors;

        run(&a, MIN(capacities[i], (uint64_t)FRAMES_COUNT));
        assert_int_equal(found, errors);
        for (unsigned j = 0; j < found; j++)
            seen |= findings[j].error == error && findings[j].frame == frame;
        assert_true(seen);
        assert_non_null(audit_error_text(error));
    }
}

static void test_nothing_is_wrong(void **state)
{
    struct audit a;

    (void)state;
    expect(0, AUDIT_USES, 0);
    run(&a, FRAMES_COUNT);
    assert_int_equal(a.tables, 4);
    assert_int_equal(a.frames[AUDIT_IS_BOOT], 1);
    assert_int_equal(a.frames[AUDIT_IS_OURS], 1);
    assert_int_equal(a.frames[AUDIT_IS_DEVICE], 1);
    assert_int_equal(a.frames[AUDIT_IS_SHARED], 1);
    assert_int_equal(a.frames[AUDIT_IS_FREE], 5);
    assert_int_equal(a.frames[AUDIT_IS_DOMAINS], 10);
}

static void test_wrong_counts(void **state)
{
    (void)state;
    records[8].type++;
    expect(1, AUDIT_USES, 8);
    records[8].type -= 2;
    expect(1, AUDIT_USES, 8);
    setup(state);
    records[9].ref++;
    expect(1, AUDIT_REFS, 9);
    records[9].ref -= 2;
    expect(1, AUDIT_REFS, 9);
    setup(state);
    records[11].ref--;
    expect(1, AUDIT_REFS, 11);
    setup(state);
    records[4].type &= ~TYPE_PINNED;
    expect(1, AUDIT_USES, 4);
    setup(state);
    records[10].type++;
    expect(1, AUDIT_USES, 10);
    setup(state);
    records[8].ref &= ~REF_ALLOCATED;
    expect(1, AUDIT_REFS, 8);
}

static void test_wrong_types(void **state)
{
    (void)state;
    /* A writable mapping of a page table: the table's count is one short. */
    tables[7][9] = 0x6000 | USED | PTE_RW;
    expect(2, AUDIT_TYPE, 6);
    setup(state);
    records[5].type = FRAME_L3 | 1; /* nor is what it refers to counted */
    expect(3, AUDIT_BUSY, 5);
    setup(state);
    records[8].type = FRAME_NONE;
    records[8].ref--;
    expect(3, AUDIT_TYPE, 8);
}

static void test_wrong_entries(void **state)
{
    (void)state;
    foreign_allowed = false;
    expect(3, AUDIT_REACH, 17);
    setup(state);
    tables[7][5] |= PTE_G;
    expect(1, AUDIT_BITS, 9);
    setup(state);
    tables[6][2] |= PTE_PSE;
    expect(1, AUDIT_BITS, 7);
    setup(state);
    tables[4][260] |= PTE_RW;
    expect(1, AUDIT_SLOTS, 260);
    setup(state);
    tables[4][271] = USED;
    expect(1, AUDIT_SLOTS, 271);
    tables[4][271] = 0;
    tables[4][256] = 0x1000 | PTE_P;
    expect(0, AUDIT_SLOTS, 256);
    tables[4][256] = 0x2000 | PTE_P;
    expect(1, AUDIT_SLOTS, 256);
}

static void test_wrong_free_frames(void **state)
{
    (void)state;
    tables[7][5] = 0xe000 | USED; /* and 9 is one short */
    expect(2, AUDIT_FREE_USED, 14);
    setup(state);
    records[14].ref = REF_ALLOCATED | 1;
    expect(1, AUDIT_FREE_USED, 14);
    setup(state);
    records[12].ref +=
        1UL
        << REF_ORDER_SHIFT; /* aligned to 4 only; three frames are not free */
    foreign_allowed = true;
    run(&(struct audit){0}, FRAMES_COUNT);
    assert_true(found > 1);
    assert_int_equal(findings[0].error, AUDIT_FREE_LIST);
    setup(state);
    records[13].ref |= REF_CLEAN;
    expect(0, AUDIT_UNCLEAN, 0);
    tables[13][511] = 1;
    expect(1, AUDIT_UNCLEAN, 13);
    setup(state);
    pfns[13] = 4;
    expect(1, AUDIT_M2P, 13);
    pfns[13] = M2P_INVALID;
    pfns[1] = 4;
    expect(1, AUDIT_M2P, 1);
}

static void test_lost_frames(void **state)
{
    (void)state;
    records[1].type = 0;
    expect(1, AUDIT_LOST, 1);
    setup(state);
    records[18].ref = 0;
    expect(1, AUDIT_LOST, 18);
    setup(state);
    records[1].ref++;
    expect(1, AUDIT_LOST, 1);
    setup(state);
    records[18].ref = DOM(5) | REF_ALLOCATED | 1;
    expect(2, AUDIT_OWNER, 18);
    records[18].ref = DOM(DOMID_COW) | 1;
    expect(2, AUDIT_OWNER, 18);
}

static void test_wrong_use_of_ours(void **state)
{
    (void)state;
    tables[7][10] = 0x1000 | USED;
    expect(2, AUDIT_HYPERVISOR, 1);
    setup(state);
    records[0].type = FRAME_WRITABLE | TYPE_VALID;
    expect(1, AUDIT_HYPERVISOR, 0);
}

static void test_wrong_totals(void **state)
{
    (void)state;
    records[16].ref = DOM(DOMID_IO);
    expect(2, AUDIT_FREE_COUNT, 0);
    expect(2, AUDIT_TOTAL, 0);
    setup(state);
    records[18].ref |= DOM(1);
    expect(2, AUDIT_PAGES, 0);
    expect(2, AUDIT_PAGES, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_nothing_is_wrong, setup),
        cmocka_unit_test_setup(test_wrong_counts, setup),
        cmocka_unit_test_setup(test_wrong_types, setup),
        cmocka_unit_test_setup(test_wrong_entries, setup),
        cmocka_unit_test_setup(test_wrong_free_frames, setup),
        cmocka_unit_test_setup(test_lost_frames, setup),
        cmocka_unit_test_setup(test_wrong_use_of_ours, setup),
        cmocka_unit_test_setup(test_wrong_totals, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
