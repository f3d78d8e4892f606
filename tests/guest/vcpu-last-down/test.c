/*
 * When its last vcpu goes down the domain is off, as if it had asked for it.
 */
#include "guest.h"

void test(void)
{
    print("PASS %s\nEND %s\n", test_name, test_name);
    vcpu_op(VCPUOP_down, 0, NULL);
    fail("the last vcpu runs after it went down");
}
