/*
 * space.h - the program's address space: what mmap() and its like do.
 * Layer: mm. Locks: events are masked. Errors are negative errno values.
 */
#ifndef UK_MM_SPACE_H
#define UK_MM_SPACE_H

#include "lib/types.h"
#include "mm/frames.h"

/* What can be mapped besides anonymous memory: a file, by its pages. */
struct backing {
    /* The frame of a page, used once more for the caller, a new one for a
     * hole; FRAME_NONE behind the end and without memory. */
    uint32_t (*get_frame)(struct backing *b, uint64_t index);
    /* Copies a page, for which a hole stays one; false behind the end. */
    bool (*read_page)(struct backing *b, uint64_t index, void *to);
    /* The first page from `index` on that is no hole; UINT64_MAX: none. */
    uint64_t (*next_page)(struct backing *b, uint64_t index);
    void (*get)(struct backing *b);
    void (*put)(struct backing *b);
};

/* A flag besides MAP_*: never to be written to, since its file is not. */
#define MAPPING_READ_ONLY (1U << 31)

struct mapping {
    uint64_t start, length;
    uint32_t prot, flags; /* PROT_*, MAP_* */
    struct backing *backing;
    uint64_t offset;
};

/* The image is there already; gives it and the heap's place to the list. */
void space_init(void);

/* The start, or an error. Memory is there at once, but for MAP_NORESERVE,
 * holes of files and copies of what they hold. */
long space_map(const struct mapping *m);
long space_unmap(uint64_t start, uint64_t length);
long space_protect(uint64_t start, uint64_t length, uint32_t prot);
long space_resize(uint64_t start, uint64_t old, uint64_t new, bool may_move);
/* What private memory holds is forgotten: zeros, or what the file has. */
long space_discard(uint64_t start, uint64_t length);

/* All that is mapped, in bytes. */
uint64_t space_bytes(void);

/* The mapping at `at` or the next one behind it. */
struct space_part {
    uint64_t start, end, offset;
    uint32_t prot;
    bool shared;
    const struct backing *backing;
};
bool space_next(uint64_t at, struct space_part *p);

/* What memory that is there is known by: a place of a file that is shared by
 * all of its mappings, other memory by its address. */
const void *space_key(const void *at);

/* Gives memory to what has none of it yet; -ENOMEM where there can be none. */
long space_populate(uint64_t start, uint64_t length);
/* Is there memory at `at`? */
bool space_has(uint64_t at);

/* May the program reach all of it, with `prot`? Then the kernel may, too,
 * until it waits: what is mapped has memory, or there is some for it. */
bool space_allows(const void *start, uint64_t length, uint32_t prot);
/* Behind a wait, of what the program was allowed or what is the kernel's own.
 */
bool space_still_allows(const void *start, uint64_t length, uint32_t prot);
/* The same whether there is memory or not. */
bool space_promises(uint64_t at, uint32_t prot);
/* A file was cut off there: who has mapped what followed has nothing now. */
void space_cut_off(const struct backing *b, uint64_t first_page);
/* A fault at `at`: true if what failed may be done now. */
bool space_fault(uint64_t at, uint32_t prot);

#endif
