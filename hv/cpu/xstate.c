/*
 * cpu/xstate.c - which components, and how large. Layer: cpu. Pure.
 */
#include "cpu/xstate.h"

#include "abi/errno.h"

static const uint64_t basic_bytes = XSTATE_LEGACY_BYTES + XSTATE_HEADER_BYTES;

/* The dependences between components: SDM volume 1, 13.3. */
static bool is_consistent(uint64_t xcr0)
{
    if (!(xcr0 & XSTATE_X87))
        return false;
    if ((xcr0 & XSTATE_AVX) && !(xcr0 & XSTATE_SSE))
        return false;
    if (!(xcr0 & XSTATE_AVX512))
        return true;
    return (xcr0 & XSTATE_AVX512) == XSTATE_AVX512 && (xcr0 & XSTATE_AVX);
}

static bool fits(const struct xstate_component *c)
{
    return c->bytes && c->offset >= basic_bytes &&
           c->offset <= XSTATE_AREA_MAX && c->bytes <= XSTATE_AREA_MAX &&
           c->offset + c->bytes <= XSTATE_AREA_MAX;
}

void xstate_restrict(struct xstate_layout *layout)
{
    uint64_t allowed = layout->allowed & XSTATE_OFFERED;

    for (unsigned i = 2; i < XSTATE_COMPONENTS; i++)
        if (!fits(&layout->component[i]))
            allowed &= ~(1UL << i);
    if (!is_consistent(allowed))
        allowed &= ~XSTATE_AVX512;
    /* Without SSE nobody could save what every program uses. */
    if (!is_consistent(allowed) || !(allowed & XSTATE_SSE))
        allowed = 0;
    layout->allowed = allowed;
}

bool xstate_is_valid(const struct xstate_layout *layout, uint64_t xcr0)
{
    return !(xcr0 & ~layout->allowed) && is_consistent(xcr0);
}

int xstate_check(const struct xstate_layout *layout, uint64_t xcr0,
                 uint64_t accumulated, const uint64_t header[8])
{
    if (header[0] & ~accumulated || xcr0 & ~accumulated ||
        !xstate_is_valid(layout, xcr0) || !xstate_is_valid(layout, accumulated))
        return -EINVAL;
    if (header[1])
        return -EOPNOTSUPP;
    for (unsigned i = 2; i < 8; i++)
        if (header[i])
            return -EIO;
    return 0;
}

uint32_t xstate_bytes(const struct xstate_layout *layout, uint64_t xcr0)
{
    uint32_t end = (uint32_t)basic_bytes;

    for (unsigned i = 2; i < XSTATE_COMPONENTS; i++) {
        const struct xstate_component *c = &layout->component[i];

        if (xcr0 >> i & 1)
            end = MAX(end, c->offset + c->bytes);
    }
    return end;
}

uint32_t xstate_compacted_bytes(const struct xstate_layout *layout,
                                uint64_t xcr0)
{
    uint32_t end = (uint32_t)basic_bytes;

    for (unsigned i = 2; i < XSTATE_COMPONENTS; i++) {
        const struct xstate_component *c = &layout->component[i];

        if (!(xcr0 >> i & 1))
            continue;
        if (c->aligned)
            end = ROUND_UP(end, 64U);
        end += c->bytes;
    }
    return end;
}
