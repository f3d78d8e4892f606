/*
 * `int n` reaches the handler whose DPL allows it, kernel mode counting as
 * ring 1, with rip behind the instruction; else it is #GP with n * 8 + 2 and
 * rip at it. int3 is one byte; int $0x80 works from user mode.
 */
#include "guest.h"

#define INT(n)                                                                 \
    __asm__("int_" #n ":\n int $" #n "\n ud2\n int_" #n "_end:\n");            \
    void int_##n(void);
INT(0x80)
INT(0x81)
INT(0x82)
INT(0x20)
__asm__("int_3:\n int3\n ud2\n");
void int_3(void);

static const struct frame *in_kernel(void (*fn)(void))
{
    const struct frame *f = catch_code(fn);

    REQUIRE(f);
    return f;
}

static const struct frame *in_user(void (*fn)(void))
{
    struct frame start = user_start(fn);

    return user_run(&start);
}

static void is_called(const struct frame *f, unsigned n, void (*fn)(void))
{
    CHECK_EQ(f->vector, n);
    CHECK_EQ(f->rip, (uint64_t)fn + 2);
}

static void is_refused(const struct frame *f, unsigned n, void (*fn)(void))
{
    CHECK_EQ(f->vector, VECTOR_GP);
    CHECK_EQ(f->error, n * 8 + 2);
    CHECK_EQ(f->rip, (uint64_t)fn);
}

void test(void)
{
    user_init();
    trap_table[0x81].flags = 1;
    trap_table[0x82].flags = 2;
    CHECK_EQ(set_trap_table(&trap_table[0x81]), 0);

    is_called(in_kernel(int_0x80), 0x80, int_0x80);
    is_called(in_user(int_0x80), 0x80, int_0x80);
    if (on_xen)
        skip("QEMU's error code of int n is not what Xen expects");
    is_called(in_kernel(int_0x81), 0x81, int_0x81);
    is_called(in_kernel(int_0x82), 0x82, int_0x82);
    is_refused(in_kernel(int_0x20), 0x20, int_0x20);
    is_refused(in_user(int_0x81), 0x81, int_0x81);
    is_refused(in_user(int_0x82), 0x82, int_0x82);
    is_refused(in_user(int_0x20), 0x20, int_0x20);
    CHECK_EQ(in_kernel(int_3)->vector, VECTOR_BP);
    CHECK_EQ(in_kernel(int_3)->rip, (uint64_t)int_3 + 1);
    CHECK_EQ(in_user(int_3)->vector, VECTOR_BP);
}
