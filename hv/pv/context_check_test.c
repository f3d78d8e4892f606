/*
 * pv/context_check_test.c - contexts as Linux makes them, and bent ones.
 */
/* link: hv/pv/context_check.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "abi/errno.h"
#include "pv/context.h"

#define NONCANONICAL 0x8000000000000000UL
#define OURS         0xffff800000000000UL

static struct vcpu_guest_context ctx;

/* What Linux gives an application processor. */
static int make_good(void **state)
{
    (void)state;
    memset(&ctx, 0, sizeof(ctx));
    ctx.flags = VGCF_IN_KERNEL;
    ctx.user_regs.rip = 0xffffffff81000000;
    ctx.user_regs.rsp = 0xffffc90000004000;
    ctx.kernel_sp = 0xffffc90000004000;
    ctx.gdt_ents = 16;
    ctx.ctrlreg[3] = 0x1234000;
    ctx.event_callback_eip = 0xffffffff81000100;
    ctx.gs_base_kernel = 0xffff888000000000;
    return 0;
}

static void test_good(void **state)
{
    (void)state;
    assert_int_equal(context_check(&ctx), 0);
    ctx.flags = 0;
    ctx.ctrlreg[1] = 0x1235000;
    assert_int_equal(context_check(&ctx), 0);
}

#define REFUSES(field, value)                                                  \
    do {                                                                       \
        uint64_t copy_ = ctx.field;                                            \
        ctx.field = (value);                                                   \
        assert_int_equal(context_check(&ctx), -EINVAL);                        \
        ctx.field = copy_;                                                     \
        assert_int_equal(context_check(&ctx), 0);                              \
    } while (0)

static void test_addresses(void **state)
{
    (void)state;
    REFUSES(user_regs.rip, NONCANONICAL);
    REFUSES(user_regs.rsp, NONCANONICAL);
    REFUSES(event_callback_eip, NONCANONICAL);
    REFUSES(failsafe_callback_eip, NONCANONICAL);
    REFUSES(syscall_callback_eip, NONCANONICAL);
    REFUSES(fs_base, NONCANONICAL);
    REFUSES(gs_base_kernel, NONCANONICAL);
    REFUSES(gs_base_user, NONCANONICAL);
    REFUSES(trap_ctxt[255].address, NONCANONICAL);
    REFUSES(kernel_sp, NONCANONICAL);
    REFUSES(kernel_sp, OURS + 4096);
}

static void test_tables(void **state)
{
    (void)state;
    REFUSES(gdt_ents, 7169);
    REFUSES(gdt_ents, ~0UL);
    REFUSES(ldt_ents, 8193);
    REFUSES(ldt_ents, 1UL << 61);
    REFUSES(ldt_base, 8);
    REFUSES(ldt_base, OURS);
    REFUSES(ctrlreg[3], 0);
    REFUSES(flags, 0); /* user mode without its tables */
}

/* A frame is pushed below the address: that must not be ours. */
static void test_stack(void **state)
{
    (void)state;
    assert_true(context_stack_is_fine(0));
    assert_true(context_stack_is_fine(0x7fffffffffff));
    assert_true(context_stack_is_fine(0x800000000000));
    assert_true(context_stack_is_fine(0x800000000001)); /* it will fault */
    assert_true(context_stack_is_fine(OURS));           /* this, too */
    assert_false(context_stack_is_fine(OURS + 16));
    assert_false(context_stack_is_fine(0xffff880000000000));
    assert_false(context_stack_is_fine(0xffff880000000040));
    assert_true(context_stack_is_fine(0xffff880000000080));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_good, make_good),
        cmocka_unit_test_setup(test_addresses, make_good),
        cmocka_unit_test_setup(test_tables, make_good),
        cmocka_unit_test_setup(test_stack, make_good),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
