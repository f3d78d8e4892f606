/*
 * cpu/xstate.h - the extended state's components and where they lie. Layer:
 * cpu. Pure. Source: Intel SDM volume 1, chapter 13.
 */
#ifndef CPU_XSTATE_H
#define CPU_XSTATE_H

#include "lib/types.h"

#define XSTATE_X87    (1UL << 0)
#define XSTATE_SSE    (1UL << 1)
#define XSTATE_AVX    (1UL << 2)
#define XSTATE_AVX512 (7UL << 5)

/* What guests may use: PKRU, MPX and AMX are not offered. */
#define XSTATE_OFFERED (XSTATE_X87 | XSTATE_SSE | XSTATE_AVX | XSTATE_AVX512)

#define XSTATE_LEGACY_BYTES 512U
#define XSTATE_HEADER_BYTES 64U
#define XSTATE_COMPONENTS   8 /* 0 to 7: all that is offered */

/* One area at most: it is a page. */
#define XSTATE_AREA_MAX 4096U

struct xstate_component {
    uint32_t bytes;
    uint32_t offset; /* in the standard form */
    bool aligned;    /* to 64 bytes in the compacted form */
};

struct xstate_layout {
    uint64_t allowed; /* the bits of XCR0 a guest may set; 0: no XSAVE */
    struct xstate_component component[XSTATE_COMPONENTS];
};

/*
 * Removes from layout->allowed what is not offered, what lacks what it needs,
 * and what has no room in an area.
 */
void xstate_restrict(struct xstate_layout *layout);

/* Is this a value that XCR0 takes, of what is allowed? */
bool xstate_is_valid(const struct xstate_layout *layout, uint64_t xcr0);

/*
 * An area that somebody else stored, with the components of `accumulated`: may
 * it be loaded with XCR0 being xcr0? header: xstate_bv, xcomp_bv, six zeros. 0,
 * -EINVAL, -EOPNOTSUPP (it is compacted), -EIO (a header not known).
 */
int xstate_check(const struct xstate_layout *layout, uint64_t xcr0,
                 uint64_t accumulated, const uint64_t header[8]);

/* Bytes of an area with these components, in the standard form. */
uint32_t xstate_bytes(const struct xstate_layout *layout, uint64_t xcr0);
/* The same in the compacted form. */
uint32_t xstate_compacted_bytes(const struct xstate_layout *layout,
                                uint64_t xcr0);

#endif
