/*
 * sysctl, domctl and platform_op look at the interface version first, and
 * refuse arguments that cannot be read.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"

struct op {
    uint32_t cmd, interface_version;
    uint8_t rest[1024];
};

void test(void)
{
    static const uint64_t bad[] = {0, 0x1000, HV_START, HV_END - 8,
                                   0x800000000000};
    static struct op op;

    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        CHECK_EQ(sysctl(bad[i]), -EFAULT);
        CHECK_EQ(platform_op(bad[i]), -EFAULT);
    }
    op.cmd = 3; /* physinfo */
    op.interface_version = 0x14;
    CHECK_EQ(sysctl(&op), -EACCES);
    CHECK_EQ(platform_op(&op), -EACCES);
    op.interface_version = 0x15;
    CHECK_EQ(sysctl(&op), 0);
    op.cmd = 0x7777;
    CHECK(sysctl(&op) < 0);
    op.interface_version = XENPF_INTERFACE_VERSION;
    CHECK_EQ(platform_op(&op), -ENOSYS);
}
