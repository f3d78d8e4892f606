/*
 * update_descriptor checks what it writes and where: descriptors of code, data
 * and absent ones into the caller's own descriptor pages or plain memory.
 */
#include "guest.h"

#define DATA 0x00cff3000000ffffUL

static uint64_t *gdt;

static long update(unsigned slot, uint64_t desc)
{
    return update_descriptor(va_to_maddr(&gdt[slot]), desc);
}

static void refused(void)
{
    static const uint64_t bad[] = {
        0x00008e0000080000UL, /* interrupt gate */
        0x00008f0000080000UL, /* trap gate */
        0x0000850000080000UL, /* task gate */
        0x0000890000000067UL, /* TSS */
        0x00008b0000000067UL, /* busy TSS */
        0x0000820000000067UL, /* LDT */
        0x0000810000000000UL, 0x0000880000000000UL,
    };

    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        CHECK_EQ(update(7, bad[i]), -EINVAL);
        CHECK_EQ(gdt[7], 0);
    }
    CHECK_EQ(update_descriptor(va_to_maddr(&gdt[1]) + 4, DATA), -EINVAL);
    CHECK_EQ(update_descriptor(0xfee00000, DATA), -EINVAL);
    CHECK_EQ(update_descriptor(~7UL, DATA), -EINVAL);
    CHECK_EQ(update_descriptor(va_to_maddr(kernel_l4()), DATA), -EINVAL);
}

static void taken(void)
{
    CHECK_EQ(update(7, DATA), 0);
    CHECK_EQ(gdt[7], DATA);
    /* DPL 0 becomes 3. */
    CHECK_EQ(update(7, DATA & ~(3UL << 45)), 0);
    CHECK_EQ(gdt[7], DATA);
    /* Type 0, as in the upper half of a call gate. */
    CHECK_EQ(update(7, 0x0000800000000000UL), 0);
    /* What is not present may be anything. */
    CHECK_EQ(update(7, 0x00000e0000080000UL), 0);
    CHECK_EQ(gdt[7], 0x00000e0000080000UL);
    CHECK_EQ(update(7, 0), 0);
}

void test(void)
{
    uint64_t frame, *plain = page_alloc();

    gdt = page_alloc();
    page_protect(gdt, false);
    frame = va_to_mfn(gdt);
    CHECK_EQ(set_gdt(&frame, 16), 0);
    refused();
    taken();
    CHECK_EQ(update_descriptor(va_to_maddr(&plain[3]), DATA), 0);
    CHECK_EQ(plain[3], DATA);
}
