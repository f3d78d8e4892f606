/*
 * The first vcpu starts with the registers that the ABI tells: start_info in
 * rsi, the end of the boot stack in rsp, 0 in all others, the flat kernel
 * selectors, null data segments, and interrupts on by its flags.
 */
#include "guest.h"

/* As entry.S saves them: rax rbx rcx rdx rsi rdi rbp rsp r8-r15, rflags, and
 * cs ss ds es fs gs. */
extern uint64_t boot_regs[23];

enum {
    RSI = 4,
    RSP = 7,
    RFLAGS = 16,
    CS,
    SS,
    DS,
};

static void general_registers(void)
{
    for (unsigned i = 0; i < RFLAGS; i++)
        if (i != RSI && i != RSP)
            CHECK_EQ(boot_regs[i], 0);
    CHECK_EQ(boot_regs[RSI], (uint64_t)start_info);
    /* Behind the page tables is the stack: one page. */
    CHECK_EQ(boot_regs[RSP],
             start_info->pt_base + PAGES(start_info->nr_pt_frames) + PAGE_SIZE);
}

static void segments(void)
{
    CHECK_EQ((uint16_t)boot_regs[CS], CS_KERNEL);
    CHECK_EQ((uint16_t)boot_regs[SS], SS_KERNEL);
    for (unsigned i = 0; i < 4; i++)
        CHECK_EQ((uint16_t)boot_regs[DS + i], 0);
    CHECK_EQ(rdmsr(0xc0000100), 0);
    CHECK_EQ(rdmsr(0xc0000101), 0);
    CHECK_EQ(rdmsr(0xc0000102), 0);
}

void test(void)
{
    general_registers();
    CHECK_EQ(boot_regs[RFLAGS] & ~0x8d5UL, RFLAGS_IF | RFLAGS_MBS);
    segments();
    events_init();
    for (unsigned i = 0; i < XEN_LEGACY_MAX_VCPUS; i++)
        CHECK_EQ(vcpu_info(i)->evtchn_upcall_mask, 1);
    CHECK_EQ(READ_CONTROL(cr0) & 0x80050033, 0x80050033);
    CHECK_EQ(READ_CONTROL(cr3), va_to_maddr(kernel_l4()));
    CHECK_EQ(get_debugreg(6), 0xffff0ff0);
    CHECK_EQ(get_debugreg(7), 0x400);
}
