/*
 * A breakpoint on what `mov %ss` reads is put off to the end of the next
 * instruction: also when that enters the hypervisor, by syscall or int3, with a
 * useless stack and with sticky bits in DR6 (XSA-260, XSA-265). The machine
 * goes on, and the kernel gets its trap. A DR7 written once is in effect at
 * once. (QEMU's interpreter knows no breakpoint under `mov %ss`.)
 */
#include "guest.h"

#define DR7_WATCH_4 0xd0303 /* DR0: reads and writes, local and global */

uint32_t ss_word = SS_KERNEL;
static uint32_t watched;

ASM_FUNCTION(load_ss, "mov ss_word, %ss; nop");
ASM_FUNCTION(ss_int3, "mov ss_word, %ss; int3");
ASM_FUNCTION(ss_syscall, "mov %rsp, %rbx; btc $63, %rsp; mov ss_word, %ss;"
                         "syscall");

static void watch(void *address)
{
    WRITE_CONTROL(dr0, (uint64_t)address);
    WRITE_CONTROL(dr7, DR7_WATCH_4);
}

static void touch(void *arg)
{
    (void)arg;
    WRITE_CONTROL(dr7, DR7_WATCH_4);
    WRITE_ONCE(watched, 1);
}

static void latched(void)
{
    for (unsigned i = 0; i < 10; i++) {
        WRITE_CONTROL(dr7, 0);
        WRITE_CONTROL(dr0, (uint64_t)&watched);
        CHECK_EQ(fault_of(touch, NULL), VECTOR_DB);
    }
    WRITE_CONTROL(dr7, 0);
}

static const struct frame *run_user(void (*code)(void))
{
    struct frame start = user_start(code);

    return user_run(&start);
}

void test(void)
{
    const struct frame *f;

    user_init();
    latched();
    watch(&ss_word);
    f = catch_code(load_ss);
    CHECK(!f || f->vector == VECTOR_DB);
    WRITE_CONTROL(dr6, 0xffff2ff0); /* BD */
    f = catch_code(ss_int3);
    REQUIRE(f);
    CHECK(f->vector == VECTOR_DB || f->vector == VECTOR_BP);
    watch(&ss_word);
    f = run_user(ss_int3);
    CHECK(f->vector == VECTOR_DB || f->vector == VECTOR_BP);
    watch(&ss_word);
    f = run_user(ss_syscall);
    CHECK(f->vector == VECTOR_DB || f->vector == VECTOR_SYSCALL);
    CHECK_EQ(f->rsp ^ 1UL << 63, f->rbx);
    WRITE_CONTROL(dr7, 0);
    CHECK(!catch_code(load_ss));
}
