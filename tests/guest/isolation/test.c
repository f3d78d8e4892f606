/*
 * No address of the hypervisor can be read, written or executed, in kernel or
 * in user mode, in any of its slots; but the M2P can be read.
 */
#include "guest.h"

static const uint64_t offsets[] = {
    0,           0x1000,        0x200000,     0x1000000,    0x40000000,
    0x80000000,  0xb0000000,    0xc0000000,   0xc0100000,   0xc0200000,
    0x400200000, 0x7fffffff000, 0x1fc0000000, 0x7f80000000, 0x7fffe00000,
};

ASM_FUNCTION(user_read, "mov (%rdi), %rax; syscall");
ASM_FUNCTION(user_write, "mov %rax, (%rdi); syscall");

static void in_user_mode(uint64_t va)
{
    struct frame start = user_start(user_read);

    start.rdi = va;
    CHECK_EQ(user_run(&start)->vector, VECTOR_PF);
    start = user_start(user_write);
    start.rdi = va;
    CHECK_EQ(user_run(&start)->vector, VECTOR_PF);
}

static void at(uint64_t va)
{
    volatile void *p = (volatile void *)va;

    CHECK_EQ(try_write(p, 0), VECTOR_PF);
    CHECK_EQ(last_fault()->fault_cr2, va);
    CHECK_EQ(try_read(p), VECTOR_PF);
    CHECK_EQ(try_execute(p), VECTOR_PF);
}

void test(void)
{
    user_init();
    for (unsigned slot = 257; slot <= 271; slot++)
        for (unsigned i = 0; i < ARRAY_SIZE(offsets); i++) {
            uint64_t va = 0xffffUL << 48 | (uint64_t)slot << 39 |
                          (offsets[i] & 0x7ffffffff8);

            at(va);
            if (!i)
                in_user_mode(va);
        }
    /* The last byte before it and the first behind it are the guest's. */
    CHECK_EQ(try_read((void *)(HV_END - 8)), VECTOR_PF);
    CHECK_EQ(try_read((void *)HV_END), VECTOR_PF);
}
