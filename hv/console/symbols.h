/*
 * console/symbols.h - from an address to a function's name. Layer: console.
 * The table is made by tools/symbols.
 */
#ifndef CONSOLE_SYMBOLS_H
#define CONSOLE_SYMBOLS_H

#include "lib/types.h"

struct symbol_table {
    uint32_t count;
    const uint32_t *offsets; /* of the functions, ascending */
    const uint32_t *name_offsets;
    const char *names;
};

struct symbol {
    const char *name;
    uint32_t offset; /* of the address in the function */
    uint32_t size;   /* up to the next function, or the end of the code */
};

/*
 * Pure: the function that the byte `offset` of the image belongs to; `end` is
 * where the last one ends. Returns false when there is none.
 */
bool symbol_find(const struct symbol_table *table, uint64_t offset,
                 uint64_t end, struct symbol *symbol);

/* The same in this image. */
bool symbol_lookup(vaddr_t address, struct symbol *symbol);

/* True for an address in the image: only there may code be. */
bool symbol_in_image(vaddr_t address);

#endif
