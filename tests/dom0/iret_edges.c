/*
 * iret_edges.c - sigreturn to contexts that no iret can load (selectors,
 * addresses) ends in SIGSEGV of this process only; flags that user code may
 * not set are not set; a 32-bit code segment works.
 */
#include <sys/mman.h>

#include "probe.h"

#define ROUNDS    500
#define FLAG_IF   (1UL << 9)
#define FLAG_IOPL (3UL << 12)
#define FLAG_NT   (1UL << 14)
#define FLAG_RF   (1UL << 16)
#define FLAG_VM   (1UL << 17)
#define FLAG_AC   (1UL << 18)
#define FLAG_ID   (1UL << 21)

static struct {
    uint64_t rip, flags_set, rsp;
    uint16_t cs, ss;
    int change_cs, change_ss;
} wanted;

static void on_usr1(int number, siginfo_t *info, void *context)
{
    greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
    uint64_t selectors = (uint64_t)regs[REG_CSGSFS];

    (void)number;
    (void)info;
    if (wanted.change_cs)
        selectors = (selectors & ~0xffffUL) | wanted.cs;
    if (wanted.change_ss)
        selectors = (selectors & ~(0xffffUL << 48)) | (uint64_t)wanted.ss << 48;
    regs[REG_CSGSFS] = (greg_t)selectors;
    regs[REG_EFL] |= (greg_t)wanted.flags_set;
    if (wanted.rip)
        regs[REG_RIP] = (greg_t)wanted.rip;
    if (wanted.rsp)
        regs[REG_RSP] = (greg_t)wanted.rsp;
}

static void run_signal(void *unused)
{
    (void)unused;
    raise(SIGUSR1);
}

static int return_to(uint64_t rip)
{
    wanted.rip = rip;
    return probe(run_signal, NULL);
}

static void try_addresses(void)
{
    static const uint64_t addresses[] = {
        0x0000800000000000UL, 0xffff7fffffffffffUL, 0xffff800000000000UL,
        0xffff830000000000UL, 0xffff82d040200000UL, 0xffffffff81000000UL,
        0x8000000000000000UL, 0x00007ffffffff000UL, 0xffff888000000000UL,
    };

    memset(&wanted, 0, sizeof(wanted));
    for (unsigned i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
        CHECK_EQUAL(return_to(addresses[i]), SIGSEGV);
}

static void try_selectors(void)
{
    static const uint16_t bad[] = {
        0x0003, 0x002b, 0x0053, 0x006b, 0x000f, 0x0fff, 0x1003, 0x8003,
        0xdff3, 0xe013, 0xeff3, 0xf003, 0xfff3, 0xffff, 0x0047, 0xe02b,
    };

    memset(&wanted, 0, sizeof(wanted));
    wanted.change_cs = 1;
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        wanted.cs = bad[i];
        CHECK_EQUAL(probe(run_signal, NULL), SIGSEGV);
    }
}

/* Linux itself repairs some stack segments; nothing worse may happen. */
static void try_stack_segments(void)
{
    static const uint16_t bad[] = {0x0033, 0x000f, 0x0fff, 0xfff3,
                                   0xffff, 0x0047, 0x0003, 0xe033};

    memset(&wanted, 0, sizeof(wanted));
    wanted.change_ss = 1;
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        wanted.ss = bad[i];
        int got = probe(run_signal, NULL);

        if (got != 0)
            CHECK_EQUAL(got, SIGSEGV);
    }
}

static uint64_t read_flags(void)
{
    uint64_t flags;

    __asm__ volatile("pushf\n pop %0" : "=r"(flags) : : "memory");
    return flags;
}

static void try_flags(void)
{
    uint64_t flags;

    memset(&wanted, 0, sizeof(wanted));
    wanted.flags_set = FLAG_IOPL | FLAG_NT | FLAG_VM | FLAG_RF | FLAG_AC;
    CHECK_EQUAL(probe(run_signal, NULL), 0);
    flags = read_flags();
    CHECK(flags & FLAG_IF);
    CHECK_EQUAL(flags & (FLAG_IOPL | FLAG_VM | FLAG_NT), 0);
    __asm__ volatile("push %0\n popf" : : "r"(flags & ~FLAG_AC) : "memory");
    __asm__ volatile("push %0\n popf"
                     :
                     : "r"((flags | FLAG_IOPL) & ~(FLAG_AC | FLAG_IF))
                     : "memory");
    flags = read_flags();
    CHECK_EQUAL(flags & FLAG_IOPL, 0);
    CHECK(flags & FLAG_IF);
}

/* "push $7; pop %eax; int3" as 32-bit code ends in SIGTRAP. */
static void try_compatibility_mode(unsigned char *code)
{
    static const unsigned char text[] = {0x6a, 0x07, 0x58, 0xcc};

    memcpy(code, text, sizeof(text));
    memset(&wanted, 0, sizeof(wanted));
    wanted.change_cs = 1;
    wanted.cs = 0x23;
    wanted.rsp = (uintptr_t)code + PAGE_BYTES;
    CHECK_EQUAL(return_to((uintptr_t)code), SIGTRAP);
    CHECK_EQUAL(probe_last.vector, 3);
}

int main(void)
{
    struct sigaction action = {.sa_flags =
                                   SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
    stack_t stack = {.ss_size = 65536};
    unsigned char *code =
        mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

    CHECK(code != MAP_FAILED);
    stack.ss_sp = map_anonymous(stack.ss_size);
    CHECK(sigaltstack(&stack, NULL) == 0);
    probe_init();
    action.sa_sigaction = on_usr1;
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    for (int i = 0; i < ROUNDS; i++) {
        try_addresses();
        try_selectors();
        try_stack_segments();
        try_flags();
        try_compatibility_mode(code);
    }
    return pass("%d rounds of returns to impossible contexts", ROUNDS);
}
