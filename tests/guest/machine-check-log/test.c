/*
 * What a log of machine checks asks: the CPUs there are, and what is to be
 * fetched, which on a healthy machine is nothing.
 */
/* not-as-guest: it gives a toolstack's orders */
/* smp: 2 */
#define __XEN_TOOLS__ 1
#include "guest.h"
#include <xen/arch-x86/xen-mca.h>

static struct xen_mc op;
static struct mcinfo_logical_cpu list[4];

static long call(unsigned cmd)
{
    op.cmd = cmd;
    op.interface_version = XEN_MCA_INTERFACE_VERSION;
    return CALL1(mca, &op);
}

static void cpus(void)
{
    CHECK_EQ(call(XEN_MC_physcpuinfo), 0);
    CHECK_EQ(op.u.mc_physcpuinfo.ncpus, 2);
    set_xen_guest_handle(op.u.mc_physcpuinfo.info, list);
    op.u.mc_physcpuinfo.ncpus = 4;
    CHECK_EQ(call(XEN_MC_physcpuinfo), 0);
    CHECK_EQ(op.u.mc_physcpuinfo.ncpus, 2);
    CHECK_EQ(list[1].mc_cpunr, 1);
    CHECK_EQ(list[0].mc_apicid, 0);
    CHECK_EQ(list[1].mc_apicid, 1);
    op.u.mc_physcpuinfo.ncpus = 0;
    CHECK_EQ(call(XEN_MC_physcpuinfo), -EINVAL);
}

static long fetch(unsigned flags)
{
    op.u.mc_fetch.flags = flags;
    set_xen_guest_handle(op.u.mc_fetch.data, (void *)list);
    return call(XEN_MC_fetch);
}

void test(void)
{
    CHECK_EQ(CALL1(mca, HV_START), -EFAULT);
    CHECK_EQ(CALL1(mca, &op), -EACCES);
    cpus();
    CHECK_EQ(fetch(XEN_MC_URGENT), 0);
    CHECK_EQ(op.u.mc_fetch.flags, XEN_MC_NODATA);
    CHECK_EQ(fetch(XEN_MC_NONURGENT), 0);
    CHECK_EQ(op.u.mc_fetch.flags, XEN_MC_NODATA);
    CHECK_EQ(fetch(XEN_MC_NONURGENT | XEN_MC_ACK), 0);
    CHECK_EQ(fetch(0), -EINVAL);
    CHECK_EQ(fetch(0x77), -EINVAL);
    memset(&op, 0, sizeof(op));
    CHECK_EQ(call(XEN_MC_notifydomain), -EINVAL);
    CHECK_EQ(call(99), -EINVAL);
    if (on_xen)
        return; /* which would make machine checks of these */
    CHECK_EQ(call(XEN_MC_msrinject), -EOPNOTSUPP);
    CHECK_EQ(call(XEN_MC_mceinject), -EOPNOTSUPP);
    CHECK_EQ(call(XEN_MC_inject_v2), -EOPNOTSUPP);
}
