/*
 * hypercall/multicall_fuzz.c - any list of calls, in any place of guest memory,
 * whose calls may ask to be issued again and that may itself be interrupted:
 * every entry is called in its turn and once (until it is done), its result is
 * put where it belongs, and a list never calls a list.
 */
/* link: */
/* covers: hv/hypercall/multicall.c */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/cpu.h"
#undef current
#define current      (&fuzz_vcpu)
#define guest_regs() (&fuzz_regs)

#include "domain/domain.h"

static struct vcpu fuzz_vcpu;
static struct cpu_regs fuzz_regs;

#include "hypercall/multicall.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition))                                                      \
            abort();                                                           \
    } while (0)

#define ENTRIES 40
#define BASE    0x10000UL /* where the guest has the list */

static struct multicall_entry list[ENTRIES];
static uint64_t continued[2];
static bool goes_on, left;
static unsigned expected; /* the entry whose turn it is */
static const uint8_t *input, *input_end;

static uint8_t next(void)
{
    return input < input_end ? *input++ : 0;
}

/* Entries that are lists themselves are skipped by nobody's call. */
static unsigned next_called(unsigned i)
{
    while (i < ENTRIES && list[i].op == MULTICALL)
        i++;
    return i;
}

/* ---- what multicall.c calls ---- */

/* Entry n of the list has n as its first argument. */
static long handler(uint64_t number, uint64_t times, uint64_t c, uint64_t d,
                    uint64_t e)
{
    struct multicall *m = fuzz_vcpu.multicall;

    (void)c, (void)d, (void)e;
    CHECK(m && number == expected && m->args[1] == times);
    if (next() > 0xe0) { /* issued again, with other arguments */
        fuzz_vcpu.multicall_again = true;
        m->args[1] = times + 1;
        return 0;
    }
    expected = next_called((unsigned)number + 1);
    return (long)(number * 1000 + times);
}

#define H4  handler, handler, handler, handler
#define H16 H4, H4, H4, H4
handler_fn *const hypercall_handlers[HYPERCALLS] = {H16, H16, H16, H16};
uint64_t hypercall_counts[HYPERCALLS];

long hypercall_no_number(uint64_t number)
{
    CHECK(number >= HYPERCALLS);
    expected = next_called(expected + 1);
    return -ENOSYS;
}

void pv_iret(struct cpu_regs *regs)
{
    CHECK(regs == &fuzz_regs);
    left = true;
}

bool preempt_point(void)
{
    CHECK(!fuzz_vcpu.multicall);
    return next() > 0x80;
}

long hypercall_continue(unsigned count, const uint64_t *args)
{
    CHECK(count == 2);
    memcpy(continued, args, sizeof(continued));
    goes_on = true;
    return -ERESTART;
}

static void *at(uint64_t address, size_t bytes)
{
    if (address < BASE || address - BASE > sizeof(list) - bytes)
        return NULL;
    return (uint8_t *)list + (address - BASE);
}

int guest_read(void *dst, const void GUEST *src, size_t bytes)
{
    void *p = at((uint64_t)src, bytes);

    if (p)
        memcpy(dst, p, bytes);
    return p ? 0 : -EFAULT;
}

int guest_write(void GUEST *dst, const void *src, size_t bytes)
{
    void *p = at((uint64_t)dst, bytes);

    if (p)
        memcpy(p, src, bytes);
    return p ? 0 : -EFAULT;
}

/* ---- a list, and what came of it ---- */

static void make_list(void)
{
    for (unsigned i = 0; i < ENTRIES; i++) {
        uint8_t op = next();

        list[i] = (struct multicall_entry){.op = op, .result = 0x5a5a};
        if (op > 0xf8)
            list[i].op = MULTICALL;
        else if (op > 0xf4)
            list[i].op = (unsigned long)op << 56 | op;
        else if (op != __HYPERVISOR_iret && op < 0xc0)
            list[i].op = op % HYPERCALLS;
        if (list[i].op == __HYPERVISOR_iret && op < 0x80)
            list[i].op = 0;
        list[i].args[0] = i;
    }
}

static void check_results(unsigned done)
{
    for (unsigned i = 0; i < done; i++) {
        long result = (long)list[i].result;

        if (list[i].op == MULTICALL)
            CHECK(result == -EINVAL);
        else if (list[i].op >= HYPERCALLS)
            CHECK(result == -ENOSYS);
        else
            CHECK(result == (long)(i * 1000 + list[i].args[1]));
    }
    for (unsigned i = done + 1; i < ENTRIES; i++)
        CHECK(list[i].result == 0x5a5a);
}

static long run(uint64_t address, uint64_t count)
{
    long rc;

    do {
        goes_on = false;
        expected = next_called((unsigned)((address - BASE) / sizeof(list[0])));
        rc = hypercall_multicall(address, count);
        CHECK(!fuzz_vcpu.multicall && !fuzz_vcpu.multicall_again);
        address = goes_on ? continued[0] : address;
        count = goes_on ? continued[1] : 0;
    } while (goes_on);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    unsigned count;
    long rc;

    input = data;
    input_end = data + bytes;
    count = next() % (ENTRIES + 8);
    left = false;
    make_list();
    rc = run(BASE, count);
    if (left)
        return 0;
    CHECK(rc == (count <= ENTRIES ? 0 : -EFAULT));
    check_results(count <= ENTRIES ? count : ENTRIES);
    fuzz_vcpu.multicall = (struct multicall *)list; /* already in one */
    CHECK(hypercall_multicall(BASE, 1) == -EINVAL);
    fuzz_vcpu.multicall = NULL;
    CHECK(hypercall_multicall(0x10, 1) == -EFAULT);
    return 0;
}
