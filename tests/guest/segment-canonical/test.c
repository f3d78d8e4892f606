/*
 * An address that is not canonical is #GP, and may be #SS where rsp or rbp is
 * its base, with whatever segment prefix: in user mode, for each register.
 */
#include "guest.h"

#define BAD 0x8000000040000000UL

#define STORE(name, prefix, reg)                                               \
    ASM_FUNCTION(name, "mov %rdi, %" #reg ";" prefix " movb $0, (%" #reg ")")
#define STORES(name, prefix)                                                   \
    STORE(name##_rax, prefix, rax);                                            \
    STORE(name##_rsp, prefix, rsp);                                            \
    STORE(name##_rbp, prefix, rbp);                                            \
    STORE(name##_r12, prefix, r12);                                            \
    STORE(name##_r13, prefix, r13)

STORES(none, "");
STORES(es, ".byte 0x26;");
STORES(cs, ".byte 0x2e;");
STORES(ss, ".byte 0x36;");
STORES(ds, ".byte 0x3e;");
STORES(fs, ".byte 0x64;");
STORES(gs, ".byte 0x65;");

#define LIST(name) name##_rax, name##_rsp, name##_rbp, name##_r12, name##_r13

static void (*const code[][5])(void) = {
    {LIST(none)}, {LIST(es)}, {LIST(cs)}, {LIST(ss)},
    {LIST(ds)},   {LIST(fs)}, {LIST(gs)},
};

static void check(void (*store)(void), bool by_stack)
{
    struct frame start = user_start(store);
    const struct frame *f;

    start.rdi = BAD;
    f = user_run(&start);
    CHECK(f->vector == VECTOR_GP || (by_stack && f->vector == VECTOR_SS));
    CHECK_EQ(f->error, 0);
}

void test(void)
{
    user_init();
    for (unsigned s = 0; s < ARRAY_SIZE(code); s++)
        for (unsigned r = 0; r < 5; r++)
            check(code[s][r], s < 5 && (r == 1 || r == 2));
}
