/*
 * port_strings.c - ins and outs with I/O privilege: what a port gives arrives
 * complete and in order, however long the string, across a page fault in its
 * middle, and downwards; a port instruction that lies across two pages works,
 * and is one single step.
 *
 * The ports are QEMU's fw_cfg, whose directory is read, and a page register of
 * the DMA controller, which is a byte that keeps what is written to it.
 */
#include <sys/io.h>

#include "probe.h"

#define FW_CFG_SELECT    0x510
#define FW_CFG_DATA      0x511
#define FW_CFG_DIRECTORY 0x19
#define KEPT_BYTE        0x81

#define BYTES (2 * PAGE_BYTES)

static uint8_t *page, wanted[BYTES];

static void rewind_directory(void)
{
    outw(FW_CFG_DIRECTORY, FW_CFG_SELECT);
}

static void read_directory(void)
{
    rewind_directory();
    for (unsigned i = 0; i < BYTES; i++)
        wanted[i] = inb(FW_CFG_DATA);
    CHECK(wanted[7] != 0 || wanted[3] != 0);
}

static void compare(const char *how)
{
    for (unsigned i = 0; i < BYTES; i++)
        if (page[i] != wanted[i])
            fail("%s: byte %u is %#x, not %#x", how, i, page[i], wanted[i]);
}

static void test_long_string(void)
{
    memset(page, 0xa5, BYTES);
    rewind_directory();
    insb(FW_CFG_DATA, page, BYTES);
    compare("upwards");
    memset(page, 0xa5, BYTES);
    rewind_directory();
    for (unsigned i = 0; i < BYTES; i++) {
        uint8_t *to = page + i;

        __asm__ volatile("std; insb; cld"
                         : "+D"(to)
                         : "d"(FW_CFG_DATA)
                         : "memory");
        CHECK(to == page + i - 1);
    }
    compare("downwards");
}

static unsigned faults;

static void open_page(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    if (info->si_addr != page + PAGE_BYTES)
        fail("a fault at %p, not at %p", info->si_addr, page + PAGE_BYTES);
    faults++;
    CHECK(!mprotect(page + PAGE_BYTES, PAGE_BYTES, PROT_READ | PROT_WRITE));
}

/* The byte that has no place yet is not taken from the port. */
static void test_fault_in_string(void)
{
    struct sigaction action = {.sa_sigaction = open_page,
                               .sa_flags = SA_SIGINFO};

    CHECK(!sigaction(SIGSEGV, &action, NULL));
    for (unsigned round = 1; round <= 50; round++) {
        memset(page, 0xa5, BYTES);
        CHECK(!mprotect(page + PAGE_BYTES, PAGE_BYTES, PROT_NONE));
        rewind_directory();
        insb(FW_CFG_DATA, page, BYTES);
        compare("with a fault");
        CHECK(faults == round);
    }
}

static void test_outs(void)
{
    for (unsigned n = 1; n < 1200; n += 37) {
        for (unsigned i = 0; i < n; i++)
            page[i] = (uint8_t)(i * 7 + n);
        outsb(KEPT_BYTE, page, n);
        CHECK(inb(KEPT_BYTE) == page[n - 1]);
        outsb(KEPT_BYTE, page, 0);
        CHECK(inb(KEPT_BYTE) == page[n - 1]);
    }
}

static volatile uintptr_t stopped_at;

static void on_trap(int number, siginfo_t *info, void *context)
{
    greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

    (void)number;
    (void)info;
    if (!stopped_at)
        stopped_at = (uintptr_t)regs[REG_RIP];
    regs[REG_EFL] &= ~0x100L;
}

/* in $KEPT_BYTE, %al; ret; with its last byte on another page. */
static void test_code(void)
{
    static const uint8_t code[] = {0xe4, KEPT_BYTE, 0xc3};
    struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
    uint8_t *at = page + PAGE_BYTES - 1;
    uint64_t value = 0;

    CHECK(!sigaction(SIGTRAP, &action, NULL));
    CHECK(!mprotect(page, BYTES, PROT_READ | PROT_WRITE | PROT_EXEC));
    memcpy(at, code, sizeof(code));
    outb(0x5a, KEPT_BYTE);
    __asm__ volatile("call *%1" : "+a"(value) : "r"(at) : "memory", "cc");
    CHECK(value == 0x5a);
    /* The trap after popf's successor, which is the port instruction. */
    __asm__ volatile("pushf\n\t"
                     "orl $0x100, (%%rsp)\n\t"
                     "popf\n\t"
                     "in %%dx, %%al\n"
                     ".globl after_in\n"
                     "after_in: nop"
                     : "+a"(value)
                     : "d"(KEPT_BYTE)
                     : "memory", "cc");
    CHECK((value & 0xff) == 0x5a);
    extern char after_in[];
    if (stopped_at != (uintptr_t)after_in)
        fail("the step ended at %#lx, not %#lx", stopped_at,
             (uintptr_t)after_in);
}

int main(void)
{
    page = mmap(NULL, BYTES, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(page != MAP_FAILED);
    if (iopl(3))
        skip("no I/O privilege: %s", strerror(errno));
    read_directory();
    test_long_string();
    test_fault_in_string();
    test_outs();
    test_code();
    return pass("%lu bytes by ins in each way, %u faults, outs, one step",
                BYTES, faults);
}
