/*
 * A vcpu's runstate and time areas are written where the guest said, its
 * runstate adds up to the time that passed, and addresses that cannot be are
 * refused.
 */
#include "guest.h"

static struct vcpu_runstate_info runstate;
static struct vcpu_time_info time_area;

static uint64_t sum(const struct vcpu_runstate_info *r)
{
    return r->time[0] + r->time[1] + r->time[2] + r->time[3];
}

static void sleep_ns(uint64_t ns)
{
    struct sched_poll p = {.nr_ports = 0, .timeout = now_ns() + ns};

    sched_op(SCHEDOP_poll, &p);
}

static void runstates(void)
{
    struct vcpu_runstate_info a, b;

    CHECK_EQ(vcpu_op(VCPUOP_get_runstate_info, 0, &a), 0);
    CHECK_EQ(a.state, RUNSTATE_running);
    sleep_ns(20 * MS);
    CHECK_EQ(vcpu_op(VCPUOP_get_runstate_info, 0, &b), 0);
    CHECK(b.time[RUNSTATE_blocked] >= a.time[RUNSTATE_blocked] + 10 * MS);
    CHECK(sum(&b) >= sum(&a) + 20 * MS);
    CHECK(sum(&b) <= now_ns());
    CHECK_EQ(vcpu_op(VCPUOP_get_runstate_info, 0, NULL), -EFAULT);
    CHECK_EQ(vcpu_op(VCPUOP_get_runstate_info, 0, HV_START), -EFAULT);
}

static void runstate_area(void)
{
    struct vcpu_register_runstate_memory_area area;

    area.addr.p = (uint64_t)&runstate;
    runstate.state = 77;
    CHECK_EQ(vcpu_op(VCPUOP_register_runstate_memory_area, 0, &area), 0);
    CHECK_EQ(runstate.state, RUNSTATE_running);
    CHECK(runstate.state_entry_time > 0);
    sleep_ns(5 * MS);
    CHECK_EQ(runstate.state, RUNSTATE_running);
    CHECK(runstate.time[RUNSTATE_blocked] >= 4 * MS);
    area.addr.p = HV_START;
    CHECK_EQ(vcpu_op(VCPUOP_register_runstate_memory_area, 0, &area), -EFAULT);
    CHECK_EQ(vcpu_op(VCPUOP_register_runstate_memory_area, 0, NULL), -EFAULT);
}

static void clock_area(void)
{
    struct vcpu_register_time_memory_area area;

    area.addr.p = (uint64_t)&time_area;
    CHECK_EQ(vcpu_op(VCPUOP_register_vcpu_time_memory_area, 0, &area), 0);
    CHECK_EQ(time_area.tsc_to_system_mul, vcpu_info(0)->time.tsc_to_system_mul);
    sleep_ns(MS);
    CHECK(time_of(&time_area) + 100 * MS > now_ns());
    CHECK(time_of(&time_area) < now_ns() + 100 * MS);
    area.addr.p = HV_START;
    CHECK_EQ(vcpu_op(VCPUOP_register_vcpu_time_memory_area, 0, &area), -EFAULT);
}

void test(void)
{
    events_init();
    CHECK_EQ(vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL), 0);
    runstates();
    runstate_area();
    clock_area();
}
