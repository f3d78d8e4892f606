/*
 * cpu/patch.h - places in the entry path that are patched at boot. Layer: cpu.
 *
 * Each place is a nop that the table .patch names; patch_apply() turns it
 * into an instruction, or a call, when the CPU needs or has the feature
 * (docs/security.md). Unpatched it costs one nop.
 *
 * The compiler makes each indirect branch a call of a thunk, or a jump to one
 * (spec_code.S); patch_thunks() turns those back into the plain branch, of the
 * same length, so that they cost nothing where they are not needed.
 */
#ifndef CPU_PATCH_H
#define CPU_PATCH_H

#define PATCH_ID_STAC  0 /* 3 bytes: stac */
#define PATCH_ID_CLAC  1 /* 3 bytes: clac */
#define PATCH_ID_ENTRY 2 /* 5 bytes: call patch_entry (from a guest) */
#define PATCH_ID_EXIT  3 /* 5 bytes: call patch_exit (to a guest) */
#define PATCH_ID_IRETQ 4 /* 5 bytes: jmp isolated_iretq, for iretq */
/* The same for the guest's rsp, which lies so far above ours, and sysretq. */
#define PATCH_ID_SYSRET 1024

#ifdef __ASSEMBLER__
/* clang-format off */
    .macro PATCH_SITE id, bytes
    .pushsection .patch, "a", @progbits
    .quad 771f
    .long \id, \bytes
    .popsection
771:
    .endm
#define PATCH_STAC  PATCH_SITE PATCH_ID_STAC, 3; .byte 0x0f, 0x1f, 0x00
#define PATCH_CLAC  PATCH_SITE PATCH_ID_CLAC, 3; .byte 0x0f, 0x1f, 0x00
#define PATCH_ENTRY PATCH_SITE PATCH_ID_ENTRY, 5; .byte 0x0f, 0x1f, 0x44, 0, 0
#define PATCH_EXIT  PATCH_SITE PATCH_ID_EXIT, 5; .byte 0x0f, 0x1f, 0x44, 0, 0
    .macro EXIT_SYSRET offset
    PATCH_SITE PATCH_ID_SYSRET + \offset, 5
    mov \offset(%rsp), %rsp
    sysretq
    .endm
    .macro EXIT_IRETQ
    PATCH_SITE PATCH_ID_IRETQ, 5
    iretq
    .skip 3, 0xcc
    .endm
/* clang-format on */
#else

#include "lib/types.h"

struct patch_site {
    uint64_t address;
    uint32_t id;
    uint32_t bytes;
};

/* Patches every place with this id. For ENTRY and EXIT `target` is the function
 * to call; it must preserve every register. For the ids behind them it is where
 * to go. Before the text is read-only. */
void patch_apply(uint32_t id, const void *target);

/* No retpolines: with `lfence` the thunks become lfence and the branch, without
 * the branch takes the place of each thunk's call. Once, as above. */
void patch_thunks(bool lfence);
#endif

#endif
