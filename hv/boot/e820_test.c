/*
 * boot/e820_test.c - against a map with one type for each unit of memory.
 */
/* link: hv/boot/e820.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "boot/e820.h"

static struct e820_map map;

static int start_empty(void **state)
{
    (void)state;
    memset(&map, 0, sizeof(map));
    return 0;
}

static void expect(uint32_t i, uint64_t start, uint64_t end, uint32_t type)
{
    assert_true(i < map.count);
    assert_true(map.ranges[i].start == start);
    assert_true(map.ranges[i].end == end);
    assert_int_equal(map.ranges[i].type, type);
}

static void a_pc(void **state)
{
    paddr_t start, end;
    uint32_t index = 0;

    (void)state;
    e820_add(&map, 0x100000, 0x1fee0000, E820_RAM);
    e820_add(&map, 0x9fc00, 0x400, E820_RESERVED);
    e820_add(&map, 0, 0x9fc00, E820_RAM);
    e820_add(&map, 0xf0000, 0x10000, E820_RESERVED);
    e820_add(&map, 0x1ffe0000, 0x20000, E820_RESERVED);
    e820_add(&map, 0xfffc0000, 0x40000, 77);
    assert_int_equal(map.count, 6);
    expect(0, 0, 0x9fc00, E820_RAM);
    expect(3, 0x100000, 0x1ffe0000, E820_RAM);
    expect(5, 0xfffc0000, 0x100000000, E820_RESERVED);
    assert_true(e820_next_ram(&map, &index, &start, &end));
    assert_true(start == 0 && end == 0x9f000);
    assert_true(e820_next_ram(&map, &index, &start, &end));
    assert_true(start == 0x100000 && end == 0x1ffe0000);
    assert_false(e820_next_ram(&map, &index, &start, &end));
    assert_int_equal(e820_top_of_ram(&map), 0x1ffe0000);
    assert_int_equal(e820_ram_bytes(&map), 0x9f000 + 0x1fee0000);
}

static void restrictions(void **state)
{
    static const uint32_t order[] = {E820_RAM, E820_ACPI, E820_NVS,
                                     E820_RESERVED, E820_UNUSABLE};

    (void)state;
    for (size_t a = 0; a < ARRAY_SIZE(order); a++) {
        for (size_t b = 0; b < ARRAY_SIZE(order); b++) {
            start_empty(NULL);
            e820_add(&map, 0x1000, 0x1000, order[a]);
            e820_add(&map, 0x1000, 0x1000, order[b]);
            assert_int_equal(map.count, 1);
            expect(0, 0x1000, 0x2000, order[MAX(a, b)]);
        }
    }
}

static void odd_lengths(void **state)
{
    (void)state;
    e820_add(&map, 0x1000, 0, E820_RAM);
    assert_int_equal(map.count, 0);
    e820_add(&map, UINT64_MAX - 5, 100, E820_RESERVED);
    e820_add(&map, 1UL << 52, 100, E820_RAM);
    assert_int_equal(map.count, 0);
    e820_add(&map, 1UL << 51, UINT64_MAX, E820_RESERVED);
    assert_int_equal(map.count, 1);
    expect(0, 1UL << 51, 1UL << 52, E820_RESERVED);
    e820_reserve(&map, 0x2000, 0x1000);
    assert_int_equal(map.count, 1);
}

static void queries(void **state)
{
    (void)state;
    e820_add(&map, 0x1000, 0x2000, E820_RAM);
    e820_add(&map, 0x3000, 0x1000, E820_NVS);
    assert_int_equal(e820_type_of(&map, 0x1000, 0x3000), E820_RAM);
    assert_int_equal(e820_type_of(&map, 0x2fff, 0x3001), E820_NONE);
    assert_int_equal(e820_type_of(&map, 0x3000, 0x3001), E820_NVS);
    assert_int_equal(e820_type_of(&map, 0x3000, 0x3000), E820_NONE);
    assert_int_equal(e820_type_of(&map, 0x5000, 0x5001), E820_NONE);
    e820_reserve(&map, 0x1800, 0x2800);
    assert_int_equal(map.count, 4);
    assert_int_equal(e820_ram_bytes(&map), 0);
    assert_int_equal(e820_top_of_ram(&map), 0);
    assert_string_equal(e820_type_name(E820_ACPI), "ACPI data");
    assert_string_equal(e820_type_name(99), "reserved");
}

#define UNITS 64

static unsigned int rank(uint32_t type)
{
    static const unsigned int ranks[] = {0, 1, 4, 2, 3, 5};

    return ranks[type];
}

static void check_against(const uint32_t *model)
{
    for (uint64_t i = 0; i < UNITS; i++)
        assert_int_equal(e820_type_of(&map, i, i + 1), model[i]);
    for (uint32_t i = 0; i + 1 < map.count; i++) {
        const struct e820_range *r = &map.ranges[i];

        assert_true(r[0].start < r[0].end && r[0].end <= r[1].start);
        assert_true(r[0].end < r[1].start || r[0].type != r[1].type);
    }
}

static void random_maps(void **state)
{
    uint32_t model[UNITS];

    (void)state;
    srand(1);
    for (int round = 0; round < 2000; round++) {
        start_empty(NULL);
        memset(model, 0, sizeof(model));
        for (int i = 0; i < 12; i++) {
            uint64_t start = (uint64_t)rand() % UNITS;
            uint64_t bytes = (uint64_t)rand() % (UNITS - start + 1);
            uint32_t type = 1 + (uint32_t)rand() % 5;

            e820_add(&map, start, bytes, type);
            for (uint64_t u = start; u < start + bytes; u++) {
                if (rank(type) > rank(model[u]))
                    model[u] = type;
            }
        }
        check_against(model);
    }
}

/* What is left is right, and nothing comes back above the cut. */
static void too_many(void **state)
{
    uint64_t cut;

    (void)state;
    for (uint64_t i = 0; i < E820_RANGES_MAX; i++)
        e820_add(&map, i << 16, 0x1000, E820_RAM);
    assert_false(map.is_cut);
    e820_add(&map, 0x2000, 0x1000, E820_RESERVED);
    assert_true(map.is_cut);
    assert_int_equal(map.count, E820_RANGES_MAX);
    expect(1, 0x2000, 0x3000, E820_RESERVED);
    cut = (E820_RANGES_MAX - 1UL) << 16;
    assert_true(map.known_below == cut);
    e820_add(&map, cut, 0x100000, E820_RAM);
    assert_int_equal(e820_type_of(&map, cut, cut + 1), E820_NONE);
    e820_add(&map, cut - 0x1000, 0x100000, E820_RAM);
    cut -= 0x1000; /* one more did not fit either */
    assert_true(map.known_below == cut);
    e820_add(&map, 0, cut, E820_UNUSABLE);
    assert_int_equal(map.count, 1);
    e820_add(&map, 0, 1UL << 40, E820_RAM);
    assert_true(map.is_cut);
    expect(0, 0, cut, E820_UNUSABLE);
    assert_int_equal(map.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_pc, start_empty),
        cmocka_unit_test_setup(restrictions, start_empty),
        cmocka_unit_test_setup(odd_lengths, start_empty),
        cmocka_unit_test_setup(queries, start_empty),
        cmocka_unit_test_setup(random_maps, start_empty),
        cmocka_unit_test_setup(too_many, start_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
