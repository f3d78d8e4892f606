/*
 * The platform operations that a PV kernel uses at boot answer it, or refuse
 * what is not there, without harm.
 */
/* not-as-guest: it gives a toolstack's orders */
/* smp: 1 */
#include "guest.h"
#include "sibling.h"

static struct xen_platform_op op;

static long call(unsigned cmd)
{
    op.cmd = cmd;
    op.interface_version = XENPF_INTERFACE_VERSION;
    return platform_op(&op);
}

static void cpus(void)
{
    memset(&op, 0, sizeof(op));
    CHECK_EQ(call(XENPF_get_cpuinfo), 0);
    CHECK_EQ(op.u.pcpu_info.max_present, 0);
    CHECK_EQ(op.u.pcpu_info.flags & XEN_PCPU_FLAGS_ONLINE,
             XEN_PCPU_FLAGS_ONLINE);
    op.u.pcpu_info.xen_cpuid = 77;
    CHECK_EQ(call(XENPF_get_cpuinfo), 0);
    CHECK_EQ(op.u.pcpu_info.flags, XEN_PCPU_FLAGS_INVALID);
    memset(&op, 0, sizeof(op));
    CHECK_EQ(call(XENPF_get_cpu_version), 0);
    CHECK_EQ(op.u.pcpu_version.max_present, 0);
    CHECK(op.u.pcpu_version.vendor_id[0] != 0);
    op.u.pcpu_version.xen_cpuid = 77;
    CHECK_EQ(call(XENPF_get_cpu_version), 0);
}

static void firmware(void)
{
    memset(&op, 0, sizeof(op));
    op.u.firmware_info.type = XEN_FW_DISK_INFO;
    op.u.firmware_info.index = 200;
    CHECK_EQ(call(XENPF_firmware_info), -ESRCH);
    op.u.firmware_info.type = XEN_FW_KBD_SHIFT_FLAGS;
    op.u.firmware_info.index = 0;
    CHECK_EQ(call(XENPF_firmware_info), 0);
    op.u.firmware_info.type = 99;
    CHECK_EQ(call(XENPF_firmware_info), -EINVAL);
}

static void power(void)
{
    memset(&op, 0, sizeof(op));
    op.u.enter_acpi_sleep.sleep_state = 17;
    CHECK(call(XENPF_enter_acpi_sleep) < 0);
    memset(&op, 0, sizeof(op));
    op.u.set_pminfo.type = 99;
    CHECK(call(XENPF_set_processor_pminfo) < 0);
}

/* All domains' clocks are set. */
static void clock(void)
{
    struct xen_domctl_getdomaininfo info;
    unsigned child = domain_new(1, 8);
    struct shared_info *childs;

    REQUIRE(domain_info(child, &info));
    childs = foreign_map(child, info.shared_info_frame, false);
    REQUIRE(childs != NULL);
    CHECK(childs->wc_sec < 1900000000 - 60);
    memset(&op, 0, sizeof(op));
    op.u.settime32.secs = 1900000000;
    op.u.settime32.system_time = now_ns();
    CHECK_EQ(call(XENPF_settime32), 0);
    CHECK(shared_info->wc_sec > 1900000000 - 60);
    CHECK(shared_info->wc_sec <= 1900000000);
    CHECK_EQ(childs->wc_sec, shared_info->wc_sec);
    foreign_unmap(childs);
    domain_destroy(child);
}

static void expect_clock(uint64_t ns)
{
    uint64_t seconds = shared_info->wc_sec | (uint64_t)shared_info->wc_sec_hi
                                                 << 32;

    CHECK_EQ(seconds, ns / 1000000000);
    CHECK_EQ(shared_info->wc_nsec, ns % 1000000000);
}

/* Seconds, nanoseconds and the time at which they were are taken as they come,
 * in 64 bits: what dom0 sets is dom0's business. */
static void odd_clocks(void)
{
    static const struct {
        uint64_t s;
        uint32_t ns;
        uint64_t at;
    } odd[] = {{UINT64_MAX, UINT32_MAX, UINT64_MAX},
               {UINT64_MAX, 0, 0},
               {0, 0, 5000000000},
               {1UL << 63, UINT32_MAX, 1},
               {0, UINT32_MAX, 0},
               {1800000000, 7, 3}};

    for (unsigned i = 0; i < ARRAY_SIZE(odd); i++) {
        memset(&op, 0, sizeof(op));
        op.u.settime64.secs = odd[i].s;
        op.u.settime64.nsecs = odd[i].ns;
        op.u.settime64.system_time = odd[i].at;
        CHECK_EQ(call(XENPF_settime64), 0);
        expect_clock(odd[i].s * 1000000000 + odd[i].ns - odd[i].at);
        memset(&op, 0, sizeof(op));
        op.u.settime32.secs = (uint32_t)odd[i].s;
        op.u.settime32.nsecs = odd[i].ns;
        op.u.settime32.system_time = odd[i].at;
        CHECK_EQ(call(XENPF_settime32), 0);
        expect_clock((uint32_t)odd[i].s * 1000000000UL + odd[i].ns - odd[i].at);
    }
    op.u.settime64.mbz = 1;
    CHECK_EQ(call(XENPF_settime64), -EINVAL);
}

void test(void)
{
    events_init();
    cpus();
    firmware();
    power();
    clock();
    odd_clocks();
}
