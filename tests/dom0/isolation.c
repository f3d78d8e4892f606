/*
 * isolation.c - a user process can neither read nor write what lies above
 * its half of the address space.  The one exception is the machine-to-physical
 * table at the bottom of the hypervisor's range, which it may read.
 */
#include "probe.h"

#define FIRST_SLOT 256
#define LAST_SLOT  511
#define SLOT_SHIFT 39
#define M2P_SLOT   256

static const uint64_t offsets[] = {
    0,
    0x1000,
    0x200000,
    0x1000000,
    0x40000000,
    0x40100000,
    0x40200000,
    0x400200000,
    0x1fc0000000,
    0x7f80000000,
    0x7fc0000000,
    0x7ffffff000,
    0x7fffe00000,
};

static void *address_in(unsigned slot, uint64_t offset)
{
    return (void *)(0xffff000000000000UL | (uint64_t)slot << SLOT_SHIFT |
                    offset);
}

static int is_vsyscall(const void *address)
{
    return ((uintptr_t)address & ~0xfffUL) == 0xffffffffff600000UL;
}

static void expect_refusal(unsigned slot, void *address)
{
    if (is_vsyscall(address))
        return;
    if (probe_write(address) != SIGSEGV)
        fail("user code wrote to %p", address);
    if (slot != M2P_SLOT && probe_read(address) != SIGSEGV)
        fail("user code read %p", address);
    if (probe_call(address) != SIGSEGV)
        fail("user code ran at %p", address);
}

int main(void)
{
    unsigned count = sizeof(offsets) / sizeof(offsets[0]);

    probe_init();
    for (unsigned slot = FIRST_SLOT; slot <= LAST_SLOT; slot++)
        for (unsigned i = 0; i < count; i++)
            expect_refusal(slot, address_in(slot, offsets[i]));
    return pass("%u addresses above user space refuse a user process",
                (LAST_SLOT - FIRST_SLOT + 1) * count);
}
