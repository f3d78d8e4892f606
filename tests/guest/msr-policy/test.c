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

/* Readable, with this value (as it says, or as it was), and to be written? */
static const struct rule {
    uint32_t msr;
    uint64_t read;
    bool same, other;
} rules[] = {
    {0x0, 0, false, false},        {0x1, 0, false, false},
    {0xce, 0, false, false},       {0x140, 0, true, false},
    {0x17b, 0, true, true},        {0x280, 0, true, true},
    {0x29f, 0, true, true},        {0x345, 0, false, false},
    {0x40000000, 0, false, false}, {0xc0010000, 0, true, true},
    {0xc001001f, 0, true, true},
};

static void table(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(rules); i++) {
        const struct rule *r = &rules[i];

        value = 0x1234;
        CHECK_EQ(reads(r->msr), NO_FAULT);
        CHECK_EQ(value, r->read);
        CHECK_EQ(writes(r->msr, value), r->same ? NO_FAULT : VECTOR_GP);
        CHECK_EQ(writes(r->msr, ~value), r->other ? NO_FAULT : VECTOR_GP);
        CHECK_EQ(reads(r->msr), NO_FAULT);
        CHECK_EQ(value, r->read);
    }
    /* It has to be there, or not (XSA-333). */
    if (reads(0x1a0) == NO_FAULT)
        CHECK_EQ(value & 0x841880, 0x801800);
    writes(0x1d9, 0xc1);
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
    table();
    not_there();
}
