/*
 * What each privileged instruction does in a guest's kernel: those that the
 * ABI has are carried out, those that tell about the CPU's tables too, and all
 * others are the exception that ring 3 gets for them.
 */
/* cpu: max,-smap */
#include "guest.h"

#define F ASM_FUNCTION

F(i_sgdt, "sub $16, %rsp; sgdt (%rsp); add $16, %rsp");
F(i_sidt, "sub $16, %rsp; sidt (%rsp); add $16, %rsp");
F(i_sldt, "sldt %ax");
F(i_str, "str %ax");
F(i_smsw, "smsw %ax");
F(i_clts, "clts");
F(i_wbinvd, "wbinvd");
F(i_rdtscp, "rdtscp");
F(i_cr2, "mov $0x1234, %eax; mov %rax, %cr2");
F(i_cr4_all, "mov $-1, %rax; mov %rax, %cr4");
F(i_cr4_none, "xor %eax, %eax; mov %rax, %cr4");
F(i_dr4, "mov %dr4, %rax");
F(i_dr5, "mov $0x400, %eax; mov %rax, %dr5");
F(i_efer, "mov $0xc0000080, %ecx; rdmsr; wrmsr");
F(i_popf, "pushfq; orq $0x3000, (%rsp); popfq");
F(i_iretq, "mov %rsp, %rax; push $0xe02b; push %rax; pushfq; push $0xe033;"
           "push $1f; iretq; 1:");

F(i_cr0, "mov %cr0, %rax; xor $2, %rax; mov %rax, %cr0");
F(i_cr1, "mov %cr1, %rax");
F(i_dr7_gd, "mov $0x2400, %eax; mov %rax, %dr7");
F(i_dr7_io, "mov $0x20401, %eax; mov %rax, %dr7");
F(i_lmsw, "smsw %ax; or $8, %eax; lmsw %ax");
F(i_rdpmc, "xor %ecx, %ecx; rdpmc");
F(i_hlt, "hlt");
F(i_invd, "invd");
F(i_swapgs, "swapgs");
F(i_sysret, "sysretq");
F(i_ltr, "xor %eax, %eax; ltr %ax");
F(i_lgdt, "sub $16, %rsp; lgdt (%rsp)");
F(i_cli, "cli");

F(i_vmcall, "vmcall");
F(i_vmmcall, "vmmcall");
F(i_rsm, "rsm");
F(i_clac, "clac");
F(i_stac, "stac");
F(i_monitor, "xor %eax, %eax; xor %ecx, %ecx; xor %edx, %edx; monitor");

static const struct insn {
    const char *name;
    void (*fn)(void);
    int vector;
} list[] = {
#define DONE(n)                                                                \
    {                                                                          \
#n, n, NO_FAULT                                                        \
    }
#define REFUSED(n)                                                             \
    {                                                                          \
#n, n, VECTOR_GP                                                       \
    }
#define UNKNOWN(n)                                                             \
    {                                                                          \
#n, n, VECTOR_UD                                                       \
    }
    DONE(i_sgdt),      DONE(i_sidt),      DONE(i_sldt),       DONE(i_str),
    DONE(i_smsw),      DONE(i_clts),      DONE(i_wbinvd),     DONE(i_rdtscp),
    DONE(i_cr2),       DONE(i_cr4_all),   DONE(i_cr4_none),   DONE(i_dr4),
    DONE(i_dr5),       DONE(i_efer),      DONE(i_popf),       DONE(i_iretq),
    REFUSED(i_cr0),    REFUSED(i_cr1),    REFUSED(i_dr7_gd),  REFUSED(i_dr7_io),
    REFUSED(i_lmsw),   REFUSED(i_rdpmc),  REFUSED(i_hlt),     REFUSED(i_invd),
    REFUSED(i_swapgs), REFUSED(i_sysret), REFUSED(i_ltr),     REFUSED(i_lgdt),
    REFUSED(i_cli),    UNKNOWN(i_vmcall), UNKNOWN(i_vmmcall), UNKNOWN(i_rsm),
    UNKNOWN(i_clac),   UNKNOWN(i_stac),   UNKNOWN(i_monitor),
};

void test(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(list); i++) {
        const struct frame *f = catch_code(list[i].fn);

        if ((f ? (int)f->vector : NO_FAULT) != list[i].vector)
            print("%s:\n", list[i].name);
        CHECK_EQ(f ? (int)f->vector : NO_FAULT, list[i].vector);
        CHECK_EQ(f ? f->error : 0, 0);
    }
    CHECK_EQ(READ_CONTROL(cr2), 0x1234);
    CHECK_EQ(READ_CONTROL(dr7), 0x400);
    CHECK_EQ(READ_CONTROL(cr4) & ~(1UL << 6), 0x620); /* but MCE */
}
