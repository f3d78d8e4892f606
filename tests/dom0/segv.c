/*
 * segv.c - read, write and execute faults reach the handler with address,
 * code, vector and error code, and the program goes on.
 */
#include "probe.h"

#define ROUNDS 1000

#define ERROR_PRESENT 1
#define ERROR_WRITE   2
#define ERROR_USER    4
#define ERROR_FETCH   16
#define VECTOR_GP     13
#define VECTOR_PF     14

static void expect_fault(int signal, int code, void *address, long error)
{
    CHECK_EQUAL(signal, SIGSEGV);
    CHECK_EQUAL(probe_last.code, code);
    CHECK_EQUAL(probe_last.vector, VECTOR_PF);
    CHECK_EQUAL(probe_last.error, error);
    CHECK(probe_last.address == address);
}

static void fault_on(unsigned char *absent, unsigned char *constant)
{
    expect_fault(probe_read(absent), SEGV_MAPERR, absent, ERROR_USER);
    expect_fault(probe_write(absent + 9), SEGV_MAPERR, absent + 9,
                 ERROR_USER | ERROR_WRITE);
    expect_fault(probe_call(absent), SEGV_MAPERR, absent,
                 ERROR_USER | ERROR_FETCH);
    expect_fault(probe_write(constant + 5), SEGV_ACCERR, constant + 5,
                 ERROR_USER | ERROR_WRITE | ERROR_PRESENT);
    expect_fault(probe_call(constant), SEGV_ACCERR, constant,
                 ERROR_USER | ERROR_FETCH | ERROR_PRESENT);
    CHECK_EQUAL(probe_read(constant), 0);
}

/* A non-canonical address is #GP, without an address. */
static void fault_on_non_canonical(void)
{
    CHECK_EQUAL(probe_read((void *)0x7fffffffffffffffUL), SIGSEGV);
    CHECK_EQUAL(probe_last.vector, VECTOR_GP);
    CHECK_EQUAL(probe_last.code, SI_KERNEL);
    CHECK_EQUAL(probe_write((void *)0x8000000000000000UL), SIGSEGV);
    CHECK_EQUAL(probe_last.vector, VECTOR_GP);
}

int main(void)
{
    unsigned char *absent = map_anonymous(PAGE_BYTES);
    unsigned char *constant = map_anonymous(PAGE_BYTES);

    probe_init();
    constant[0] = 0xc3;
    CHECK(mprotect(constant, PAGE_BYTES, PROT_READ) == 0);
    CHECK(munmap(absent, PAGE_BYTES) == 0);
    for (int i = 0; i < ROUNDS; i++) {
        fault_on(absent, constant);
        fault_on_non_canonical();
    }
    return pass("%d read, write and execute faults of each kind", ROUNDS);
}
