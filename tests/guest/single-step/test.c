/*
 * With TF set each instruction is followed by one #DB, with BS in DR6: also an
 * instruction that the hypervisor emulated, and a hypercall; the handler runs
 * without TF.
 */
#include "guest.h"

static uint64_t steps[32];
static unsigned taken;

static bool take_step(struct frame *f)
{
    if (taken < ARRAY_SIZE(steps))
        steps[taken++] = f->rip;
    if (taken == ARRAY_SIZE(steps))
        f->rflags &= ~RFLAGS_TF;
    return true;
}

ASM_FUNCTION(stepped, "pushfq; orl $0x100, (%rsp); popfq;"
                      "step0: nop;"
                      "step1: mov %cr0, %rax;" /* emulated */
                      "step2: mov $17, %eax; xor %edi, %edi;"
                      "step3: syscall;" /* a hypercall */
                      "step4: pushfq; andl $~0x100, (%rsp);"
                      "step5: popfq;"
                      "step6: nop");
extern char step0[], step1[], step2[], step3[], step4[], step5[], step6[];

static bool was_at(const char *rip)
{
    for (unsigned i = 0; i < taken; i++)
        if (steps[i] == (uint64_t)rip)
            return true;
    return false;
}

ASM_FUNCTION(user_steps, "nop; user_step: nop; ud2");
extern char user_step[];

static void in_user_mode(void)
{
    struct frame start = user_start(user_steps);
    const struct frame *f;

    user_init();
    trap_set_hook(VECTOR_DB, NULL);
    start.rflags |= RFLAGS_TF;
    f = user_run(&start);
    CHECK_EQ(f->vector, VECTOR_DB);
    CHECK_EQ(f->rip, (uint64_t)user_step);
    CHECK_EQ(f->rflags & RFLAGS_TF, RFLAGS_TF);
    CHECK_EQ(get_debugreg(6) & 0x4000, 0x4000);
}

void test(void)
{
    trap_set_hook(VECTOR_DB, take_step);
    CHECK_EQ(set_debugreg(6, 0), 0);
    stepped();
    CHECK(taken < ARRAY_SIZE(steps));
    CHECK(was_at(step1));
    CHECK(was_at(step2));
    CHECK(was_at(step3));
    CHECK(was_at(step5));
    CHECK_EQ(steps[taken - 1], (uint64_t)step6);
    CHECK_EQ(get_debugreg(6) & 0x4000, 0x4000);
    CHECK_EQ(set_debugreg(6, 0), 0);
    in_user_mode();
}
