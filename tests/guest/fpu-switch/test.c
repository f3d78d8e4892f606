/*
 * fpu_taskswitch sets the virtual TS: the next FPU instruction is #NM once, and
 * the handler finds TS clear; clts and mov to CR0 change it too.
 */
#include "guest.h"

ASM_FUNCTION(use_fpu, "fnop");
ASM_FUNCTION(use_sse, "movd %eax, %xmm0");

void test(void)
{
    CHECK(!catch_code(use_fpu));
    CHECK_EQ(fpu_taskswitch(1), 0);
    CHECK_EQ(READ_CONTROL(cr0) & 8, 8);
    REQUIRE(catch_code(use_fpu));
    CHECK_EQ(last_fault()->fault.vector, VECTOR_NM);
    CHECK_EQ(READ_CONTROL(cr0) & 8, 0);
    CHECK(!catch_code(use_fpu));
    CHECK_EQ(fpu_taskswitch(1), 0);
    CHECK_EQ(catch_code(use_sse)->vector, VECTOR_NM);
    CHECK_EQ(fpu_taskswitch(1), 0);
    CHECK_EQ(fpu_taskswitch(0), 0);
    CHECK(!catch_code(use_fpu));
    WRITE_CONTROL(cr0, READ_CONTROL(cr0) | 8);
    CHECK_EQ(catch_code(use_fpu)->vector, VECTOR_NM);
    WRITE_CONTROL(cr0, READ_CONTROL(cr0) | 8);
    __asm__ volatile("clts");
    CHECK(!catch_code(use_fpu));
}
