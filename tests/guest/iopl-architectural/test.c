/*
 * VMASST_TYPE_architectural_iopl: the I/O privilege level is what iret's frame
 * says and the frames of traps show it, user mode needs 3 for ports, cli and
 * sti, and a kernel none; without the assist the kernel counts as ring 1, and
 * only PHYSDEVOP_set_iopl changes the level.
 */
/* hv-args: dom0_max_vcpus=2 */
#include "guest.h"

ASM_FUNCTION(do_cli, "cli");
ASM_FUNCTION(do_sti, "sti");
ASM_FUNCTION(do_out, "xor %eax, %eax; out %al, $0x80");
ASM_FUNCTION(user_cli, "cli; syscall");
ASM_FUNCTION(user_sti, "sti; syscall");
ASM_FUNCTION(user_out, "xor %eax, %eax; out %al, $0x80; syscall");

static void (*const kernel_code[])(void) = {do_cli, do_sti, do_out};
static void (*const user_code[])(void) = {user_cli, user_sti, user_out};

static const struct frame *run_user(void (*code)(void), uint64_t iopl)
{
    struct frame start = user_start(code);

    start.rflags |= iopl << 12;
    return user_run(&start);
}

static void set_by_call(uint64_t iopl)
{
    struct physdev_set_iopl s = {.iopl = (uint32_t)iopl};

    CHECK_EQ(physdev_op(PHYSDEVOP_set_iopl, &s), 0);
}

/* fault or syscall, with the level that the frame has to have. */
static void check_user(uint64_t iopl, bool allowed, uint64_t shown)
{
    for (unsigned i = 0; i < ARRAY_SIZE(user_code); i++) {
        const struct frame *f = run_user(user_code[i], iopl);

        CHECK_EQ(f->vector, allowed ? VECTOR_SYSCALL : VECTOR_GP);
        CHECK_EQ(f->error, 0);
        CHECK_EQ((f->rflags & RFLAGS_IOPL) >> 12, shown);
    }
}

static void check_kernel(bool allowed, uint64_t shown)
{
    for (unsigned i = 0; i < ARRAY_SIZE(kernel_code); i++) {
        const struct frame *f = catch_code(kernel_code[i]);

        CHECK_EQ(!f, allowed);
        if (f)
            CHECK_EQ(f->vector, VECTOR_GP);
    }
    CHECK_EQ((catch_code((void (*)(void))0x1000)->rflags & RFLAGS_IOPL) >> 12,
             shown);
}

static void by_call(void)
{
    for (uint64_t iopl = 0; iopl <= 3; iopl++) {
        set_by_call(iopl);
        check_kernel(iopl >= 1, 0);
        check_user(3 - iopl, iopl == 3, 0);
    }
    set_by_call(0);
}

static void by_frame(void)
{
    for (uint64_t iopl = 0; iopl <= 3; iopl++) {
        check_user(iopl, iopl == 3, iopl);
        /* The way back into the kernel was an iret too: with that frame. */
        check_kernel(true, iopl);
    }
    run_user(user_out, 0);
    set_by_call(2);
    check_kernel(true, 2);
}

static volatile bool ready, stop;
static volatile uint64_t seen = 99;

static void other_vcpu(void *arg)
{
    (void)arg;
    ready = true;
    while (!stop)
        pause();
    seen = catch_code((void (*)(void))0x1000)->rflags >> 12 & 3;
    outb(0x80, 0);
    ready = false;
    for (;;)
        sched_op(SCHEDOP_yield, NULL);
}

/* A vcpu that was there before the assist has it as well. */
static void on_another(void)
{
    stop = true;
    while (ready)
        sched_op(SCHEDOP_yield, NULL);
    CHECK_EQ(seen, 0);
}

void test(void)
{
    user_init();
    vcpu_launch(1, other_vcpu, NULL);
    while (!ready)
        sched_op(SCHEDOP_yield, NULL);
    by_call();
    CHECK_EQ(vm_assist(VMASST_CMD_enable, VMASST_TYPE_architectural_iopl), 0);
    by_frame();
    on_another();
    CHECK_EQ(vm_assist(VMASST_CMD_disable, VMASST_TYPE_architectural_iopl), 0);
    by_call();
}
