/*
 * A kernel stack that cannot be written when user mode needs it crashes the
 * domain; stack_switch itself refuses what is the hypervisor's.
 */
/* ends: crash */
#include "guest.h"

ASM_FUNCTION(user_code, "syscall");

void test(void)
{
    struct frame start = user_start(user_code);

    user_init();
    CHECK_DIFFERS(stack_switch(SS_KERNEL, HV_START + 8), -EINVAL, 0);
    CHECK_DIFFERS(stack_switch(SS_KERNEL, HV_END - 8), -EINVAL, 0);
    CHECK_EQ(stack_switch(SS_KERNEL, 0x10000), 0);
    user_run(&start);
    fail("a system call without a stack");
}
