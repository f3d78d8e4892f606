/*
 * pv/descriptor_fuzz.c - any words as segment descriptors: what is taken and
 * present is a segment of ring 3, a call gate that only we could use, or of the
 * reserved type; and nothing but the privilege level was changed.
 */
/* link: hv/pv/descriptor_check.c */
/* covers: hv/pv/descriptor_check.c */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pv/descriptor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition))                                                      \
            abort();                                                           \
    } while (0)

#define PRESENT (1UL << 47)
#define DPL     (3UL << 45)
#define SEGMENT (1UL << 44)

static void check(uint64_t given)
{
    uint64_t desc = given, again;
    unsigned type = given >> 40 & 15, dpl;

    if (!descriptor_check(&desc)) {
        CHECK(desc == given && (given & PRESENT) && !(given & SEGMENT));
        return;
    }
    CHECK(!((desc ^ given) & ~DPL));
    again = desc;
    CHECK(descriptor_check(&again) && again == desc);
    if (!(given & PRESENT))
        return;
    dpl = desc >> 45 & 3;
    if (given & SEGMENT)
        CHECK(dpl == 3);
    else
        CHECK(type == 0 || (type == 12 && dpl == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    uint64_t desc;

    for (; bytes >= sizeof(desc); bytes -= sizeof(desc), data += sizeof(desc)) {
        memcpy(&desc, data, sizeof(desc));
        check(desc);
    }
    return 0;
}
