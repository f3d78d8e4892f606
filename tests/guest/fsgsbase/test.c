/*
 * RDFSBASE and its like are #UD until CR4.FSGSBASE is set, which is possible
 * where CPUID shows the feature (XSA-293); then they work in kernel and in user
 * mode, and take canonical addresses only.
 */
/* cpu: max,-smap */
#include "guest.h"

#define CR4_FSGSBASE (1UL << 16)

ASM_FUNCTION(read_fs, "rdfsbase %rax");
ASM_FUNCTION(read_gs, "rdgsbase %rax");
ASM_FUNCTION(write_fs, "mov value, %rax; wrfsbase %rax");
ASM_FUNCTION(write_gs, "mov value, %rax; wrgsbase %rax");
ASM_FUNCTION(user_bases, "rdgsbase %rbx; mov $0x5000, %eax; wrgsbase %rax;"
                         "wrfsbase %rax; syscall");

uint64_t value;
static void (*const code[])(void) = {read_fs, read_gs, write_fs, write_gs};

static void check_all(bool on)
{
    value = 0;
    for (unsigned i = 0; i < ARRAY_SIZE(code); i++) {
        const struct frame *f = catch_code(code[i]);

        CHECK_EQ(f ? (int)f->vector : NO_FAULT, on ? NO_FAULT : VECTOR_UD);
    }
}

/* QEMU's interpreter takes any address. */
static void check_refused(void (*write)(void))
{
    const struct frame *f = catch_code(write);

    CHECK(!f || f->vector == VECTOR_GP);
}

static void values(void)
{
    static const uint64_t good[] = {0, 0x7fffffffffff, HV_START, ~0UL};
    static const uint64_t bad[] = {0x800000000000, ~0UL >> 1, 1UL << 63,
                                   0xffff7fffffffffff};

    for (unsigned i = 0; i < ARRAY_SIZE(good); i++) {
        value = good[i];
        CHECK(!catch_code(write_fs));
        CHECK_EQ(rdmsr(0xc0000100), value);
        CHECK(!catch_code(write_gs));
        CHECK_EQ(rdmsr(0xc0000101), value);
    }
    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        value = bad[i];
        check_refused(write_fs);
        check_refused(write_gs);
    }
}

static void in_user_mode(void)
{
    struct frame start = user_start(user_bases);
    const struct frame *f;

    user_init();
    wrmsr(0xc0000101, 0x1000);
    CHECK_EQ(set_segment_base(SEGBASE_GS_USER, 0x4000), 0);
    f = user_run(&start);
    CHECK_EQ(f->vector, VECTOR_SYSCALL);
    CHECK_EQ(f->rbx, 0x4000);
    CHECK_EQ(rdmsr(0xc0000100), 0x5000);
    CHECK_EQ(rdmsr(0xc0000101), 0x1000);
    CHECK_EQ(rdmsr(0xc0000102), 0x5000);
}

void test(void)
{
    uint64_t cr4 = READ_CONTROL(cr4);

    CHECK_EQ(cpuid_forced(7, 0).b & 1, 1);
    CHECK_EQ(cpuid_forced(0x80000008, 0).a >> 8 & 0xff, 48);
    CHECK_EQ(cr4 & CR4_FSGSBASE, 0);
    check_all(false);
    WRITE_CONTROL(cr4, cr4 | CR4_FSGSBASE);
    CHECK_EQ(READ_CONTROL(cr4), cr4 | CR4_FSGSBASE);
    check_all(true);
    values();
    in_user_mode();
    WRITE_CONTROL(cr4, cr4);
    CHECK_EQ(READ_CONTROL(cr4), cr4);
    check_all(false);
}
