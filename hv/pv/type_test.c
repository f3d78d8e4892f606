/* link: */
/*
 * pv/type_test.c - the page-type machine: each step, and random walks of many
 * users of one frame, whose held uses are counted beside it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "pv/entry.h"
#include "pv/type.h"

static const uint64_t types[] = {FRAME_L1, FRAME_L2,      FRAME_L3,
                                 FRAME_L4, FRAME_SEGDESC, FRAME_WRITABLE};

static void test_idle_frame_takes_any_type(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ARRAY_SIZE(types); i++) {
        struct type_step s =
            type_get_step(type_idle(FRAME_WRITABLE, 77), types[i]);

        if (types[i] == FRAME_WRITABLE) {
            assert_int_equal(s.action, TYPE_FIRST);
            assert_int_equal(s.word, FRAME_WRITABLE | TYPE_VALID | 1);
        } else {
            assert_int_equal(s.action, TYPE_VALIDATE);
            assert_int_equal(s.word, types[i] | 1);
        }
    }
}

/* Nobody may join before the flush. */
static void test_former_table_is_busy_until_the_flush(void **state)
{
    struct type_step s = type_get_step(type_idle(FRAME_L1, 77), FRAME_WRITABLE);

    (void)state;
    assert_int_equal(s.action, TYPE_VALIDATE);
    assert_int_equal(s.word, FRAME_WRITABLE | 1);
    assert_int_equal(type_get_step(s.word, FRAME_WRITABLE).action, TYPE_WAIT);
    assert_int_equal(type_get_step(0, FRAME_WRITABLE).action, TYPE_FIRST);
}

static void test_used_frame_keeps_its_type(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ARRAY_SIZE(types); i++)
        for (unsigned j = 0; j < ARRAY_SIZE(types); j++) {
            uint64_t word = types[i] | TYPE_VALID | 5;
            struct type_step s = type_get_step(word, types[j]);

            assert_int_equal(s.action, i == j ? TYPE_JOIN : TYPE_REFUSE);
            if (i == j)
                assert_int_equal(s.word, word + 1);
        }
}

/* Waiting for another type could be waiting for oneself: a table in itself. */
static void test_busy_frame_is_waited_for_as_what_it_becomes(void **state)
{
    (void)state;
    for (unsigned j = 0; j < ARRAY_SIZE(types); j++)
        assert_int_equal(type_get_step(FRAME_L3 | 1, types[j]).action,
                         types[j] == FRAME_L3 ? TYPE_WAIT : TYPE_REFUSE);
}

static void test_count_cannot_wrap(void **state)
{
    uint64_t full = FRAME_WRITABLE | TYPE_VALID | TYPE_COUNT_MAX;

    (void)state;
    assert_int_equal(type_get_step(full, FRAME_WRITABLE).action, TYPE_REFUSE);
    assert_int_equal(type_get_step(full - 1, FRAME_WRITABLE).action, TYPE_JOIN);
}

static void test_last_use_ends(void **state)
{
    struct type_step s = type_put_step(FRAME_WRITABLE | TYPE_VALID | 1, 99);

    (void)state;
    assert_int_equal(s.action, TYPE_LAST);
    assert_int_equal(s.word & TYPE_MASK, FRAME_NONE);
    assert_int_equal((uint32_t)s.word, 99);
    s = type_put_step(FRAME_L4 | TYPE_VALID | 1, 99);
    assert_int_equal(s.action, TYPE_DEVALIDATE);
    assert_int_equal(s.word, FRAME_L4 | 1);
    s = type_put_step(FRAME_L1 | TYPE_VALID | TYPE_PINNED | 2, 99);
    assert_int_equal(s.action, TYPE_JOIN);
    assert_int_equal(s.word, FRAME_L1 | TYPE_VALID | TYPE_PINNED | 1);
}

static void test_flush_between_different_types(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ARRAY_SIZE(types); i++)
        for (unsigned j = 0; j < ARRAY_SIZE(types); j++)
            assert_int_equal(type_needs_flush(type_idle(types[i], 3), types[j]),
                             i != j);
    assert_false(type_needs_flush(0, FRAME_L1));
}

/* Never two types at once, and idle exactly when nobody holds a use. */
static void test_random_walk(void **state)
{
    (void)state;
    srandom(7);
    for (int run = 0; run < 200; run++) {
        uint64_t word = 0, held = 0, type = 0;

        for (int step = 0; step < 500; step++) {
            uint64_t want = types[(unsigned)random() % ARRAY_SIZE(types)];
            struct type_step s;

            if (held && (random() & 1)) {
                s = type_put_step(word, (uint32_t)step);
                word = s.word;
                if (s.action == TYPE_DEVALIDATE)
                    word = type_idle(word, (uint32_t)step);
                held--;
            } else {
                s = type_get_step(word, want);
                assert_int_not_equal(s.action, TYPE_WAIT);
                if (s.action == TYPE_REFUSE) {
                    assert_true(held && want != type);
                    continue;
                }
                assert_true(!held || want == type);
                word = s.word | TYPE_VALID;
                type = want;
                held++;
            }
            if (held)
                assert_int_equal(word, type | TYPE_VALID | held);
            else
                assert_int_equal(word & TYPE_MASK, FRAME_NONE);
        }
    }
}

static void test_legal_entries(void **state)
{
    (void)state;
    assert_true(l1_entry_is_legal(PTE_P | PTE_RW | PTE_US | PTE_NX, false));
    assert_true(l1_entry_is_legal(PTE_P | PTE_G | PTE_AVAIL, false));
    assert_false(l1_entry_is_legal(PTE_P | PTE_PCD, false));
    assert_true(l1_entry_is_legal(PTE_P | PTE_PCD | PTE_PAT, true));
    assert_true(upper_entry_is_legal(PTE_P | PTE_RW | PTE_US | PTE_A));
    assert_false(upper_entry_is_legal(PTE_P | PTE_PSE));
    assert_false(upper_entry_is_legal(PTE_P | PTE_G));
}

static void test_normalised_entries(void **state)
{
    (void)state;
    assert_int_equal(l1_entry_normalise(PTE_P | PTE_RW),
                     PTE_P | PTE_RW | PTE_US | PTE_GUEST_KERNEL);
    assert_int_equal(l1_entry_normalise(PTE_P | PTE_US | PTE_G),
                     PTE_P | PTE_US);
    assert_int_equal(upper_entry_normalise(PTE_P, 2), PTE_P | PTE_US);
    assert_int_equal(upper_entry_normalise(PTE_P, 4), PTE_P | PTE_US | PTE_A);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_idle_frame_takes_any_type),
        cmocka_unit_test(test_former_table_is_busy_until_the_flush),
        cmocka_unit_test(test_used_frame_keeps_its_type),
        cmocka_unit_test(test_busy_frame_is_waited_for_as_what_it_becomes),
        cmocka_unit_test(test_count_cannot_wrap),
        cmocka_unit_test(test_last_use_ends),
        cmocka_unit_test(test_flush_between_different_types),
        cmocka_unit_test(test_random_walk),
        cmocka_unit_test(test_legal_entries),
        cmocka_unit_test(test_normalised_entries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
