/*
 * How a domain's end is told: each reason it gives, a code that it set before,
 * its watchdog, a crash by a fault it cannot take, and what its maker does to
 * it. It is then still there, and its maker may look at it.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"

static struct sibling s;
static uint64_t argument __attribute__((section(".data")));

static void shuts_down(void)
{
    shut_down((unsigned)argument);
}

static void sets_code(void)
{
    struct sched_shutdown op = {.reason = SHUTDOWN_suspend};

    CHECK_EQ(sched_op(SCHEDOP_shutdown_code, &op), 0);
    shut_down(SHUTDOWN_poweroff);
}

static void has_no_handler(void)
{
    set_trap_table(NULL);
    __asm__ volatile("ud2");
}

static void jumps_away(void)
{
    stack_switch(SS_KERNEL, 0x1000);
    set_trap_table(NULL);
    *(volatile int *)0 = 1;
}

static void waits(void)
{
    for (;;)
        sched_op(SCHEDOP_block, NULL);
}

static void sets_watchdog(void)
{
    struct sched_watchdog op = {.timeout = 1};

    CHECK_EQ(sched_op(SCHEDOP_watchdog, &op), 1);
    waits();
}

static void goes_down(void)
{
    vcpu_op(VCPUOP_down, 0, NULL);
}

static unsigned run(void (*fn)(void))
{
    unsigned reason;

    sibling_run(&s, fn);
    reason = sibling_wait(&s);
    domain_destroy(s.id);
    return reason;
}

static long remote_shutdown(unsigned dom, unsigned reason)
{
    struct sched_remote_shutdown op = {.domain_id = (domid_t)dom,
                                       .reason = reason};

    return sched_op(SCHEDOP_remote_shutdown, &op);
}

static void check_remote(void)
{
    struct xen_domctl_getdomaininfo info;

    sibling_run(&s, waits);
    CHECK_EQ(remote_shutdown(999, 0), -ESRCH);
    CHECK_EQ(remote_shutdown(s.id, SHUTDOWN_reboot), 0);
    CHECK_EQ(sibling_wait(&s), SHUTDOWN_reboot);
    CHECK_EQ(remote_shutdown(s.id, SHUTDOWN_crash), 0); /* the first counts */
    REQUIRE(domain_info(s.id, &info));
    CHECK_EQ(info.flags >> XEN_DOMINF_shutdownshift & 255, SHUTDOWN_reboot);
    CHECK_EQ(info.tot_pages, SIBLING_PAGES);
    CHECK_EQ(info.nr_online_vcpus, 1);
    domain_destroy(s.id);
}

void test(void)
{
    static const unsigned reasons[] = {SHUTDOWN_poweroff,
                                       SHUTDOWN_reboot,
                                       SHUTDOWN_suspend,
                                       SHUTDOWN_crash,
                                       SHUTDOWN_watchdog,
                                       SHUTDOWN_soft_reset,
                                       77,
                                       255};

    for (unsigned i = 0; i < ARRAY_SIZE(reasons); i++) {
        argument = reasons[i];
        CHECK_EQ(run(shuts_down), reasons[i]);
    }
    CHECK_EQ(run(sets_code), SHUTDOWN_suspend);
    CHECK_EQ(run(has_no_handler), SHUTDOWN_crash);
    CHECK_EQ(run(jumps_away), SHUTDOWN_crash);
    CHECK_EQ(run(sets_watchdog), SHUTDOWN_watchdog);
    CHECK_EQ(run(goes_down), SHUTDOWN_poweroff);
    check_remote();
}
