/*
 * Of CR0 only TS can be changed, CR3 only to an L4 of the guest's, of CR4 what
 * a PV kernel may choose; CR8 is not there; XSETBV needs OSXSAVE.
 */
#include "guest.h"

static void write_cr0(void *value)
{
    WRITE_CONTROL(cr0, (uint64_t)value);
}

static void write_cr3(void *value)
{
    WRITE_CONTROL(cr3, (uint64_t)value);
}

static void write_cr4(void *value)
{
    WRITE_CONTROL(cr4, (uint64_t)value);
}

ASM_FUNCTION(read_cr8, "mov %cr8, %rax");
ASM_FUNCTION(write_cr8, "xor %eax, %eax; mov %rax, %cr8");
ASM_FUNCTION(set_xcr0, "xor %ecx, %ecx; mov $1, %eax; xor %edx, %edx; xsetbv");

void test(void)
{
    uint64_t cr0 = READ_CONTROL(cr0), cr4 = READ_CONTROL(cr4);

    CHECK_EQ(fault_of(write_cr0, (void *)cr0), NO_FAULT);
    CHECK_EQ(fault_of(write_cr0, (void *)(cr0 ^ 1UL << 16)), VECTOR_GP);
    CHECK_EQ(fault_of(write_cr0, (void *)(cr0 ^ 1UL << 31)), VECTOR_GP);
    CHECK_EQ(READ_CONTROL(cr0), cr0);
    CHECK_EQ(fault_of(write_cr3, (void *)va_to_maddr(kernel_l4())), NO_FAULT);
    CHECK_EQ(fault_of(write_cr3, (void *)va_to_maddr(image_start)), VECTOR_GP);
    CHECK_EQ(fault_of(write_cr3, (void *)0xfee00000), VECTOR_GP);
    CHECK_EQ(READ_CONTROL(cr3), va_to_maddr(kernel_l4()));
    CHECK_EQ(cr4 & 0x20, 0x20); /* PAE */
    CHECK_EQ(cr4 & 0x1090, 0);  /* PSE, PGE, LA57 */
    CHECK_EQ(fault_of(write_cr4, (void *)cr4), NO_FAULT);
    CHECK_EQ(READ_CONTROL(cr4), cr4);
    CHECK_EQ(fault_of(write_cr4, (void *)(cr4 | 8)), NO_FAULT); /* DE */
    CHECK_EQ(READ_CONTROL(cr4), cr4 | 8);
    CHECK_EQ(catch_code(read_cr8)->vector, VECTOR_GP);
    CHECK_EQ(catch_code(write_cr8)->vector, VECTOR_GP);
    CHECK(catch_code(set_xcr0) != NULL);
}
