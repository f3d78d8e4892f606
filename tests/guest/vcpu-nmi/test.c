/*
 * VCPUOP_send_nmi reaches the handler of vector 2 at once, however events are
 * masked; a second one waits until the handler has returned by iret.
 */
#include "guest.h"

static volatile unsigned nmis, nested;

static bool take_nmi(struct frame *f)
{
    unsigned now = ++nmis;

    (void)f;
    if (now == 1)
        vcpu_op(VCPUOP_send_nmi, 0, NULL);
    if (nmis != now)
        nested++;
    return true;
}

void test(void)
{
    events_init();
    trap_set_hook(VECTOR_NMI, take_nmi);
    CHECK_EQ(vcpu_op(VCPUOP_send_nmi, 0, 1), -EINVAL);
    CHECK_EQ(vcpu_op(VCPUOP_send_nmi, 7, NULL), -ENOENT);
    CHECK_EQ(nmis, 0);
    CHECK_EQ(vcpu_op(VCPUOP_send_nmi, 0, NULL), 0);
    CHECK_EQ(nmis, 2);
    CHECK_EQ(nested, 0);
}
