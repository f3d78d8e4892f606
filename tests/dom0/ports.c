/*
 * ports.c - a user process without I/O privilege gets SIGSEGV on every port
 * access, always: 10,000 times each over many ports and forms, with system
 * calls, page faults and switches to a process that does have the privilege
 * in between.  With ioperm or iopl(3) the access works.
 */
#include <sched.h>
#include <sys/io.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "probe.h"

#define ROUNDS     10000
#define DELAY_PORT 0x80

static const uint16_t ports[] = {
    0x80,  0x3f8, 0x60,  0x64,   0xcf8,  0xcfc,  0x70,   0x71,   0x20,
    0x21,  0xa1,  0x40,  0x43,   0x61,   0x3d4,  0x3fd,  0x1f7,  0x00,
    0x42,  0xed,  0x402, 0x510,  0xb000, 0xb008, 0x608,  0x600,  0xc000,
    0xcf9, 0x92,  0x3f6, 0xfffc, 0xffff, 0x8000, 0x7fff, 0x5658,
};

#define PORTS (sizeof(ports) / sizeof(ports[0]))

static void run_inb(void *port)
{
    (void)inb((unsigned short)(uintptr_t)port);
}

static void run_inw(void *port)
{
    (void)inw((unsigned short)(uintptr_t)port);
}

static void run_inl(void *port)
{
    (void)inl((unsigned short)(uintptr_t)port);
}

static void run_in_immediate(void *unused)
{
    (void)unused;
    __asm__ volatile("in $0x80, %%al" : : : "rax");
}

static void run_out_immediate(void *unused)
{
    (void)unused;
    __asm__ volatile("out %%al, $0x80" : : "a"(0));
}

static void run_outb(void *unused)
{
    (void)unused;
    outb(0, DELAY_PORT);
}

static void run_insb(void *buffer)
{
    insb(DELAY_PORT, buffer, 4);
}

static void run_outsb(void *buffer)
{
    outsb(DELAY_PORT, buffer, 4);
}

static void expect_refusal(const char *what, void (*run)(void *),
                           uintptr_t argument)
{
    if (probe(run, (void *)argument) != SIGSEGV)
        fail("%s on %#lx was not refused", what, argument);
    CHECK_EQUAL(probe_last.vector, 13);
    CHECK_EQUAL(probe_last.code, SI_KERNEL);
}

static void try_all_forms(unsigned round)
{
    static char buffer[4];
    uint16_t port = ports[round % PORTS];

    expect_refusal("inb", run_inb, port);
    if (round % 4 == 0)
        expect_refusal("inw", run_inw, port);
    if (round % 4 == 1)
        expect_refusal("inl", run_inl, port);
    if (round % 4 == 2)
        expect_refusal("out to an immediate port", run_out_immediate, 0);
    if (round % 4 == 3)
        expect_refusal("in from an immediate port", run_in_immediate, 0);
    if (round % 16 == 0)
        expect_refusal("outb", run_outb, DELAY_PORT);
    if (round % 16 == 1)
        expect_refusal("insb", run_insb, (uintptr_t)buffer);
    if (round % 16 == 2)
        expect_refusal("outsb", run_outsb, (uintptr_t)buffer);
}

static void refuse_every_port(void)
{
    for (unsigned long port = 0; port < 0x10000; port += 1)
        expect_refusal("inb", run_inb, port);
}

/* What a hypervisor may do between two accesses. */
static void disturb(unsigned round, unsigned char *page)
{
    switch (round % 5) {
    case 0:
        syscall(SYS_getpid);
        break;
    case 1:
        madvise(page, PAGE_BYTES, MADV_DONTNEED);
        page[0] = 1;
        break;
    case 2:
        sched_yield();
        break;
    case 3:
        __asm__ volatile("int $0x80"
                         :
                         : "a"(20)
                         : "memory", "r8", "r9", "r10", "r11");
        break;
    default:
        break;
    }
}

/* A neighbour with the privilege, using it all the time. */
static void run_neighbour(int privilege, const int *stop)
{
    if (privilege == 0)
        CHECK(iopl(3) == 0);
    else
        CHECK(ioperm(DELAY_PORT, 1, 1) == 0);
    while (!__atomic_load_n(stop, __ATOMIC_RELAXED)) {
        if (probe(run_inb, (void *)DELAY_PORT) != 0)
            fail("inb faulted in spite of %s", privilege ? "ioperm" : "iopl");
        sched_yield();
    }
    _exit(0);
}

static void try_beside_neighbours(unsigned char *page)
{
    int *stop = map_shared(PAGE_BYTES);
    pid_t pids[2];
    int status;

    for (int i = 0; i < 2; i++) {
        pids[i] = fork();
        CHECK(pids[i] >= 0);
        if (pids[i] == 0)
            run_neighbour(i, stop);
    }
    for (unsigned round = 0; round < ROUNDS; round++) {
        try_all_forms(round);
        disturb(round, page);
    }
    *stop = 1;
    for (int i = 0; i < 2; i++) {
        CHECK(waitpid(pids[i], &status, 0) == pids[i]);
        CHECK_EQUAL(status, 0);
    }
}

/* ioperm grants the named ports and no others, and takes them back. */
static void try_ioperm(void)
{
    CHECK(ioperm(DELAY_PORT, 1, 1) == 0);
    for (int i = 0; i < 1000; i++) {
        CHECK_EQUAL(probe(run_inb, (void *)DELAY_PORT), 0);
        CHECK_EQUAL(probe(run_outb, NULL), 0);
        CHECK_EQUAL(probe(run_in_immediate, NULL), 0);
        expect_refusal("inb beside ioperm's", run_inb, DELAY_PORT + 1);
        expect_refusal("inb beside ioperm's", run_inb, DELAY_PORT - 1);
        expect_refusal("inw half of ioperm's", run_inw, DELAY_PORT);
        expect_refusal("inb far from ioperm's", run_inb, 0x3f8);
        sched_yield();
    }
    CHECK(ioperm(DELAY_PORT, 1, 0) == 0);
    expect_refusal("inb after ioperm(0)", run_inb, DELAY_PORT);
}

static void try_iopl(void)
{
    static const uint16_t harmless[] = {0x80, 0x61, 0x71, 0xcf8, 0x64, 0xed};

    CHECK(iopl(3) == 0);
    for (int i = 0; i < 1000; i++) {
        for (unsigned p = 0; p < sizeof(harmless) / sizeof(harmless[0]); p++)
            CHECK_EQUAL(probe(run_inb, (void *)(uintptr_t)harmless[p]), 0);
        CHECK_EQUAL(probe(run_inl, (void *)0xcf8), 0);
        CHECK_EQUAL(probe(run_outb, NULL), 0);
    }
    CHECK(iopl(0) == 0);
    expect_refusal("inb after iopl(0)", run_inb, DELAY_PORT);
}

int main(void)
{
    unsigned char *page = map_anonymous(PAGE_BYTES);

    probe_init();
    refuse_every_port();
    for (unsigned round = 0; round < ROUNDS; round++) {
        try_all_forms(round);
        disturb(round, page);
    }
    try_beside_neighbours(page);
    try_ioperm();
    try_iopl();
    for (unsigned round = 0; round < ROUNDS; round++)
        try_all_forms(round);
    return pass("port access refused %d times and more, allowed by ioperm "
                "and iopl",
                3 * ROUNDS + 0x10000);
}
