/*
 * boot/e820.c - the machine's memory map. Layer: boot. Pure.
 */
#include "boot/e820.h"

#define ADDRESS_END (1UL << 52)

/* How little may be done with memory of a type. */
static unsigned int restriction(uint32_t type)
{
    switch (type) {
    case E820_RAM:
        return 0;
    case E820_ACPI:
        return 1;
    case E820_NVS:
        return 2;
    case E820_UNUSABLE:
        return 4;
    default:
        return 3;
    }
}

static uint32_t stronger_type(uint32_t a, uint32_t b)
{
    return restriction(a) >= restriction(b) ? a : b;
}

/* The last range if [start, ...) of this type can be a part of it. */
static struct e820_range *continued(struct e820_map *map, uint64_t start,
                                    uint32_t type)
{
    struct e820_range *last;

    if (map->count == 0)
        return NULL;
    last = &map->ranges[map->count - 1];
    return last->end == start && last->type == type ? last : NULL;
}

/* Appends a range behind all others. */
static void append(struct e820_map *map, uint64_t start, uint64_t end,
                   uint32_t type)
{
    struct e820_range *last = continued(map, start, type);

    if (start >= end || map->is_cut)
        return;
    if (last) {
        last->end = end;
    } else if (map->count < E820_RANGES_MAX) {
        map->ranges[map->count++] = (struct e820_range){start, end, type};
    } else {
        map->is_cut = true;
        map->known_below = start;
    }
}

/*
 * Appends `old`, overlaid by `new` as far as they meet, and before it the part
 * of `new` that no old range has; new->start moves behind what was appended.
 */
static void append_overlaid(struct e820_map *map, const struct e820_range *old,
                            struct e820_range *new)
{
    uint64_t from = MAX(old->start, new->start);
    uint64_t to = MIN(old->end, new->end);

    append(map, new->start, MIN(new->end, old->start), new->type);
    if (from >= to) {
        append(map, old->start, old->end, old->type);
        if (old->start >= new->end)
            new->start = new->end;
        return;
    }
    append(map, old->start, from, old->type);
    append(map, from, to, stronger_type(old->type, new->type));
    append(map, to, old->end, old->type);
    new->start = to;
}

void e820_add(struct e820_map *map, uint64_t start, uint64_t bytes,
              uint32_t type)
{
    uint64_t limit = map->is_cut ? map->known_below : ADDRESS_END;
    struct e820_range new = {start, start + bytes, type};
    struct e820_map old = *map;

    if (restriction(type) == restriction(E820_RESERVED))
        new.type = E820_RESERVED;
    if (new.end < start || new.end > limit)
        new.end = limit;
    if (bytes == 0 || start >= limit)
        return;
    map->count = 0;
    map->is_cut = false;
    for (uint32_t i = 0; i < old.count; i++)
        append_overlaid(map, &old.ranges[i], &new);
    append(map, new.start, new.end, new.type);
    if (old.is_cut && !map->is_cut) {
        map->is_cut = true;
        map->known_below = old.known_below;
    }
}

void e820_reserve(struct e820_map *map, uint64_t start, uint64_t end)
{
    if (start < end)
        e820_add(map, start, end - start, E820_RESERVED);
}

uint32_t e820_type_of(const struct e820_map *map, uint64_t start, uint64_t end)
{
    for (uint32_t i = 0; i < map->count; i++) {
        const struct e820_range *r = &map->ranges[i];

        if (start < end && start >= r->start && end <= r->end)
            return r->type;
    }
    return E820_NONE;
}

bool e820_next_ram(const struct e820_map *map, uint32_t *index, paddr_t *start,
                   paddr_t *end)
{
    while (*index < map->count) {
        const struct e820_range *r = &map->ranges[(*index)++];

        *start = ROUND_UP(r->start, PAGE_SIZE);
        *end = ROUND_DOWN(r->end, PAGE_SIZE);
        if (r->type == E820_RAM && *start < *end)
            return true;
    }
    return false;
}

paddr_t e820_top_of_ram(const struct e820_map *map)
{
    uint32_t index = 0;
    paddr_t start, end, top = 0;

    while (e820_next_ram(map, &index, &start, &end))
        top = end;
    return top;
}

uint64_t e820_ram_bytes(const struct e820_map *map)
{
    uint32_t index = 0;
    paddr_t start, end;
    uint64_t bytes = 0;

    while (e820_next_ram(map, &index, &start, &end))
        bytes += end - start;
    return bytes;
}

const char *e820_type_name(uint32_t type)
{
    static const char *const names[] = {
        [E820_NONE] = "none",         [E820_RAM] = "usable",
        [E820_RESERVED] = "reserved", [E820_ACPI] = "ACPI data",
        [E820_NVS] = "ACPI NVS",      [E820_UNUSABLE] = "unusable",
    };

    return type < ARRAY_SIZE(names) ? names[type] : "reserved";
}
