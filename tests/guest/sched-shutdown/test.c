/*
 * The code with which a domain will go is that which was set first, without a
 * word to later ones (this ends as a poweroff); a watchdog is a numbered
 * thing that can be set, put off and stopped; another domain that is not there
 * cannot be shut down.
 */
#include "guest.h"

static long watchdog(uint32_t id, uint32_t seconds)
{
    struct sched_watchdog w = {.id = id, .timeout = seconds};

    return sched_op(SCHEDOP_watchdog, &w);
}

void test(void)
{
    struct sched_shutdown code = {.reason = SHUTDOWN_poweroff};
    struct sched_remote_shutdown remote = {.domain_id = 7,
                                           .reason = SHUTDOWN_poweroff};
    long id = watchdog(0, 100);

    CHECK(id > 0 && id < 8);
    CHECK_EQ(watchdog((uint32_t)id, 200), 0);
    CHECK_EQ(watchdog((uint32_t)id, 0), 0);
    CHECK_EQ(watchdog((uint32_t)id, 1), -EINVAL);
    CHECK_EQ(watchdog(77, 1), -EINVAL);
    CHECK_EQ(sched_op(SCHEDOP_watchdog, HV_START), -EFAULT);
    CHECK_EQ(sched_op(SCHEDOP_remote_shutdown, &remote), -ESRCH);
    CHECK_EQ(sched_op(SCHEDOP_remote_shutdown, HV_START), -EFAULT);
    CHECK_EQ(sched_op(SCHEDOP_shutdown_code, HV_START), -EFAULT);
    CHECK_EQ(sched_op(SCHEDOP_shutdown_code, &code), 0);
    code.reason = SHUTDOWN_crash;
    CHECK_EQ(sched_op(SCHEDOP_shutdown_code, &code), 0);
}
