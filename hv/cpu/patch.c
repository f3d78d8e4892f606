/*
 * cpu/patch.c - turns the entry path's places into instructions. Layer: cpu.
 */
#include "cpu/patch.h"
#include "lib/string.h"

extern const struct patch_site patch_start[], patch_end[];

static void patch_call(uint8_t *at, const void *target)
{
    int32_t rel = (int32_t)((const uint8_t *)target - (at + 5));

    at[0] = 0xe8;
    memcpy(at + 1, &rel, sizeof(rel));
}

void patch_apply(uint32_t id, const void *target)
{
    static const uint8_t stac[] = {0x0f, 0x01, 0xcb};
    static const uint8_t clac[] = {0x0f, 0x01, 0xca};

    for (const struct patch_site *s = patch_start; s < patch_end; s++) {
        uint8_t *at = (uint8_t *)s->address;

        if (s->id != id)
            continue;
        if (id == PATCH_ID_STAC)
            memcpy(at, stac, sizeof(stac));
        else if (id == PATCH_ID_CLAC)
            memcpy(at, clac, sizeof(clac));
        else
            patch_call(at, target);
    }
}
