/* A guest starts, writes to the console and ends. */
#include "guest.h"

static void ud(void *arg)
{
    (void)arg;
    __asm__ volatile("ud2");
}

static void user_code(void)
{
    __asm__ volatile("mov $42, %eax; syscall");
}

void test(void)
{
    struct frame s;
    const struct frame *f;

    CHECK_EQ(fault_of(ud, NULL), VECTOR_UD);
    CHECK_EQ(try_read((void *)0x1000), VECTOR_PF);
    CHECK_EQ(last_fault()->fault_cr2, 0x1000);
    user_init();
    s = user_start(user_code);
    f = user_run(&s);
    CHECK_EQ(f->vector, VECTOR_SYSCALL);
    CHECK_EQ(f->rax, 42);
    events_init();
    print("time %lu\n", now_ns());
}
