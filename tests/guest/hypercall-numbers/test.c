/*
 * Numbers that are no hypercalls are -ENOSYS, whatever their arguments, also
 * far beyond the table, and registers other than rax, rcx, r11 are kept.
 */
#include "guest.h"

static uint64_t seen[8];

ASM_FUNCTION(with_values,
             "push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15;"
             "mov $1, %rbx; mov $2, %rbp; mov $3, %r12; mov $4, %r13;"
             "mov $5, %r14; mov $6, %r15; mov $7, %r9;"
             "mov $17, %eax; xor %edi, %edi; xor %esi, %esi; syscall;"
             "mov %rbx, values(%rip); mov %rbp, values+8(%rip);"
             "mov %r12, values+16(%rip); mov %r13, values+24(%rip);"
             "mov %r14, values+32(%rip); mov %r15, values+40(%rip);"
             "mov %r9, values+48(%rip); mov %rax, values+56(%rip);"
             "pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx");
uint64_t values[8];

void test(void)
{
    static const uint64_t none[] = {
        11, 38,  43,  47,  50,  55,      56,         63,
        64, 127, 128, 255, 256, 1 << 16, 0x7fffffff, 0xffffffff,
    };

    for (unsigned i = 0; i < ARRAY_SIZE(none); i++) {
        CHECK_EQ(hypercall(none[i], 0, 0, 0, 0, 0), -ENOSYS);
        CHECK_EQ(hypercall(none[i], HV_START, ~0UL, 1, 2, 3), -ENOSYS);
    }
    with_values();
    memcpy(seen, values, sizeof(seen));
    for (unsigned i = 0; i < 7; i++)
        CHECK_EQ(seen[i], i + 1);
    CHECK_EQ(seen[7], 4 << 16 | 17);
}
