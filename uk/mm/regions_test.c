/* link: uk/mm/regions.c */
/* regions_test.c - the list of regions, also against a map of single pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "mm/regions.h"

enum { ROOM = 40, PAGES = 64 };

static struct regions r;
static struct region list[ROOM];
static char object;
static int joins;

static int setup(void **state)
{
    (void)state;
    r = (struct regions){.list = list, .room = ROOM};
    return 0;
}

static bool add(uint64_t start, uint64_t end, uint32_t prot)
{
    return regions_insert(
        &r, &(struct region){.start = start, .end = end, .prot = prot});
}

static void equal_neighbours_join(void **state)
{
    (void)state;
    assert_true(add(10, 20, 1) && add(30, 40, 1) && add(20, 30, 1));
    assert_int_equal(r.count, 1);
    assert_true(add(40, 50, 2));
    assert_int_equal(r.count, 2);
    list[1].prot = 1;
    regions_join(&r, 40, 50);
    assert_int_equal(r.count, 1);
    assert_int_equal(list[0].end, 50);
}

static void cutting_moves_offsets(void **state)
{
    (void)state;
    r.list[0] = (struct region){10, 40, 1, 0, &object, 100};
    r.count = 1;
    assert_true(regions_cut(&r, 20, 30));
    assert_int_equal(r.count, 3);
    assert_int_equal(list[1].offset, 110);
    assert_int_equal(list[2].offset, 120);
    regions_remove(&r, 20, 30);
    assert_int_equal(r.count, 2);
    assert_false(regions_cover(&r, 10, 40, 1));
    regions_join(&r, 10, 40);
    assert_int_equal(r.count, 2);
}

static void count_joined(void *joined)
{
    assert_ptr_equal(joined, &object);
    joins++;
}

/* What follows in the same object, with the same rights, and nothing else. */
static void parts_of_an_object_join(void **state)
{
    static char other;
    struct region new = {40, 50, 1, 0, &object, 130};

    (void)state;
    joins = 0;
    r.joined = count_joined;
    r.list[0] = (struct region){10, 40, 1, 0, &object, 100};
    r.count = 1;
    assert_true(regions_cut(&r, 20, 30));
    list[1].prot = 2;
    regions_join(&r, 20, 30);
    assert_int_equal(r.count, 3);
    list[1].prot = 1;
    regions_join(&r, 20, 30);
    assert_int_equal(r.count, 1);
    assert_int_equal(joins, 2);
    assert_int_equal(list[0].end, 40);
    assert_int_equal(list[0].offset, 100);
    assert_true(regions_insert(&r, &new));
    assert_int_equal(r.count, 1);
    new = (struct region){50, 60, 1, 0, &object, 130};
    assert_true(regions_insert(&r, &new));
    assert_int_equal(r.count, 2);
    new = (struct region){60, 70, 1, 0, &other, 140};
    assert_true(regions_insert(&r, &new));
    new = (struct region){70, 80, 1, 0, NULL, 150};
    assert_true(regions_insert(&r, &new));
    assert_int_equal(r.count, 4);
    assert_int_equal(joins, 3);
}

static void gaps_are_found(void **state)
{
    (void)state;
    assert_int_equal(regions_gap(&r, 10, 5, 15), 5);
    assert_int_equal(regions_gap(&r, 11, 5, 15), 0);
    assert_true(add(10, 20, 1) && add(25, 30, 1));
    assert_int_equal(regions_gap(&r, 5, 5, 100), 5);
    assert_int_equal(regions_gap(&r, 5, 6, 100), 20);
    assert_int_equal(regions_gap(&r, 6, 6, 100), 30);
    assert_int_equal(regions_gap(&r, UINT64_MAX, 6, 100), 0);
    assert_int_equal(regions_gap(&r, 6, 200, 100), 0);
}

static void a_full_list_refuses(void **state)
{
    (void)state;
    r.room = 2;
    assert_true(add(10, 40, 1));
    assert_false(regions_cut(&r, 20, 30));
    assert_true(add(50, 60, 1));
    assert_false(add(70, 80, 1));
}

/* Random maps, unmaps and changes, beside one byte a page. */
static void it_equals_a_map_of_pages(void **state)
{
    uint8_t model[PAGES] = {0};

    (void)state;
    srand(7);
    for (int step = 0; step < 20000; step++) {
        uint64_t a = (uint64_t)rand() % PAGES, n = 1 + (uint64_t)rand() % 9;
        uint64_t b = a + n > PAGES ? PAGES : a + n;
        uint32_t prot = (uint32_t)rand() % 3;

        assert_true(regions_cut(&r, a, b));
        regions_remove(&r, a, b);
        memset(model + a, (int)prot, b - a);
        if (prot)
            assert_true(add(a, b, prot));
        for (uint64_t i = 0; i < PAGES; i++) {
            uint32_t at = regions_find(&r, i);
            bool there = at < r.count && list[at].start <= i;

            assert_int_equal(there ? list[at].prot : 0, model[i]);
        }
        for (uint32_t i = 1; i < r.count; i++)
            assert_true(list[i - 1].end < list[i].start ||
                        (list[i - 1].end == list[i].start &&
                         list[i - 1].prot != list[i].prot));
    }
}

static void bytes_are_summed(void **state)
{
    (void)state;
    r.count = 0;
    assert_int_equal(regions_bytes(&r, false, 0, 0), 0);
    add(10, 20, PROT_READ);
    add(30, 50, PROT_READ | PROT_WRITE);
    assert_true(regions_insert(&r, &(struct region){.start = 60,
                                                    .end = 90,
                                                    .prot = PROT_WRITE,
                                                    .flags = MAP_SHARED}));
    assert_int_equal(regions_bytes(&r, false, 0, 0), 60);
    assert_int_equal(regions_bytes(&r, true, 0, 0), 20);
    assert_int_equal(regions_bytes(&r, false, 15, 65), 5 + 25);
    assert_int_equal(regions_bytes(&r, true, 35, 40), 15);
    assert_int_equal(regions_bytes(&r, true, 0, 100), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(equal_neighbours_join, setup),
        cmocka_unit_test_setup(cutting_moves_offsets, setup),
        cmocka_unit_test_setup(parts_of_an_object_join, setup),
        cmocka_unit_test_setup(gaps_are_found, setup),
        cmocka_unit_test_setup(a_full_list_refuses, setup),
        cmocka_unit_test_setup(bytes_are_summed, setup),
        cmocka_unit_test_setup(it_equals_a_map_of_pages, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
