/*
 * exceptions.c - every exception that user code can raise, and every
 * privileged instruction that it may not run, ends in the right signal.
 */
#include "probe.h"

#define ROUNDS 200

#define CASE(NAME, CODE)                                                       \
    static void run_##NAME(void *unused)                                       \
    {                                                                          \
        (void)unused;                                                          \
        __asm__ volatile(CODE                                                  \
                         :                                                     \
                         : "a"(0L), "c"(0L), "d"(0L), "b"(0L)                  \
                         : "memory", "cc");                                    \
    }

CASE(ud2, "ud2")
CASE(divide, "mov $1, %%eax; idivl %%ecx")
CASE(overflow_vector, ".byte 0xcd, 0x04")
CASE(int_20, "int $0x20")
CASE(int_82, "int $0x82")
CASE(int_fa, "int $0xfa")
CASE(int_0e, "int $0x0e")
CASE(int_08, "int $0x08")
CASE(int_02, "int $0x02")
CASE(hlt, "hlt")
CASE(cli, "cli")
CASE(sti, "sti")
CASE(clts, "clts")
CASE(wbinvd, "wbinvd")
CASE(invd, "invd")
CASE(invlpg, "invlpg (%%rsp)")
CASE(rdmsr, "mov $0xc0000080, %%ecx; rdmsr")
CASE(wrmsr, "mov $0xc0000082, %%ecx; wrmsr")
CASE(rdpmc, "rdpmc")
CASE(read_cr0, "mov %%cr0, %%rax")
CASE(write_cr0, "mov %%rax, %%cr0")
CASE(read_cr3, "mov %%cr3, %%rax")
CASE(write_cr3, "mov %%rax, %%cr3")
CASE(write_cr4, "mov %%rax, %%cr4")
CASE(write_cr8, "mov %%rax, %%cr8")
CASE(read_dr7, "mov %%dr7, %%rax")
CASE(write_dr7, "mov %%rax, %%dr7")
CASE(lgdt, "lgdt (%%rsp)")
CASE(lidt, "lidt (%%rsp)")
CASE(lldt, "lldt %%ax")
CASE(ltr, "ltr %%ax")
CASE(lmsw, "lmsw %%ax")
CASE(swapgs, "swapgs")
CASE(sysret, "sysretl")
CASE(sysexit, "sysexitl")
CASE(bad_ds, "mov $0x6b, %%eax; mov %%eax, %%ds")
CASE(gap_ds, "mov $0x1003, %%eax; mov %%eax, %%ds")
CASE(late_ds, "mov $0xdff3, %%eax; mov %%eax, %%es")
CASE(last_ds, "mov $0xfff3, %%eax; mov %%eax, %%ds")
CASE(no_ldt_ds, "mov $0xff7, %%eax; mov %%eax, %%ds")
CASE(kernel_ss, "mov $0xe030, %%eax; mov %%eax, %%ss")
CASE(null_ss, "mov %%eax, %%ss")
CASE(x87, "fninit; push $0x37b; fldcw (%%rsp); pop %%rax; fld1; fldz; fdivrp;"
          "fwait")
CASE(sse, "push $0x1d80; ldmxcsr (%%rsp); pop %%rax; mov $1, %%eax;"
          "cvtsi2ss %%eax, %%xmm0; xorps %%xmm1, %%xmm1; divss %%xmm1, %%xmm0")

/*
 * Signal 0: whatever happens, the program goes on.  (sysexit is #GP or #UD by
 * the CPU's maker, and QEMU raises no #XM.)
 */
static const struct {
    const char *name;
    void (*run)(void *);
    int signal;
    long vector;
} cases[] = {
    {"ud2", run_ud2, SIGILL, 6},
    {"idiv by 0", run_divide, SIGFPE, 0},
    {"int 4", run_overflow_vector, SIGSEGV, 4},
    {"int 0x20", run_int_20, SIGSEGV, 13},
    {"int 0x82", run_int_82, SIGSEGV, 13},
    {"int 0xfa", run_int_fa, SIGSEGV, 13},
    {"int 14", run_int_0e, SIGSEGV, 13},
    {"int 8", run_int_08, SIGSEGV, 13},
    {"int 2", run_int_02, SIGSEGV, 13},
    {"hlt", run_hlt, SIGSEGV, 13},
    {"cli", run_cli, SIGSEGV, 13},
    {"sti", run_sti, SIGSEGV, 13},
    {"clts", run_clts, SIGSEGV, 13},
    {"wbinvd", run_wbinvd, SIGSEGV, 13},
    {"invd", run_invd, SIGSEGV, 13},
    {"invlpg", run_invlpg, SIGSEGV, 13},
    {"rdmsr", run_rdmsr, SIGSEGV, 13},
    {"wrmsr", run_wrmsr, SIGSEGV, 13},
    {"rdpmc", run_rdpmc, SIGSEGV, 13},
    {"mov from cr0", run_read_cr0, SIGSEGV, 13},
    {"mov to cr0", run_write_cr0, SIGSEGV, 13},
    {"mov from cr3", run_read_cr3, SIGSEGV, 13},
    {"mov to cr3", run_write_cr3, SIGSEGV, 13},
    {"mov to cr4", run_write_cr4, SIGSEGV, 13},
    {"mov to cr8", run_write_cr8, SIGSEGV, 13},
    {"mov from dr7", run_read_dr7, SIGSEGV, 13},
    {"mov to dr7", run_write_dr7, SIGSEGV, 13},
    {"lgdt", run_lgdt, SIGSEGV, 13},
    {"lidt", run_lidt, SIGSEGV, 13},
    {"lldt", run_lldt, SIGSEGV, 13},
    {"ltr", run_ltr, SIGSEGV, 13},
    {"lmsw", run_lmsw, SIGSEGV, 13},
    {"swapgs", run_swapgs, SIGSEGV, 13},
    {"sysret", run_sysret, SIGSEGV, 13},
    {"sysexit", run_sysexit, 0, 0},
    {"mov 0x6b to ds", run_bad_ds, SIGSEGV, 13},
    {"mov 0x1003 to ds", run_gap_ds, SIGSEGV, 13},
    {"mov 0xdff3 to es", run_late_ds, SIGSEGV, 13},
    {"mov 0xfff3 to ds", run_last_ds, SIGSEGV, 13},
    {"mov 0x0ff7 to ds", run_no_ldt_ds, SIGSEGV, 13},
    {"mov 0xe030 to ss", run_kernel_ss, SIGSEGV, 13},
    {"mov 0 to ss", run_null_ss, SIGSEGV, 13},
    {"x87 divide", run_x87, SIGFPE, 16},
    {"sse divide", run_sse, 0, 0},
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

static void check_case(unsigned i)
{
    int got = probe(cases[i].run, NULL);

    __asm__ volatile("fninit");
    if (cases[i].signal == 0)
        return;
    /* Xen believes QEMU's error code, 2 * vector, and so finds int 4's gate. */
    if (got == SIGSEGV && probe_last.vector == 4 && runs_on_xen())
        return;
    if (got == 0)
        fail("%s raised nothing", cases[i].name);
    if (got != cases[i].signal || probe_last.vector != cases[i].vector)
        fail("%s: signal %d by vector %ld, not %d by %ld", cases[i].name, got,
             probe_last.vector, cases[i].signal, cases[i].vector);
}

int main(void)
{
    probe_init();
    for (int round = 0; round < ROUNDS; round++)
        for (unsigned i = 0; i < CASES; i++)
            check_case(i);
    return pass("%zu faulting instructions, %d times each", CASES, ROUNDS);
}
