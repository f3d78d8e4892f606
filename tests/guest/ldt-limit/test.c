/*
 * A selector beyond the LDT's limit is #GP, whatever lies where an LDT at
 * address 0 would be: user mode cannot make itself a call gate there (XSA-298),
 * nor a segment.
 */
/* notes: -DFEW_NOTES */
/* base: 0 */
#include "guest.h"

#define SELECTOR 0x1007 /* in the page at 0x1000 */

ASM_FUNCTION(target, "mov %cs, %eax; lretq");
static struct {
    uint64_t offset;
    uint16_t selector;
} __attribute__((packed)) far_pointer = {0, SELECTOR};
void *far = &far_pointer;
ASM_FUNCTION(call_gate, "mov far, %rax; rex.w lcall *(%rax); int3");
ASM_FUNCTION(load_segment, "mov $0x1007, %eax; mov %eax, %es; int3");
ASM_FUNCTION(jump, "pushq $0x1007; push $0; lretq");

static void write_gate(uint64_t *at)
{
    uint64_t to = (uint64_t)target;

    at[0] = (to & 0xffff) | 0xe030UL << 16 | 0xecUL << 40 |
            (to >> 16 & 0xffff) << 48;
    at[1] = to >> 32;
}

static void check(void (*code)(void))
{
    struct frame start = user_start(code);
    const struct frame *f = user_run(&start);

    CHECK_EQ(f->vector, VECTOR_GP);
    CHECK_EQ(f->error, SELECTOR & ~3);
    CHECK_EQ(f->cs & 3, 3);
}

static void check_all(void)
{
    check(call_gate);
    check(load_segment);
    check(jump);
    CHECK_EQ(catch_code(call_gate)->vector, VECTOR_GP);
    CHECK_EQ(catch_code(load_segment)->vector, VECTOR_GP);
}

void test(void)
{
    uint64_t *gate = (uint64_t *)0x1000;

    user_init();
    memset(gate, 0, PAGE_SIZE);
    write_gate(gate);
    REQUIRE_EQ(page_protect(gate, false), 0);
    check_all();
    /* The same with an LDT of one entry there. */
    CHECK_EQ(mmuext(MMUEXT_SET_LDT, 0, 0), 0);
    CHECK_EQ(mmuext(MMUEXT_SET_LDT, 0x2000, 1), 0);
    check_all();
}
