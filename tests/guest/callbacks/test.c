/*
 * callback_op and set_callbacks take canonical addresses for the callbacks
 * there are, refuse the others, and only that of the NMI can be taken back.
 */
#include "guest.h"

void test(void)
{
    static const unsigned types[] = {
        CALLBACKTYPE_event, CALLBACKTYPE_failsafe,  CALLBACKTYPE_syscall,
        CALLBACKTYPE_nmi,   CALLBACKTYPE_syscall32, CALLBACKTYPE_sysenter};
    uint64_t here = (uint64_t)callback_event;

    for (unsigned i = 0; i < ARRAY_SIZE(types); i++) {
        struct callback_unregister u = {.type = (uint16_t)types[i]};

        CHECK_EQ(callback_register(types[i], here, 0), 0);
        CHECK_EQ(callback_register(types[i], 0x800000000000, 0), -EINVAL);
        CHECK_EQ(callback_register(types[i], 1UL << 63, 0), -EINVAL);
        CHECK_EQ(callback_op(CALLBACKOP_unregister, &u),
                 types[i] == CALLBACKTYPE_nmi ? 0 : -EINVAL);
    }
    CHECK_EQ(callback_register(99, here, 0), -ENOSYS);
    CHECK_EQ(callback_op(CALLBACKOP_register, 0x1000), -EFAULT);
    CHECK_EQ(callback_op(CALLBACKOP_unregister, HV_START), -EFAULT);
    CHECK_EQ(callback_op(2, types), -ENOSYS);
    /* The old form does not tell; each stands for itself. */
    CHECK_EQ(set_callbacks(1UL << 63, here, here), 0);
    CHECK_EQ(set_callbacks(here, 1UL << 63, here), 0);
    CHECK_EQ(set_callbacks(here, here, 1UL << 63), 0);
    CHECK_EQ(set_callbacks(here, here, here), 0);
}
