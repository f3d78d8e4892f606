/*
 * set_gdt takes up to 7168 entries in frames that become descriptors, refuses
 * all else without a change, and the new table is in use at once; the
 * hypervisor's own selectors stay.
 */
#include "guest.h"

#define DATA 0x00cff3000000ffffUL /* DPL 3, writable, present */
#define CODE 0x00affb000000ffffUL

static uint64_t *gdt;
static uint64_t frames[16];

static void load_ds(void *selector)
{
    WRITE_SEGMENT(ds, (uint64_t)selector);
}

static int ds_loads(uint64_t selector)
{
    return fault_of(load_ds, (void *)selector);
}

static void arguments(void)
{
    CHECK_EQ(set_gdt(frames, 7169), -EINVAL);
    CHECK_EQ(set_gdt(frames, 0x10000), -EINVAL);
    CHECK_EQ(set_gdt(frames, ~0UL), -EINVAL);
    CHECK_EQ(set_gdt(0x1000, 1), -EFAULT);
    CHECK_EQ(set_gdt(HV_START, 1), -EFAULT);
    CHECK_EQ(set_gdt(0x800000000000, 1), -EFAULT);
    frames[1] = 0xfee00;
    CHECK_EQ(set_gdt(frames, 513), -EINVAL);
    frames[1] = ~0UL;
    CHECK_EQ(set_gdt(frames, 1024), -EINVAL);
    frames[1] = 0;
    CHECK_EQ(set_gdt(frames, 513), -EINVAL);
    /* The first frame was let go again. */
    CHECK_EQ(page_protect(gdt, true), 0);
    CHECK_EQ(page_protect(gdt, false), 0);
}

static void contents(void)
{
    static const uint64_t bad[] = {
        0x00008e0000080000UL, /* an interrupt gate */
        0x0000890000000067UL, /* a TSS */
        0x0000820000000067UL, /* an LDT */
    };

    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        page_protect(gdt, true);
        gdt[5] = bad[i];
        page_protect(gdt, false);
        CHECK_EQ(set_gdt(frames, 16), -EINVAL);
    }
    page_protect(gdt, true);
    gdt[5] = 0;
    page_protect(gdt, false);
}

void test(void)
{
    gdt = page_alloc();
    gdt[2] = DATA;
    gdt[3] = CODE & ~(3UL << 45); /* DPL 0 becomes 3 */
    gdt[4] = DATA & ~(1UL << 47); /* not present */
    page_protect(gdt, false);
    frames[0] = va_to_mfn(gdt);
    arguments();
    contents();

    CHECK_EQ(ds_loads(0x13), VECTOR_GP);
    CHECK_EQ(set_gdt(frames, 16), 0);
    CHECK_EQ(ds_loads(0x13), NO_FAULT);
    CHECK_EQ(READ_SEGMENT(ds), 0x13);
    CHECK_EQ(ds_loads(0x1b), NO_FAULT);
    CHECK_EQ(gdt[3] >> 45 & 3, 3);
    CHECK_EQ(ds_loads(0x23), VECTOR_NP);
    CHECK_EQ(last_fault()->fault.error, 0x20);
    CHECK_EQ(ds_loads(0x2b), VECTOR_GP);
    CHECK_EQ(ds_loads(SS_KERNEL), NO_FAULT);
    CHECK_EQ(ds_loads(0xe033), NO_FAULT);
    CHECK_EQ(ds_loads(0), NO_FAULT);
    CHECK_EQ(set_gdt(NULL, 0), 0);
    CHECK_EQ(ds_loads(0x13), VECTOR_GP);
    /* All 14 frames, the same one in each. */
    for (unsigned i = 0; i < 14; i++)
        frames[i] = va_to_mfn(gdt);
    CHECK_EQ(set_gdt(frames, 7168), 0);
    CHECK_EQ(ds_loads(13 * 4096 + 0x13), NO_FAULT);
    CHECK_EQ(ds_loads(0), NO_FAULT);
    CHECK_EQ(set_gdt(NULL, 0), 0);
}
