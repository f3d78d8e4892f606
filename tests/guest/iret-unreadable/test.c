/*
 * An iret whose frame cannot be read crashes the domain.
 */
/* ends: crash */
#include "guest.h"

ASM_FUNCTION(iret_from_nowhere, "mov $0x1000, %rsp; mov $23, %eax; syscall");

void test(void)
{
    iret_from_nowhere();
    fail("an iret from nowhere");
}
