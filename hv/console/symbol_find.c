/*
 * console/symbol_find.c - the search in the table of functions. Layer: console.
 * Pure.
 */
#include "console/symbols.h"

bool symbol_find(const struct symbol_table *table, uint64_t offset,
                 uint64_t end, struct symbol *symbol)
{
    uint32_t low = 0, high = table->count;

    if (offset >= end)
        return false;
    /* The functions before `low` start at or before offset, from `high` on
     * behind it. */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (table->offsets[middle] <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return false;
    if (low < table->count)
        end = table->offsets[low];
    symbol->name = table->names + table->name_offsets[low - 1];
    symbol->offset = (uint32_t)offset - table->offsets[low - 1];
    symbol->size = (uint32_t)end - table->offsets[low - 1];
    return true;
}
