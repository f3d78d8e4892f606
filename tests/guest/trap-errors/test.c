/*
 * Each exception that ring 3 can cause arrives with its own vector and error
 * code; a page fault's user bit says user mode, not ring 3, and its address is
 * in cr2 and in vcpu_info.
 */
#include "guest.h"

ASM_FUNCTION(divide, "xor %ecx, %ecx; xor %edx, %edx; div %ecx");
ASM_FUNCTION(breakpoint, "int3");
ASM_FUNCTION(invalid, "ud2");
ASM_FUNCTION(halt, "hlt");
ASM_FUNCTION(load_gdt, "lgdt (%rsp)");
ASM_FUNCTION(load_tr, "mov $8, %eax; ltr %ax");
ASM_FUNCTION(far_load, "mov $0xe004, %eax; mov %eax, %ds");
ASM_FUNCTION(non_canonical, "mov $0x8000000000000000, %rax; mov (%rax), %rax");
ASM_FUNCTION(sysret, "xor %ecx, %ecx; sysretq");

static void expect(void (*fn)(void), int vector, uint64_t error)
{
    const struct frame *f = catch_code(fn);

    REQUIRE(f);
    CHECK_EQ(f->vector, (uint64_t)vector);
    CHECK_EQ(f->error, error);
}

static void page_faults(void)
{
    uint64_t *page = page_alloc();

    page_protect(page, false);
    CHECK_EQ(try_read((void *)0x5000), VECTOR_PF);
    CHECK_EQ(last_fault()->fault.error, 0);
    CHECK_EQ(try_write((void *)0x5008, 1), VECTOR_PF);
    CHECK_EQ(last_fault()->fault.error, PF_W);
    CHECK_EQ(last_fault()->fault_cr2, 0x5008);
    CHECK_EQ(vcpu_info(0)->arch.cr2, 0x5008);
    CHECK_EQ(try_write(page + 2, 1), VECTOR_PF);
    CHECK_EQ(last_fault()->fault.error, PF_P | PF_W);
    CHECK_EQ(last_fault()->fault_cr2, (uint64_t)(page + 2));
    page_map(page, pte_make(va_to_mfn(page), PTE_RW_FLAGS | PTE_NX));
    CHECK_EQ(try_execute(page), VECTOR_PF);
    CHECK_EQ(last_fault()->fault.error, PF_P | PF_I);
    WRITE_CONTROL(cr2, 0x777);
    CHECK_EQ(vcpu_info(0)->arch.cr2, 0x777);
    CHECK_EQ(READ_CONTROL(cr2), 0x777);
}

void test(void)
{
    events_init();
    expect(divide, VECTOR_DE, 0);
    expect(breakpoint, VECTOR_BP, 0);
    expect(invalid, VECTOR_UD, 0);
    expect(halt, VECTOR_GP, 0);
    expect(load_gdt, VECTOR_GP, 0);
    expect(load_tr, VECTOR_GP, 0);
    expect(far_load, VECTOR_GP, 0xe004);
    expect(non_canonical, VECTOR_GP, 0);
    expect(sysret, VECTOR_GP, 0);
    page_faults();
}
