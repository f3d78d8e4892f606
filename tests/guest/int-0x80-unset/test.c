/*
 * `int $0x80`, which some hypervisors treat on a path of its own, is #GP with
 * its vector as error code while the kernel has no trap for it (XSA-259), in
 * kernel and in user mode; so is every other vector.
 */
#include "guest.h"

ASM_FUNCTION(int80, "int $0x80");
ASM_FUNCTION(int33, "int $0x33");

static void check(const struct frame *f, void (*code)(void), unsigned vector)
{
    REQUIRE(f);
    CHECK_EQ(f->vector, VECTOR_GP);
    /* QEMU's interpreter computes another one, and Xen believes it. */
    if (!on_xen || f->error != vector * 16 + 2)
        CHECK_EQ(f->error, vector * 8 + 2);
    CHECK_EQ(f->rip, (uint64_t)code);
}

static void in_user(void (*code)(void), unsigned vector)
{
    struct frame start = user_start(code);

    check(user_run(&start), code, vector);
}

void test(void)
{
    static struct trap_info table[34];
    unsigned n = 0;

    for (unsigned i = 0; i < 32; i++)
        table[n++] = trap_table[i];
    CHECK_EQ(set_trap_table(0), 0);
    REQUIRE_EQ(set_trap_table(table), 0);
    check(catch_code(int80), int80, 0x80);
    check(catch_code(int33), int33, 0x33);
    user_init();
    in_user(int80, 0x80);
    in_user(int33, 0x33);
}
