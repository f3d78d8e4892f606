/*
 * vm_assist knows the assists of the ABI, to switch on and off, and refuses
 * others.
 */
#include "guest.h"

void test(void)
{
    static const unsigned known[] = {
        VMASST_TYPE_4gb_segments,        VMASST_TYPE_4gb_segments_notify,
        VMASST_TYPE_writable_pagetables, VMASST_TYPE_pae_extended_cr3,
        VMASST_TYPE_architectural_iopl,  VMASST_TYPE_runstate_update_flag,
        VMASST_TYPE_m2p_strict};

    for (unsigned i = 0; i < ARRAY_SIZE(known); i++) {
        CHECK_EQ(vm_assist(VMASST_CMD_enable, known[i]), 0);
        CHECK_EQ(vm_assist(VMASST_CMD_disable, known[i]), 0);
        CHECK_EQ(vm_assist(2, known[i]), -ENOSYS);
    }
    CHECK_EQ(vm_assist(VMASST_CMD_enable, 6), -EINVAL);
    CHECK_EQ(vm_assist(VMASST_CMD_enable, 31), -EINVAL);
    CHECK_EQ(vm_assist(VMASST_CMD_enable, 33), -EINVAL);
    CHECK_EQ(vm_assist(VMASST_CMD_enable, 64), -EINVAL);
    CHECK_EQ(vm_assist(VMASST_CMD_enable, ~0U), -EINVAL);
}
