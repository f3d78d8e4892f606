/*
 * cpu/patch.c - turns the entry path's places into instructions. Layer: cpu.
 */
#include "cpu/patch.h"
#include "lib/string.h"

#define THUNK_BYTES 32
#define CALL_REL32  0xe8
#define JMP_REL32   0xe9

extern const struct patch_site patch_start[], patch_end[];
extern uint8_t text_start[], text_end[];
extern uint8_t spec_thunks[], spec_thunks_end[]; /* spec_code.S */

static void patch_branch(uint8_t *at, uint8_t opcode, const void *target)
{
    int32_t rel = (int32_t)((const uint8_t *)target - (at + 5));

    at[0] = opcode;
    memcpy(at + 1, &rel, sizeof(rel));
}

void __init patch_apply(uint32_t id, const void *target)
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
            patch_branch(at, id <= PATCH_ID_EXIT ? CALL_REL32 : JMP_REL32,
                         target);
    }
}

/* `jmp *reg`, or `call *reg`, in three bytes with a prefix. */
static void __init indirect_branch(uint8_t *at, unsigned reg, bool call)
{
    at[0] = reg & 8 ? 0x41 : 0x2e; /* REX.B, or CS: ignored in 64-bit mode */
    at[1] = 0xff;
    at[2] = (uint8_t)((call ? 0xd0 : 0xe0) | (reg & 7));
}

/* The register whose thunk a call or jump at `at` goes to, or -1. */
static int __init thunk_called(const uint8_t *at)
{
    int64_t offset;
    int32_t rel;

    if (*at != CALL_REL32 && *at != JMP_REL32)
        return -1;
    memcpy(&rel, at + 1, sizeof(rel));
    offset = at + 5 + rel - spec_thunks;
    if (offset < 0 || offset >= spec_thunks_end - spec_thunks ||
        offset % THUNK_BYTES)
        return -1;
    return (int)(offset / THUNK_BYTES);
}

/* There is no list of the calls. Bytes that are not one would have to be a
 * distance to a thunk's first byte by chance: one in 2^35 for each. */
static void __init inline_thunks(void)
{
    for (uint8_t *at = text_start; at + 5 <= text_end; at++) {
        int reg = thunk_called(at);
        bool call = *at == CALL_REL32;

        if (reg < 0)
            continue;
        at[0] = at[1] = 0x2e;
        indirect_branch(at + 2, (unsigned)reg, call);
        at += 4;
    }
}

void __init patch_thunks(bool lfence)
{
    static const uint8_t fence[] __initconst = {0x0f, 0xae, 0xe8};

    for (unsigned reg = 0; reg < 16; reg++) {
        uint8_t *thunk = spec_thunks + reg * THUNK_BYTES;

        memcpy(thunk, fence, sizeof(fence));
        indirect_branch(thunk + sizeof(fence), reg, false);
    }
    if (!lfence)
        inline_thunks();
}
