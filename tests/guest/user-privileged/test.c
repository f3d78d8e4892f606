/*
 * Every privileged instruction is #GP in user mode, whatever the kernel may do
 * with it, and so are those that only the hypervisor may have, in both.
 */
#include "guest.h"

ASM_FUNCTION(u_rdmsr, "mov $0xc0000101, %ecx; rdmsr");
ASM_FUNCTION(u_wrmsr, "mov $0xc0000101, %ecx; wrmsr");
ASM_FUNCTION(u_cr0, "mov %cr0, %rax");
ASM_FUNCTION(u_cr3, "mov %rax, %cr3");
ASM_FUNCTION(u_cr4, "mov %cr4, %rax");
ASM_FUNCTION(u_cr8, "mov %cr8, %rax");
ASM_FUNCTION(u_dr, "mov %dr7, %rax");
ASM_FUNCTION(u_clts, "clts");
ASM_FUNCTION(u_cli, "cli");
ASM_FUNCTION(u_sti, "sti");
ASM_FUNCTION(u_hlt, "hlt");
ASM_FUNCTION(u_wbinvd, "wbinvd");
ASM_FUNCTION(u_invlpg, "invlpg (%rsp)");
ASM_FUNCTION(u_lidt, "sub $16, %rsp; lidt (%rsp)");
ASM_FUNCTION(u_lldt, "xor %eax, %eax; lldt %ax");
ASM_FUNCTION(u_lmsw, "lmsw %ax");
ASM_FUNCTION(u_swapgs, "swapgs");
ASM_FUNCTION(u_in, "in $0x80, %al");
ASM_FUNCTION(u_outs, "mov %rsp, %rsi; mov $0x80, %dx; outsb");
ASM_FUNCTION(u_rdpmc, "mov $99, %ecx; rdpmc");
ASM_FUNCTION(u_iret0, "push $0xe010; push %rsp; pushfq; push $0xe008;"
                      "push $0; iretq");

static void (*const code[])(void) = {
    u_rdmsr, u_wrmsr, u_cr0,    u_cr3, u_cr4,    u_cr8,    u_dr,
    u_clts,  u_cli,   u_sti,    u_hlt, u_wbinvd, u_invlpg, u_lidt,
    u_lldt,  u_lmsw,  u_swapgs, u_in,  u_outs,   u_rdpmc,  u_iret0,
};

void test(void)
{
    user_init();
    for (unsigned i = 0; i < ARRAY_SIZE(code); i++) {
        struct frame start = user_start(code[i]);
        const struct frame *f = user_run(&start);

        if (f->vector != VECTOR_GP)
            print("case %u:\n", i);
        CHECK_EQ(f->vector, VECTOR_GP);
    }
    CHECK_EQ(catch_code(u_hlt)->vector, VECTOR_GP);
    CHECK_EQ(catch_code(u_lidt)->vector, VECTOR_GP);
    CHECK_EQ(catch_code(u_lldt)->vector, VECTOR_GP);
    CHECK_EQ(catch_code(u_swapgs)->vector, VECTOR_GP);
    CHECK_EQ(catch_code(u_cli)->vector, VECTOR_GP);
    CHECK_EQ(catch_code(u_iret0)->vector, VECTOR_GP);
    CHECK(!catch_code(u_cr0));
    CHECK(!catch_code(u_clts));
    CHECK(!catch_code(u_wbinvd));
}
