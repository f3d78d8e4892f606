/*
 * link:
 * The allocator on a small machine: what is handed out is free, aligned, low
 * enough and, where it has to be, zero; what idle CPUs clean stays clean.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/layout.h"
#undef FRAMES_START
#define FRAMES_START   records
#define mfn_to_virt(m) test_map(m)
#define virt_to_mfn(p) test_mfn(p)

struct frame;
static struct frame *records;
static void *test_map(mfn_t m);
static mfn_t test_mfn(const void *p);

#include "mm/alloc.c"

#define TEST_FRAMES 1024

static struct frame table[TEST_FRAMES];
static uint64_t memory[TEST_FRAMES][PAGE_SIZE / 8];
static uint8_t used[TEST_FRAMES];
static bool others_may_hold;

uint32_t tlb_clock;

static void *test_map(mfn_t m)
{
    assert_true(m.n && m.n < TEST_FRAMES);
    return memory[m.n];
}

static mfn_t test_mfn(const void *p)
{
    return mfn((uint64_t)((const uint64_t(*)[PAGE_SIZE / 8]) p - memory));
}

void tlb_flush_stamp(uint32_t stamp)
{
    (void)stamp;
}

bool tlb_is_forgotten(uint32_t stamp)
{
    (void)stamp;
    return !others_may_hold;
}

void cpu_relax(void)
{
}

static void scrub_all(void)
{
    unsigned steps = 0;

    while (frames_scrub())
        assert_true(++steps < 4 * TEST_FRAMES);
}

/* All but the first frame are free, full of rubbish. */
static int setup(void **state)
{
    (void)state;
    records = table;
    frame_limit = TEST_FRAMES;
    memset(lists, 0, sizeof(lists));
    memset(orders, 0, sizeof(orders));
    memset(table, 0, sizeof(table));
    memset(used, 0, sizeof(used));
    memset(memory, 0x5a, sizeof(memory));
    free_count = unclean_blocks = 0;
    scrub.block = NO_LINK;
    scrub_is_held = others_may_hold = false;
    frames_free_run(mfn(1), TEST_FRAMES - 1);
    return 0;
}

static bool is_zero(uint64_t n)
{
    return page_is_zero(memory[n]);
}

static uint64_t clean_frames(void)
{
    uint64_t count = 0;

    for (uint64_t n = 1; n < TEST_FRAMES; n++)
        if (table[n].ref & REF_CLEAN) {
            assert_true(is_zero(n) && !used[n]);
            count++;
        }
    return count;
}

/* An extent was handed out: nobody has it, and it is now full of secrets. */
static void claim(uint64_t n, unsigned order, unsigned bits, bool zeroed)
{
    assert_false(n & ((1UL << order) - 1));
    assert_true(!bits || (n + (1UL << order)) << PAGE_SHIFT <= 1UL << bits);
    for (uint64_t i = n; i < n + (1UL << order); i++) {
        assert_false(used[i]);
        assert_true(!zeroed || is_zero(i));
        assert_true(table[i].ref ==
                    ((uint64_t)DOMID_XEN << REF_OWNER_SHIFT | 1));
        used[i] = 1;
        memset(memory[i], 0xa5, PAGE_SIZE);
    }
}

static void give_back(uint64_t n, unsigned order)
{
    memset(&used[n], 0, 1UL << order);
    frames_free(mfn(n), order);
}

static void test_gives_zeroes(void **state)
{
    mfn_t m;

    (void)state;
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned order = 0; order < 9; order++) {
            assert_true(frames_alloc(order, 0, &m));
            claim(m.n, order, 0, true);
            give_back(m.n, order);
        }
        if (round == 1)
            scrub_all();
    }
    assert_int_equal(frames_free_count(), TEST_FRAMES - 1);
    assert_false(frames_alloc(10, 0, &m));
    assert_false(frames_alloc(ALLOC_ORDER_MAX + 1, 0, &m));
}

static void test_idle_cleans_all_and_ends(void **state)
{
    (void)state;
    others_may_hold = true;
    assert_false(frames_scrub());
    assert_int_equal(clean_frames(), 0);
    others_may_hold = false;
    frames_hold_scrub(true);
    assert_false(frames_scrub());
    frames_hold_scrub(false);
    scrub_all();
    assert_int_equal(clean_frames(), TEST_FRAMES - 1);
    assert_int_equal(unclean_blocks, 0);
    assert_false(frames_scrub());
}

static void test_each_takes_what_suits_it(void **state)
{
    mfn_t any, zeroed;

    (void)state;
    scrub_all();
    assert_true(frames_alloc(3, 0, &any));
    claim(any.n, 3, 0, true);
    assert_true(frames_alloc(3, 0, &zeroed));
    claim(zeroed.n, 3, 0, true);
    give_back(any.n, 3);
    /* Its buddy is in use, so the block that is not clean is of this size. */
    memset(memory[any.n], 0xa5, PAGE_SIZE);
    assert_true(frames_alloc(3, 0, &zeroed));
    assert_true(zeroed.n != any.n);
    claim(zeroed.n, 3, 0, true);
    assert_true(frames_alloc_any(3, &zeroed));
    assert_true(zeroed.n == any.n);
    assert_int_equal(memory[any.n][0], 0xa5a5a5a5a5a5a5a5);
}

/* A frame that is freed while its block is being cleaned. */
static void test_a_late_frame_is_cleaned_too(void **state)
{
    mfn_t m;

    (void)state;
    assert_true(frames_alloc(0, 20, &m));
    claim(m.n, 0, 20, true);
    for (unsigned i = 0; i < TEST_FRAMES / 2; i++)
        assert_true(frames_scrub());
    give_back(m.n, 0);
    scrub_all();
    assert_int_equal(clean_frames(), TEST_FRAMES - 1);
}

static void test_any_order_of_calls(void **state)
{
    struct {
        uint64_t n;
        unsigned order;
    } held[64];
    unsigned count = 0;
    uint64_t frames = 0;

    (void)state;
    srand(1);
    for (unsigned i = 0; i < 20000; i++) {
        unsigned order = (unsigned)rand() % 6, bits = rand() % 3 ? 0 : 20;
        bool zeroed = bits || rand() % 3;
        unsigned pick = count ? (unsigned)rand() % count : 0;
        mfn_t m;

        if (rand() % 2 && count < ARRAY_SIZE(held) &&
            (zeroed ? frames_alloc(order, bits, &m)
                    : frames_alloc_any(order, &m))) {
            claim(m.n, order, bits, zeroed);
            held[count].n = m.n;
            held[count++].order = order;
            frames += 1UL << order;
        } else if (count && rand() % 2) {
            give_back(held[pick].n, held[pick].order);
            frames -= 1UL << held[pick].order;
            held[pick] = held[--count];
        }
        for (int steps = rand() % 40; steps > 30; steps--)
            (void)frames_scrub();
        assert_int_equal(frames_free_count() + frames, TEST_FRAMES - 1);
        if (i % 100 == 0)
            (void)clean_frames();
    }
    while (count--)
        give_back(held[count].n, held[count].order);
    scrub_all();
    assert_int_equal(clean_frames(), TEST_FRAMES - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_gives_zeroes, setup),
        cmocka_unit_test_setup(test_idle_cleans_all_and_ends, setup),
        cmocka_unit_test_setup(test_each_takes_what_suits_it, setup),
        cmocka_unit_test_setup(test_a_late_frame_is_cleaned_too, setup),
        cmocka_unit_test_setup(test_any_order_of_calls, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
