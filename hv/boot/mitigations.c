/*
 * boot/mitigations.c - which protections of the CPU are used. Layer: boot.
 */
#include "boot/boot.h"
#include "cpu/asm.h"
#include "cpu/patch.h"
#include "lib/log.h"
#include "lib/option.h"
#include "lib/string.h"

static bool smep = true, smap = true;
OPTION_DEFINE_BOOL("smep", smep);
OPTION_DEFINE_BOOL("smap", smap);

/* QEMU's interpreter reads the stack of a ring-3 iret as the supervisor would:
 * with SMAP on, guests that use it could not live. */
static bool __init is_interpreted(void)
{
    struct cpuid_regs r = cpuid(0x40000000, 0);

    return r.b == 0x54474354; /* "TCGT" */
}

void __init mitigations_init(void)
{
    struct cpuid_regs r = cpuid(7, 0);
    bool has_smep = r.b & 1U << 7, has_smap = r.b & 1U << 20;

    if (cpuid(0, 0).a < 7)
        return;
    if (has_smep && smep)
        write_cr4(read_cr4() | CR4_SMEP);
    if (!has_smap || !smap)
        return;
    if (is_interpreted()) {
        printk(XENLOG_INFO "SMAP is not used: this is QEMU's interpreter\n");
        return;
    }
    patch_apply(PATCH_ID_STAC, NULL);
    patch_apply(PATCH_ID_CLAC, NULL);
    write_cr4(read_cr4() | CR4_SMAP);
}
