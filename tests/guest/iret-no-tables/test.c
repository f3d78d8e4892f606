/*
 * An iret to user mode by a vcpu that has no user tables crashes the domain,
 * as there is nothing to go on with.
 */
/* ends: crash */
#include "guest.h"

static void nowhere(void)
{
}

void test(void)
{
    struct frame start = user_start(nowhere);

    CHECK_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, 0, 0), 0);
    user_run(&start);
    fail("user mode without tables");
}
