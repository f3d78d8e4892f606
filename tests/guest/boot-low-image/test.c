/*
 * A kernel linked to its physical address, with the fewest notes and a page for
 * hypercalls, boots as the initial domain: address 0 is pfn 0, the page's stubs
 * work, iret's too, and one L4 can serve kernel and user.
 */
/* notes: -DFEW_NOTES -DHYPERCALL_PAGE */
/* base: 0 */
#include "guest.h"

/* Full of ret, as it would be if nobody filled it. */
extern const uint8_t hypercall_page[];
__asm__(".pushsection .text; .balign 4096; .globl hypercall_page;"
        "hypercall_page: .fill 4096, 1, 0xc3; .popsection");

static long call_stub(unsigned number, uint64_t a, uint64_t b)
{
    long result;

    __asm__ volatile("call *%3"
                     : "=a"(result), "+D"(a), "+S"(b)
                     : "r"(hypercall_page + number * 32)
                     : "rdx", "r10", "r8", "memory");
    return result;
}

/* Its frame lacks rax, r11 and rcx, which the stub pushes. */
__asm__(".pushsection .text; .globl iret_by_stub; iret_by_stub:"
        "mov %rsp, %rdx; push $0xe02b; push %rdx; pushfq; push $0xe030;"
        "push $1f; push $0; mov $0x1234, %eax; mov $0x5678, %ecx;"
        "jmp hypercall_page + 23 * 32; 1: lea (%rax, %rcx), %rax; ret;"
        ".popsection");
uint64_t iret_by_stub(void);

static bool registers_survive(void)
{
    register uint64_t r11 __asm__("r11") = 0x1111;
    uint64_t rcx = 0x2222, rax;

    __asm__ volatile("call *%3"
                     : "=a"(rax), "+c"(rcx), "+r"(r11)
                     : "r"(hypercall_page + __HYPERVISOR_xen_version * 32),
                       "D"(XENVER_version), "S"(0)
                     : "memory");
    return rax == (4 << 16 | 17) && rcx == 0x2222 && r11 == 0x1111;
}

static void stubs(void)
{
    CHECK_EQ(hypercall_page[0], 0x51);
    CHECK_EQ(hypercall_page[4095], 0xcc);
    CHECK(registers_survive());
    CHECK_EQ(call_stub(__HYPERVISOR_sched_op, SCHEDOP_yield, 0), 0);
    CHECK_EQ(call_stub(56, 0, 0), -ENOSYS);
    CHECK_EQ(call_stub(127, 0, 0), -ENOSYS);
    CHECK_EQ(iret_by_stub(), 0x1234 + 0x5678);
}

static void from_zero(void)
{
    volatile uint32_t *zero;

    __asm__("xor %k0, %k0" : "=r"(zero)); /* no null pointer to the compiler */
    CHECK_EQ((uint64_t)image_start, 1UL << 20);
    CHECK_EQ(pte_mfn(*pte_find(zero, 1)), p2m[0]);
    CHECK_EQ(try_read(zero), NO_FAULT);
    CHECK_EQ(update_va_mapping(0, 0, UVMF_INVLPG), 0);
    CHECK_EQ(try_read(zero), VECTOR_PF);
}

ASM_FUNCTION(user_code, "int3");

static void one_table_for_both(void)
{
    struct frame start = user_start(user_code);
    const struct frame *f;

    CHECK_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, va_to_mfn(kernel_l4()), 0), 0);
    CHECK_EQ(stack_switch(0xe028, (uint64_t)this_cpu() + TRAP_STACK), 0);
    WRITE_SEGMENT(ds, SS_KERNEL);
    WRITE_SEGMENT(es, SS_KERNEL);
    f = user_run(&start);
    CHECK_EQ(f->vector, VECTOR_BP);
    CHECK_EQ(f->cs & 3, 3);
    CHECK_EQ(f->rsp, start.rsp);
}

void test(void)
{
    CHECK_EQ(start_info->pt_base >> 39, 0);
    from_zero();
    stubs();
    one_table_for_both();
}
