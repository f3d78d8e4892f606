/*
 * Every hypercall that takes a pointer refuses one into the hypervisor, to read
 * from it or to write to it, where its own memory is as where nothing is; it
 * stays alive, and so does what was there.
 */
#include "guest.h"

static const uint64_t places[] = {
    0xffff800000000000, /* the M2P */
    0xffff808000000000, 0xffff810000000000, 0xffff820000000000,
    0xffff828080000000, 0xffff8280c0000000, 0xffff82d040200000,
    0xffff830000000000, 0xffff830000100000, 0xffff830007000000,
    0xffff87fffffffff8, 0xffff7ffffffffff8,
};

static void try_calls(uint64_t p)
{
    static const unsigned first[] = {__HYPERVISOR_platform_op,
                                     __HYPERVISOR_multicall,
                                     __HYPERVISOR_sysctl, __HYPERVISOR_domctl};
    static const unsigned second[] = {
        __HYPERVISOR_memory_op,        __HYPERVISOR_sched_op,
        __HYPERVISOR_event_channel_op, __HYPERVISOR_physdev_op,
        __HYPERVISOR_callback_op,      __HYPERVISOR_xen_version};
    uint64_t before = M2P[1];

    for (unsigned i = 0; i < ARRAY_SIZE(first); i++)
        CHECK(hypercall(first[i], p, 1, 0, 0, 0) < 0);
    for (unsigned i = 0; i < ARRAY_SIZE(second); i++)
        for (unsigned op = 0; op < 34; op++)
            if (second[i] != __HYPERVISOR_sched_op || op > 2)
                hypercall(second[i], op, p, 0, 0, 0);
    for (unsigned op = 0; op < 14; op++)
        if (op != VCPUOP_down)
            vcpu_op(op, 0, p);
    for (unsigned op = 0; op < 13; op++)
        CHECK(grant_table_op(op, p, 1) < 0);
    CHECK(mmu_update(p, 1, NULL, DOMID_SELF) < 0);
    CHECK(mmuext_op(p, 1, NULL, DOMID_SELF) < 0);
    CHECK(set_gdt(p, 1) < 0);
    CHECK(console_io(CONSOLEIO_write, 1, p + 0x100000000000) < 0);
    CHECK_EQ(M2P[1], before);
}

void test(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(places); i++)
        try_calls(places[i]);
    CHECK_EQ(set_trap_table(0xffff830000000000), -EFAULT);
    CHECK_EQ(set_trap_table(trap_table), 0);
    CHECK_DIFFERS(stack_switch(SS_KERNEL, 0xffff830000001000), -EINVAL, 0);
    CHECK_EQ(xen_version(XENVER_version, NULL), 4 << 16 | 17);
}
