/*
 * pv/entry_fuzz.c - any words as page-table entries: what is legal refers to
 * the same page in the same way when it is stored, and cannot be what a guest
 * must not have: a superpage, a global mapping, reserved bits, a cache
 * attribute without devices.
 */
/* link: */
/* covers: hv/pv/entry.h hv/pv/type.h */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pv/entry.h"
#include "pv/type.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition))                                                      \
            abort();                                                           \
    } while (0)

static void check_l1(uint64_t pte, bool has_io)
{
    uint64_t stored = l1_entry_normalise(pte);

    if (!l1_entry_is_legal(pte, has_io))
        return;
    CHECK(has_io || !(pte & PTE_CACHE));
    CHECK(l1_entry_is_legal(stored, has_io));
    CHECK(l1_entry_normalise(stored) == stored);
    CHECK(!((stored ^ pte) & (PTE_P | PTE_RW | PTE_ADDR | PTE_NX | PTE_CACHE)));
    CHECK((stored & PTE_US) && !(stored & PTE_G));
    CHECK((pte & PTE_US) || (stored & PTE_GUEST_KERNEL));
}

static void check_upper(uint64_t pte, unsigned level)
{
    uint64_t stored = upper_entry_normalise(pte, level);

    if (!upper_entry_is_legal(pte))
        return;
    CHECK(!(pte & (PTE_PSE | PTE_G | PTE_PWT | PTE_PCD)));
    CHECK(upper_entry_is_legal(stored));
    CHECK(upper_entry_normalise(stored, level) == stored);
    CHECK(!((stored ^ pte) & (PTE_P | PTE_RW | PTE_ADDR | PTE_NX)));
    CHECK(stored & PTE_US);
}

/* A frame in use keeps its type; one that is busy lets nobody in. */
static void check_type(uint64_t word, uint64_t type, uint32_t stamp)
{
    struct type_step step = type_get_step(word, type);

    switch (step.action) {
    case TYPE_REFUSE:
    case TYPE_WAIT:
        CHECK(step.word == word);
        break;
    case TYPE_JOIN:
        CHECK((word & TYPE_MASK) == type && (word & TYPE_VALID));
        CHECK(step.word == word + 1 &&
              (step.word & TYPE_COUNT) <= TYPE_COUNT_MAX);
        break;
    case TYPE_FIRST:
        CHECK((word & TYPE_MASK) == FRAME_NONE && type == FRAME_WRITABLE);
        CHECK(!type_needs_flush(word, type));
        break;
    default:
        CHECK((word & TYPE_MASK) == FRAME_NONE);
        CHECK(!(step.word & TYPE_VALID) && (step.word & TYPE_COUNT) == 1);
    }
    step = type_put_step(word, stamp);
    if (step.action == TYPE_LAST)
        CHECK((step.word & TYPE_MASK) == FRAME_NONE &&
              (uint32_t)step.word ==
                  (uint32_t)(TYPE_FORMER(word & TYPE_MASK) | stamp));
    if (step.action == TYPE_DEVALIDATE)
        CHECK(type_is_table(word & TYPE_MASK) && !(step.word & TYPE_VALID));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    uint64_t word[3];

    if (bytes < sizeof(word))
        return 0;
    memcpy(word, data, sizeof(word));
    check_l1(word[0], word[1] & 1);
    check_upper(word[0], 2 + (word[1] >> 1) % 3);
    check_type(word[2], (word[1] >> 8 & 7) << 60, (uint32_t)(word[1] >> 32));
    return 0;
}
