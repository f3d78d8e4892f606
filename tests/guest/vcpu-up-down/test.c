/*
 * A vcpu goes up, down and up again where it was; is_up says so, for each id
 * that is there and -ENOENT for all others; events to one that is down wait.
 */
/* hv-args: dom0_max_vcpus=2 */
#include "guest.h"

static volatile unsigned rounds;

static void run(void *arg)
{
    (void)arg;
    for (;;) {
        rounds++;
        vcpu_op(VCPUOP_down, 1, NULL);
    }
}

static bool up(void)
{
    return vcpu_op(VCPUOP_is_up, 1, NULL) == 1;
}

static void let_run(void)
{
    for (unsigned i = 0; i < 1000000 && up(); i++)
        sched_op(SCHEDOP_yield, NULL);
}

void test(void)
{
    static const uint64_t bad[] = {2, 31, 32, 8191, 0x7fffffff, 0xffffffff};

    events_init();
    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        CHECK_EQ(vcpu_op(VCPUOP_is_up, bad[i], NULL), -ENOENT);
        CHECK_EQ(vcpu_op(VCPUOP_up, bad[i], NULL), -ENOENT);
        CHECK_EQ(vcpu_op(VCPUOP_down, bad[i], NULL), -ENOENT);
    }
    CHECK_EQ(vcpu_op(VCPUOP_is_up, 0, NULL), 1);
    CHECK_EQ(vcpu_op(VCPUOP_is_up, 1, NULL), 0);
    CHECK_EQ(vcpu_op(99, 0, NULL), -ENOSYS);
    vcpu_launch(1, run, NULL);
    let_run();
    CHECK_EQ(rounds, 1);
    CHECK(!up());
    for (unsigned i = 2; i < 10; i++) {
        CHECK_EQ(vcpu_op(VCPUOP_up, 1, NULL), 0);
        let_run();
        CHECK_EQ(rounds, i);
    }
    CHECK_EQ(vcpu_op(VCPUOP_down, 1, NULL), 0);
}
