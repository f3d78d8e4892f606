/*
 * cpu/fpu.h - the x87, SSE and AVX state of vcpus. Layer: cpu.
 *
 * Eager: a vcpu's state is in the registers whenever it runs, so that no trap
 * is needed and nothing of another vcpu can be read from them speculatively.
 * The hypervisor itself uses none of these registers.
 * Source: Intel SDM volume 1, chapters 10 and 13.
 */
#ifndef CPU_FPU_H
#define CPU_FPU_H

#include "cpu/xstate.h"

/* One page, from the frame allocator: XSAVE's or FXSAVE's area. */
struct xsave_area {
    uint16_t fcw, fsw;
    uint8_t ftw, reserved0;
    uint16_t fop;
    uint64_t fip, fdp;
    uint32_t mxcsr, mxcsr_mask;
    uint8_t registers[480];
    uint64_t xstate_bv, xcomp_bv;
    uint64_t reserved1[6];
    uint8_t
        extended[XSTATE_AREA_MAX - XSTATE_LEGACY_BYTES - XSTATE_HEADER_BYTES];
} __aligned(64);

_Static_assert(sizeof(struct xsave_area) == XSTATE_AREA_MAX, "xsave_area");

/* What this machine has; allowed is 0 when FXSAVE is used. After fpu_init. */
extern struct xstate_layout fpu_layout;

/* XCR0 of a new vcpu: SSE has to be saved before a guest enables XSAVE. */
#define FPU_XCR0_INITIAL (XSTATE_X87 | XSTATE_SSE)

/* Finds out what there is, on the boot CPU; then on each CPU, CR0, CR4 and
 * XCR0. */
void fpu_init(void);
void fpu_init_cpu(void);

/* The state after reset with all exceptions masked. */
void fpu_init_state(struct xsave_area *area);

/* Takes the 512 bytes of FXSAVE that somebody else made, made harmless; what is
 * beyond x87 and SSE stays. */
void fpu_set_legacy(struct xsave_area *area, const void *image);
/* The other way round. */
void fpu_get_legacy(const struct xsave_area *area, void *image);

/* All of it, in XSAVE's standard form, for somebody else. */
void fpu_get_state(const struct xsave_area *area, struct xsave_area *image);

/* Registers to and from an area, with CR0.TS clear. XCR0 is `xcr0` then. */
void fpu_save(struct xsave_area *area);
void fpu_restore(struct xsave_area *area, uint64_t xcr0);

/*
 * The running vcpu's XCR0 becomes a value that xstate_is_valid(). Components
 * that were off so far begin in their initial state.
 */
void fpu_change_xcr0(struct xsave_area *area, uint64_t from, uint64_t to);

/* CR0.TS of the CPU. */
static inline void fpu_clear_ts(void)
{
    __asm__ volatile("clts");
}

#endif
