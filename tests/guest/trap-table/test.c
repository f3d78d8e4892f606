/*
 * set_trap_table changes the vectors it names up to an address of 0, refuses
 * addresses that are not canonical after those before, and NULL takes all away:
 * then a fault crashes the domain.
 */
/* ends: crash */
#include "guest.h"

ASM_FUNCTION(invalid, "ud2");

void test(void)
{
    struct trap_info t[3] = {
        {.vector = VECTOR_UD,
         .cs = CS_KERNEL,
         .address = (uint64_t)trap_stubs + 32 * 0x55},
        {.vector = VECTOR_BP, .cs = CS_KERNEL, .address = 0x800000000000},
        {0}};

    CHECK_EQ(set_trap_table(0x1000), -EFAULT);
    CHECK_EQ(set_trap_table(HV_START), -EFAULT);
    CHECK_EQ(set_trap_table(0x800000000000), -EFAULT);
    CHECK_EQ(set_trap_table(t), -EINVAL);
    CHECK_EQ(catch_code(invalid)->vector, 0x55);
    CHECK_EQ(set_trap_table(trap_table), 0);
    CHECK_EQ(catch_code(invalid)->vector, VECTOR_UD);
    CHECK_EQ(set_trap_table(NULL), 0);
    invalid();
    fail("a fault without a handler");
}
