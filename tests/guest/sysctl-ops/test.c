/*
 * sysctl tells of the machine, and gives the hypervisor's log.
 */
/* not-as-guest: it gives a toolstack's orders */
#define __XEN_TOOLS__ 1
/* smp: 1 */
#include "guest.h"
#include <xen/sysctl.h>

static struct xen_sysctl op;

static long call(unsigned cmd)
{
    op.cmd = cmd;
    op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return sysctl(&op);
}

static void log(void)
{
    static char text[256];

    memset(&op, 0, sizeof(op));
    set_xen_guest_handle(op.u.readconsole.buffer, text);
    op.u.readconsole.count = sizeof(text);
    CHECK_EQ(call(XEN_SYSCTL_readconsole), 0);
    CHECK(op.u.readconsole.count > 16);
    CHECK(op.u.readconsole.count <= sizeof(text));
    CHECK(text[0] >= ' ');
    set_xen_guest_handle(op.u.readconsole.buffer, (char *)HV_START);
    op.u.readconsole.count = 100;
    op.u.readconsole.index = 0;
    CHECK_EQ(call(XEN_SYSCTL_readconsole), -EFAULT);
}

void test(void)
{
    memset(&op, 0, sizeof(op));
    CHECK_EQ(call(XEN_SYSCTL_physinfo), 0);
    CHECK_EQ(op.u.physinfo.nr_cpus, 1);
    CHECK_EQ(op.u.physinfo.total_pages > 0x6000, true);
    CHECK(op.u.physinfo.free_pages < op.u.physinfo.total_pages);
    CHECK(op.u.physinfo.cpu_khz > 1000);
    CHECK(op.u.physinfo.capabilities & XEN_SYSCTL_PHYSCAP_pv);
    log();
    CHECK_EQ(memory_op(XENMEM_get_sharing_freed_pages, NULL), 0);
    CHECK_EQ(memory_op(XENMEM_get_sharing_shared_pages, NULL), 0);
}
