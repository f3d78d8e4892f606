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

void test(void)
{
    events_init();
    cpus();
    firmware();
    power();
    clock();
}
