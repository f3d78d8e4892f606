/*
 * An iret in a multicall is done, and is its end: what follows in the list
 * would be called by user mode, and is not (XSA-213). The result is the rax of
 * the frame.
 */
#include "guest.h"

struct multicall_entry list[3];
static uint64_t frame[9];

/* Called with rsp at a frame of iret. */
__asm__(".pushsection .text; .globl multicall_on_frame; multicall_on_frame:"
        "mov %rdi, %rsp; mov $list, %rdi; mov $3, %esi;"
        "mov $13, %eax; syscall; ud2; .popsection");
void multicall_on_frame(void *frame);

ASM_FUNCTION(in_user, "int3");

static void start(uint64_t cs, void (*code)(void))
{
    uint64_t sp = (uint64_t)user_stack + USER_STACK_SIZE - 8;
    uint64_t words[9] = {
        0xdead, 0x11,     0xcc, 0, (uint64_t)code, cs, RFLAGS_IF | RFLAGS_MBS,
        sp,     SS_KERNEL};

    memset(list, 0, sizeof(list));
    list[0].op = list[2].op = __HYPERVISOR_xen_version;
    list[1].op = __HYPERVISOR_iret;
    memcpy(frame, words, sizeof(frame));
}

static void check(uint64_t ring)
{
    const struct frame *f =
        catch_fault((void (*)(void *))multicall_on_frame, frame);

    REQUIRE(f);
    CHECK_EQ(f->vector, VECTOR_BP);
    CHECK_EQ(f->cs & 3, ring);
    CHECK_EQ(f->rip, (uint64_t)in_user + 1);
    CHECK_EQ(f->rax, 0xdead);
    CHECK_EQ(f->r11, 0x11);
    CHECK_EQ(f->rcx, 0xcc);
    CHECK_EQ(list[0].result, 4 << 16 | 17);
    CHECK_EQ(list[2].result, 0);
}

void test(void)
{
    user_init();
    start(CS_KERNEL, in_user);
    check(3);
    /* To kernel mode it is the end as well. */
    start(CS_KERNEL & ~3UL, in_user);
    check(0);
}
