/*
 * What a guest kernel reads from MSRs is what the ABI says, harmless ones can
 * be written as they are, and none that matters can be read or changed.
 */
#include "guest.h"

static uint64_t value;

static void read_msr(void *msr)
{
    value = rdmsr((uint32_t)(uint64_t)msr);
}

struct write {
    uint32_t msr;
    uint64_t value;
};

static void write_msr(void *arg)
{
    const struct write *w = arg;

    wrmsr(w->msr, w->value);
}

static int reads(uint32_t msr)
{
    return fault_of(read_msr, (void *)(uint64_t)msr);
}

static int writes(uint32_t msr, uint64_t what)
{
    struct write w = {msr, what};

    return fault_of(write_msr, &w);
}

static void values(void)
{
    CHECK_EQ(reads(0x277), NO_FAULT);
    CHECK_EQ(value, 0x0000050100070406);
    CHECK_EQ(reads(0x1b), NO_FAULT);
    CHECK_EQ(value, 0xfee00900);
    CHECK_EQ(reads(0xc0000080), NO_FAULT);
    CHECK_EQ(value & 0xd01, 0xd01);
    CHECK_EQ(reads(0x10), NO_FAULT);
}

static void bases(void)
{
    CHECK_EQ(writes(0xc0000100, 1UL << 63), VECTOR_GP);
    CHECK_EQ(writes(0xc0000101, 0x800000000000), VECTOR_GP);
    CHECK_EQ(writes(0xc0000102, 0x800000000000), VECTOR_GP);
    CHECK_EQ(writes(0xc0000102, HV_START), NO_FAULT);
    CHECK_EQ(reads(0xc0000102), NO_FAULT);
    CHECK_EQ(value, HV_START);
}

static void not_there(void)
{
    static const uint32_t secret[] = {
        0xc0000081, 0xc0000082, 0xc0000083, 0xc0000084, 0x174, 0x175, 0x176};

    for (unsigned i = 0; i < ARRAY_SIZE(secret); i++) {
        CHECK_EQ(reads(secret[i]), VECTOR_GP);
        CHECK_EQ(writes(secret[i], 0), VECTOR_GP);
    }
    CHECK_EQ(writes(0xc0000080, 0), VECTOR_GP);
    CHECK_EQ(reads(0x12345678), VECTOR_GP);
    CHECK_EQ(writes(0x12345678, 0), VECTOR_GP);
    CHECK_EQ(writes(0x1b, 0xfee00000), VECTOR_GP);
}

void test(void)
{
    values();
    bases();
    not_there();
}
