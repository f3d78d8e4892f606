/*
 * boot/e820_fuzz.c - any sequence of ranges: 17 bytes each, type, start,
 * length. Whatever comes, the map stays sorted and nothing is RAM that somebody
 * said is not.
 */
/* link: hv/boot/e820.c */
/* covers: hv/boot/e820.c */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "boot/e820.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define RECORD 17

static struct e820_map map;

static void check_order(void)
{
    for (uint32_t i = 0; i < map.count; i++) {
        const struct e820_range *r = &map.ranges[i];

        if (r->start >= r->end || r->type == E820_NONE)
            abort();
        if (i > 0 && (r[-1].end > r->start ||
                      (r[-1].end == r->start && r[-1].type == r->type)))
            abort();
        if (e820_type_of(&map, r->start, r->end) != r->type)
            abort();
    }
}

static void check_ram(uint64_t start, uint64_t bytes)
{
    paddr_t from, to;
    uint32_t index = 0;

    if (bytes == 0)
        return;
    while (e820_next_ram(&map, &index, &from, &to)) {
        if (from >= to || (start < to && start + bytes > from))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    uint64_t start, bytes;

    memset(&map, 0, sizeof(map));
    for (; n >= RECORD; data += RECORD, n -= RECORD) {
        memcpy(&start, data + 1, 8);
        memcpy(&bytes, data + 9, 8);
        e820_add(&map, start, bytes, data[0]);
        if (!e820_type_name(data[0]))
            abort();
        if (data[0] != E820_RAM && start + bytes >= start)
            check_ram(start, bytes);
    }
    if (n > 1)
        e820_reserve(&map, data[0] * 64UL, data[1] * 64UL);
    check_order();
    if (e820_ram_bytes(&map) > e820_top_of_ram(&map))
        abort();
    return 0;
}
