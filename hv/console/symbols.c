/*
 * console/symbols.c - the table of functions of this image. Layer: console.
 */
#include "console/symbols.h"

/* From tools/symbols. */
extern const uint32_t symbol_count;
extern const uint32_t symbol_offsets[];
extern const uint32_t symbol_name_offsets[];
extern const char symbol_names[];

/* From the linker script. */
extern const char image_start[];
extern const char image_end[];

bool symbol_in_image(vaddr_t address)
{
    return address >= (vaddr_t)image_start && address < (vaddr_t)image_end;
}

bool symbol_lookup(vaddr_t address, struct symbol *symbol)
{
    const struct symbol_table table = {
        .count = symbol_count,
        .offsets = symbol_offsets,
        .name_offsets = symbol_name_offsets,
        .names = symbol_names,
    };

    if (!symbol_in_image(address))
        return false;
    return symbol_find(&table, address - (vaddr_t)image_start,
                       (vaddr_t)image_end - (vaddr_t)image_start, symbol);
}
