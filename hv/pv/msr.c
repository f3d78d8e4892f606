/*
 * pv/msr.c - the MSRs of a PV guest's kernel. Layer: pv. Acts on the current
 * vcpu. Source: Intel SDM volume 4; AMD APM volume 2, appendix A; docs/abi.md.
 *
 * A refusal becomes #GP, which Linux tolerates (it reads 0 then); a zero is for
 * those whose #GP it would report.
 */
#include "pv/cpuid.h"
#include "pv/pv.h"

#define APIC_BASE_VALUE 0xfee00800UL
#define APIC_BASE_BSP   (1UL << 8)

/* WB WT UC- UC WC WP UC UC, as every CPU has it (docs/abi.md). */
#define PAT_VALUE 0x0000050100070406UL

#define EFER_GUEST (EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE)

/* No branch traces, no event samples, no xTPR messages. */
#define MISC_ENABLE_SET (1UL << 11 | 1UL << 12 | 1UL << 23)
/* Performance counters, monitor and mwait. */
#define MISC_ENABLE_CLEAR (1UL << 7 | 1UL << 18)
#define HWCR_TSC_FREQ_SEL (1UL << 24)
#define DE_CFG_LFENCE     (1UL << 1)

enum msr_read {
    READ_VALUE, /* rule->value */
    READ_HOST,  /* the CPU's misc enable, changed; refused if it has none */
    READ_MASK,  /* the CPU's, only the bits of rule->value; 0 if it has none */
};

enum msr_write {
    WRITE_REFUSE,
    WRITE_IGNORE,
    WRITE_SAME, /* what is read may be written back */
};

struct msr_rule {
    uint32_t first, last;
    uint64_t value;
    uint8_t read;
    uint8_t write;
};

#define ONE(msr) (msr), (msr)

/* Ordered by number. What is not here is refused. docs/abi.md has the table. */
static const struct msr_rule rules[] = {
    /* machine checks, the Pentium's way */
    {0x0, 0x1, 0, READ_VALUE, WRITE_REFUSE},
    /* platform id, microcode revision: Linux writes 0 before it reads */
    {ONE(0x17), ~0UL, READ_MASK, WRITE_REFUSE},
    {ONE(0x8b), ~0UL, READ_MASK, WRITE_IGNORE},
    /* platform info, enabled features: no CPUID faulting */
    {ONE(0xce), 0, READ_VALUE, WRITE_REFUSE},
    {ONE(0x140), 0, READ_VALUE, WRITE_SAME},
    /* machine checks are ours: no bank */
    {0x179, 0x17b, 0, READ_VALUE, WRITE_IGNORE},
    {ONE(0x1a0), MISC_ENABLE_SET, READ_HOST, WRITE_SAME},
    {ONE(MSR_PAT), PAT_VALUE, READ_VALUE, WRITE_SAME},
    {0x280, 0x29f, 0, READ_VALUE, WRITE_IGNORE},
    {ONE(0x345), 0, READ_VALUE, WRITE_REFUSE}, /* PMU's capabilities */
    {0x400, 0x47f, 0, READ_VALUE, WRITE_IGNORE},
    /* hypercall page: none to be made, a PV kernel has it by its note */
    {ONE(0x40000000), 0, READ_VALUE, WRITE_REFUSE},
    {ONE(MSR_EFER), EFER_GUEST, READ_VALUE, WRITE_SAME},
    /* AMD: K7 performance counters, SYSCFG */
    {0xc0010000, 0xc0010007, 0, READ_VALUE, WRITE_IGNORE},
    {ONE(0xc0010010), 0, READ_VALUE, WRITE_IGNORE},
    /* HWCR: Linux warns when the TSC did not count at P0 */
    {ONE(0xc0010015), HWCR_TSC_FREQ_SEL, READ_VALUE, WRITE_IGNORE},
    /* NB_CFG, interrupt pending message */
    {ONE(0xc001001f), 0, READ_VALUE, WRITE_IGNORE},
    {ONE(0xc0010055), 0, READ_VALUE, WRITE_IGNORE},
    /* DE_CFG: does lfence serialise? */
    {ONE(0xc0011029), DE_CFG_LFENCE, READ_MASK, WRITE_IGNORE},
};

static const struct msr_rule *find_rule(uint32_t msr)
{
    for (unsigned i = 0; i < ARRAY_SIZE(rules); i++)
        if (msr <= rules[i].last)
            return msr >= rules[i].first ? &rules[i] : NULL;
    return NULL;
}

static int read_by_rule(uint32_t msr, uint64_t *value)
{
    const struct msr_rule *rule = find_rule(msr);

    if (!rule)
        return -EPERM;
    if (rule->read == READ_VALUE) {
        *value = rule->value;
        return 0;
    }
    if (rdmsr_safe(msr, value)) {
        *value = 0;
        return rule->read == READ_HOST ? -EPERM : 0;
    }
    *value = rule->read == READ_HOST
                 ? (*value & ~MISC_ENABLE_CLEAR) | rule->value
                 : *value & rule->value;
    return 0;
}

static int write_by_rule(uint32_t msr, uint64_t value)
{
    const struct msr_rule *rule = find_rule(msr);
    uint64_t now;

    if (!rule || rule->write == WRITE_REFUSE)
        return -EPERM;
    if (rule->write == WRITE_IGNORE)
        return 0;
    return !read_by_rule(msr, &now) && now == value ? 0 : -EPERM;
}

int pv_msr_read(struct vcpu *v, uint32_t msr, uint64_t *value)
{
    switch (msr) {
    case MSR_FS_BASE:
    case MSR_GS_BASE: /* in kernel mode, the kernel's */
    case MSR_KERNEL_GS_BASE:
        *value = rdmsr(msr);
        return 0;
    case MSR_TSC_AUX:
        *value = v->tsc_aux;
        return cpuid_has_tsc_aux() ? 0 : -EPERM;
    case 0x10:
        *value = rdtsc_ordered();
        return 0;
    case MSR_APIC_BASE:
        *value = APIC_BASE_VALUE | (v->id ? 0 : APIC_BASE_BSP);
        return 0;
    default:
        return read_by_rule(msr, value);
    }
}

static int write_tsc_aux(struct vcpu *v, uint64_t value)
{
    if (!cpuid_has_tsc_aux() || value >> 32)
        return -EPERM;
    v->tsc_aux = (uint32_t)value;
    wrmsr(MSR_TSC_AUX, value);
    return 0;
}

int pv_msr_write(struct vcpu *v, uint32_t msr, uint64_t value)
{
    switch (msr) {
    case MSR_FS_BASE:
    case MSR_GS_BASE:
    case MSR_KERNEL_GS_BASE:
        if (!addr_is_canonical(value))
            return -EPERM;
        wrmsr(msr, value);
        return 0;
    case MSR_TSC_AUX:
        return write_tsc_aux(v, value);
    default:
        return write_by_rule(msr, value);
    }
}
