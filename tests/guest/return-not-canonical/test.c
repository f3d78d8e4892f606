/*
 * A hypercall in the last two bytes below the canonical boundary is done, and
 * ends in a #GP at the address behind it, on the guest's own stack: the CPU
 * was never left to fault there in the hypervisor (XSA-7). Neither kernel nor
 * user can get there otherwise, whatever ports it may use.
 */
#include "guest.h"

#define BOUNDARY 0x800000000000UL

ASM_FUNCTION(call_at_boundary,
             "movabs $0x7fffffffff00, %rsp; mov $17, %eax; xor %edi, %edi;"
             "xor %esi, %esi; movabs $0x7ffffffffffe, %rcx; jmp *%rcx");
ASM_FUNCTION(jump_behind, "movabs $0x800000000000, %rcx; push %rcx");

static void at_boundary(void)
{
    uint8_t *page = page_alloc();
    const struct frame *f;

    page[PAGE_SIZE - 2] = 0x0f;
    page[PAGE_SIZE - 1] = 0x05;
    tree_map(BOUNDARY - PAGE_SIZE, page, 1, PTE_RW_FLAGS);
    f = catch_code(call_at_boundary);
    REQUIRE(f);
    CHECK_EQ(f->vector, VECTOR_GP);
    CHECK_EQ(f->error, 0);
    CHECK_EQ(f->rip, BOUNDARY);
    CHECK_EQ(f->rsp, BOUNDARY - 0x100);
    CHECK_EQ(f->rax >> 16, 4);
}

static void behind(unsigned iopl)
{
    struct physdev_set_iopl op = {.iopl = iopl};
    struct frame start = user_start(jump_behind);
    const struct frame *f;

    CHECK_EQ(physdev_op(PHYSDEVOP_set_iopl, &op), 0);
    f = user_run(&start);
    CHECK_EQ(f->vector, VECTOR_GP);
    CHECK_EQ(f->error, 0);
    f = catch_code(jump_behind);
    REQUIRE(f);
    CHECK_EQ(f->vector, VECTOR_GP);
    CHECK_EQ(f->error, 0);
    start.rip = BOUNDARY;
    f = user_run(&start);
    CHECK_EQ(f->vector, VECTOR_GP);
    CHECK_EQ(f->rip, BOUNDARY);
}

void test(void)
{
    user_init();
    at_boundary();
    behind(0);
    behind(3);
}
