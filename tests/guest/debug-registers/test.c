/*
 * The debug registers hold what may be in them, by hypercall and by mov; a
 * breakpoint stops the kernel and the user with #DB and tells itself in DR6;
 * none can be in the hypervisor, and general detect is refused.
 */
#include "guest.h"

static uint64_t watched;

static void store(void *arg)
{
    (void)arg;
    WRITE_ONCE(watched, 1);
}

static void values(void)
{
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQ(set_debugreg(i, 0x1000 * i), 0);
        CHECK_EQ(get_debugreg(i), 0x1000 * i);
        CHECK_EQ(set_debugreg(i, HV_START), -EPERM);
        CHECK_EQ(set_debugreg(i, HV_END - 1), -EPERM);
        CHECK_EQ(set_debugreg(i, 0x800000000000), -EPERM);
        CHECK_EQ(get_debugreg(i), 0x1000 * i);
        CHECK_EQ(set_debugreg(i, 0), 0);
    }
    CHECK_EQ(set_debugreg(8, 0), -ENODEV);
    CHECK_EQ(get_debugreg(8), -ENODEV);
    CHECK_EQ(set_debugreg(~0UL, 0), -ENODEV);
    CHECK_EQ(set_debugreg(7, 1UL << 13), -EPERM);
    CHECK_EQ(set_debugreg(6, 1UL << 32), -EINVAL);
    CHECK_EQ(set_debugreg(7, 1UL << 32), -EINVAL);
    CHECK_EQ(set_debugreg(6, 0xffff0000), 0);
    CHECK_EQ(get_debugreg(6), 0xffff0ff0);
    CHECK_EQ(set_debugreg(7, 0), 0);
    CHECK_EQ(get_debugreg(7), 0x400);
}

static void breakpoint(void)
{
    const struct frame *f;

    CHECK_EQ(set_debugreg(0, &watched), 0);
    CHECK_EQ(set_debugreg(7, 0x000d0401), 0); /* writes of 8 bytes... of 4 */
    f = catch_fault(store, NULL);
    REQUIRE(f);
    CHECK_EQ(f->vector, VECTOR_DB);
    CHECK_EQ(watched, 1);
    CHECK_EQ(get_debugreg(6) & 0xf, 1);
    CHECK_EQ(READ_CONTROL(dr6) & 0xf, 1);
    CHECK_EQ(set_debugreg(6, 0), 0);
    CHECK_EQ(set_debugreg(7, 0), 0);
    CHECK(!catch_fault(store, NULL));
}

static void by_mov(void)
{
    WRITE_CONTROL(dr1, 0x4321);
    CHECK_EQ(READ_CONTROL(dr1), 0x4321);
    CHECK_EQ(get_debugreg(1), 0x4321);
    CHECK_EQ(READ_CONTROL(dr7), 0x400);
    CHECK_EQ(READ_CONTROL(dr6), 0xffff0ff0);
}

static void write_hv_address(void *arg)
{
    (void)arg;
    WRITE_CONTROL(dr0, HV_START);
}

void test(void)
{
    values();
    breakpoint();
    by_mov();
    CHECK_EQ(fault_of(write_hv_address, NULL), VECTOR_GP);
    CHECK_EQ(get_debugreg(0), (uint64_t)&watched);
}
