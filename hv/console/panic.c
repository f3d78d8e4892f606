/*
 * console/panic.c - the end: reason, registers, call chain, then a reboot.
 * Layer: console. Takes the console's lock away from whoever has it.
 */
#include "console/panic.h"

#include "console/backtrace.h"
#include "console/console.h"
#include "console/console_internal.h"
#include "console/symbols.h"
#include "cpu/asm.h"
#include "cpu/cpu.h"
#include "cpu/port.h"
#include "lib/option.h"
#include "lib/printf.h"

#define BACKTRACE_MAX 32
#define RULE          "****************************************\n"

static void (*reboot)(void);
static void (*stop_others)(void);
static void (*describe)(char *buf, size_t size);

static uint32_t panic_timeout = 5; /* seconds; 0: halt */
static bool noreboot;

OPTION_DEFINE_U32("panic_timeout", panic_timeout);
OPTION_DEFINE_BOOL("noreboot", noreboot);

bool panic_is_final(void)
{
    return noreboot;
}

void panic_set_reboot(void (*fn)(void))
{
    reboot = fn;
}

void panic_set_stop_others(void (*fn)(void))
{
    stop_others = fn;
}

void panic_set_describe(void (*fn)(char *buf, size_t size))
{
    describe = fn;
}

void regs_print(const struct cpu_regs *regs)
{
    printk(XENLOG_ERR "RIP: %04lx:[<%016lx>] vector %x error code %04x\n",
           regs->cs & 0xffff, regs->rip, regs->entry_vector, regs->error_code);
    printk(XENLOG_ERR "RFLAGS: %016lx  cr2: %016lx  cr3: %016lx\n",
           regs->rflags, read_cr2(), read_cr3());
    printk(XENLOG_ERR "rax: %016lx   rbx: %016lx   rcx: %016lx\n", regs->rax,
           regs->rbx, regs->rcx);
    printk(XENLOG_ERR "rdx: %016lx   rsi: %016lx   rdi: %016lx\n", regs->rdx,
           regs->rsi, regs->rdi);
    printk(XENLOG_ERR "rbp: %016lx   rsp: %016lx   r8:  %016lx\n", regs->rbp,
           regs->rsp, regs->r8);
    printk(XENLOG_ERR "r9:  %016lx   r10: %016lx   r11: %016lx\n", regs->r9,
           regs->r10, regs->r11);
    printk(XENLOG_ERR "r12: %016lx   r13: %016lx   r14: %016lx\n", regs->r12,
           regs->r13, regs->r14);
    printk(XENLOG_ERR "r15: %016lx   ss: %04lx\n", regs->r15,
           regs->ss & 0xffff);
}

/* `back` is 1 for a return address: a call may end its function. */
static void print_address(vaddr_t address, unsigned int back)
{
    struct symbol s;

    if (symbol_lookup(address - back, &s))
        printk(XENLOG_ERR "   [<%016lx>] %s+%#x/%#x\n", address, s.name,
               s.offset + back, s.size);
    else
        printk(XENLOG_ERR "   [<%016lx>] ?\n", address);
}

/* Only our own stacks are read, and of these only the one of rsp. */
void backtrace_print(vaddr_t rip, vaddr_t rsp, vaddr_t rbp)
{
    vaddr_t addresses[BACKTRACE_MAX];
    vaddr_t high = ROUND_DOWN(rsp, STACK_SIZE) + STACK_SIZE;
    size_t n;

    printk(XENLOG_ERR "Call trace:\n");
    if (rip)
        print_address(rip, 0);
    n = backtrace_walk((const void *)rsp, rsp, high, rbp, addresses,
                       BACKTRACE_MAX);
    for (size_t i = 0; i < n; i++)
        print_address(addresses[i], 1);
}

/*
 * The chain of a trap frame is walked when the trap came from this very stack
 * (a wild stack pointer must not be followed) or, on a stack of its own as for
 * #DF, never.
 */
static void print_place(const struct cpu_regs *regs)
{
    vaddr_t rbp = (vaddr_t)__builtin_frame_address(0);

    if (!regs) {
        backtrace_print(0, rbp, rbp);
        return;
    }
    regs_print(regs);
    if (!regs_from_guest(regs) &&
        ROUND_DOWN(regs->rsp, STACK_SIZE) == ROUND_DOWN(rbp, STACK_SIZE))
        backtrace_print(regs->rip, regs->rsp, regs->rbp);
    else
        print_address(regs->rip, 0);
}

static void __noreturn halt(void)
{
    for (;;)
        __asm__ volatile("cli; hlt");
}

/*
 * By the clock if it runs. A read of port 0x80 takes about a microsecond, and
 * less on a virtual machine.
 */
static void wait_seconds(uint32_t seconds)
{
    uint64_t start = console_clock_ns(), end = seconds * 1000000000UL;
    uint64_t spins = seconds * (start ? 50000000UL : 1000000UL);

    while (spins-- > 0) {
        in8(0x80);
        if (start && console_clock_ns() - start >= end)
            return;
    }
}

static void __noreturn finish(void)
{
    if (noreboot || !panic_timeout || !reboot) {
        printk(XENLOG_ERR "Halted: reboot by hand\n");
        halt();
    }
    printk(XENLOG_ERR "Reboot in %u seconds...\n", panic_timeout);
    wait_seconds(panic_timeout);
    reboot();
    halt();
}

static void print_headline(const char *fmt, va_list args)
{
    char text[256];

    str_vformat(text, sizeof(text), fmt, args);
    printk(XENLOG_ERR "\n");
    printk(XENLOG_ERR RULE);
    printk(XENLOG_ERR "Panic: %s\n", text);
    if (describe) {
        describe(text, sizeof(text));
        printk(XENLOG_ERR "Running: %s\n", text);
    }
}

void console_panic(const struct cpu_regs *regs, const char *fmt, va_list args)
{
    static uint32_t depth;
    uint32_t level = __atomic_fetch_add(&depth, 1, __ATOMIC_RELAXED);

    irq_disable();
    if (level > 1)
        halt();
    console_force_unlock();
    if (level == 0 && stop_others)
        stop_others();
    print_headline(fmt, args);
    if (level == 0)
        print_place(regs);
    printk(XENLOG_ERR RULE);
    finish();
}
