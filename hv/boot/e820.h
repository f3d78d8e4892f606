/*
 * boot/e820.h - the machine's memory map. Layer: boot. Pure.
 * Source: ACPI 6.4, chapter 15 (types); the ranges of a map are sorted, do not
 * overlap, and neighbours of one type are one range.
 */
#ifndef BOOT_E820_H
#define BOOT_E820_H

#include "lib/types.h"

enum e820_type {
    E820_NONE = 0, /* not in the map */
    E820_RAM = 1,
    E820_RESERVED = 2, /* also every type not named here */
    E820_ACPI = 3,
    E820_NVS = 4,
    E820_UNUSABLE = 5,
};

#define E820_RANGES_MAX 256

struct e820_range {
    uint64_t start;
    uint64_t end; /* exclusive */
    uint32_t type;
};

/* {0} is an empty map. */
struct e820_map {
    uint32_t count;
    bool is_cut;          /* there were too many ranges */
    uint64_t known_below; /* if cut: nothing is added from here on */
    struct e820_range ranges[E820_RANGES_MAX];
};

/*
 * Adds [start, start + bytes), cut to 52 address bits. Where it overlaps what
 * the map has, the more restrictive type stays: unusable, reserved, NVS, ACPI,
 * RAM, in this order. When the map is full the ranges at the highest addresses
 * are forgotten for good: what is not in the map is not used.
 */
void e820_add(struct e820_map *map, uint64_t start, uint64_t bytes,
              uint32_t type);

/* Takes [start, end) out of RAM: the type becomes E820_RESERVED there. */
void e820_reserve(struct e820_map *map, uint64_t start, uint64_t end);

/* The type that all of [start, end) has; E820_NONE if it has not just one. */
uint32_t e820_type_of(const struct e820_map *map, uint64_t start, uint64_t end);

/*
 * The first range of whole pages of RAM from range *index on, and *index behind
 * it; false at the end. Start with *index = 0.
 */
bool e820_next_ram(const struct e820_map *map, uint32_t *index, paddr_t *start,
                   paddr_t *end);

/* Over e820_next_ram(): where the highest range ends; all bytes together. */
paddr_t e820_top_of_ram(const struct e820_map *map);
uint64_t e820_ram_bytes(const struct e820_map *map);

const char *e820_type_name(uint32_t type);

#endif
