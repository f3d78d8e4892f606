/*
 * pv/segments.c - segment registers and their bases, loaded and saved when
 * another vcpu runs. Layer: pv. Touches this CPU only.
 * Source: Intel SDM volume 3A, 3.4; docs/abi.md.
 *
 * A selector that the guest's tables refuse now is loaded as null, and the
 * guest's failsafe callback gets to know.
 */
#include "pv/segments.h"

#include "cpu/desc.h"
#include "mm/map.h"
#include "mm/tlb.h"
#include "pv/pv.h"

#define LAR_LONG (1U << 21) /* the L bit, where LAR gives it */

#define LAR_CODE (1U << 11)

#define SELECTOR_LDT 4

#define SET_SELECTOR(reg, selector)                                            \
    __extension__({                                                            \
        uint32_t failed_ = 1;                                                  \
        __asm__ volatile("1: mov %1, %%" #reg "\n"                             \
                         "2: xor %0, %0\n"                                     \
                         "3:\n"                                                \
                         ".pushsection .extable, \"a\", @progbits\n"           \
                         ".quad 1b, 2b, 3b\n"                                  \
                         ".popsection"                                         \
                         : "+r"(failed_)                                       \
                         : "r"((uint32_t)(selector))                           \
                         : "memory");                                          \
        !failed_;                                                              \
    })

#define GET_SELECTOR(reg)                                                      \
    __extension__({                                                            \
        uint32_t selector_;                                                    \
        __asm__ volatile("mov %%" #reg ", %0" : "=r"(selector_));              \
        (uint16_t) selector_;                                                  \
    })

/* Makes LDT pages present that a selector needs; null stays null. */
static uint32_t prepare(struct vcpu *v, uint16_t selector)
{
    if (selector & SELECTOR_LDT)
        pv_map_ldt_page(v, selector & ~7U);
    return selector & ~3U ? selector | 3U : selector;
}

/* 0 in place of 0 changes nothing but a base, which is loaded later. */
#define LOAD(reg, v, selector)                                                 \
    __extension__({                                                            \
        uint16_t wanted_ = (selector);                                         \
        bool loaded_ = !(wanted_ | GET_SELECTOR(reg)) ||                       \
                       SET_SELECTOR(reg, prepare((v), wanted_));               \
        if (unlikely(!loaded_))                                                \
            (void)SET_SELECTOR(reg, 0);                                        \
        loaded_;                                                               \
    })

static void swapgs(void)
{
    __asm__ volatile("swapgs" ::: "memory");
}

static void load_ldt(struct cpu *cpu, vaddr_t gdt, const struct vcpu *v)
{
    cpu_load_ldt(cpu, gdt + VCPU_GDT_PAGES * PAGE_SIZE, v->ldt_entries);
}

void segments_load_ldt(const struct vcpu *v)
{
    load_ldt(this_cpu(), perdomain_gdt_base(v), v);
}

/* The window's page 14 is the GDT page of the CPU that the vcpu runs on. */
static void map_cpu_gdt(struct cpu *cpu, struct vcpu *v)
{
    if (v->gdt_cpu == cpu)
        return;
    perdomain_set_entry(v, 14,
                        pte_make(paddr_to_mfn(cpu->tables->gdt_paddr),
                                 PTE_P | PTE_RW | PTE_A | PTE_D | PTE_NX));
    tlb_invalidate(perdomain_gdt_base(v) + 14 * PAGE_SIZE);
    v->gdt_cpu = cpu;
}

static void load_selectors(struct vcpu *v)
{
    bool good = LOAD(ds, v, v->ds);

    good &= LOAD(es, v, v->es);
    good &= LOAD(fs, v, v->fs);
    good &= LOAD(gs, v, v->gs);
    if (unlikely(!good)) {
        v->failsafe_pending = true;
        v->entry.exit_work = 1;
    }
}

static void load_bases(const struct vcpu *v)
{
    bool kernel = in_kernel_mode(v);

    wrmsr(MSR_FS_BASE, v->fs_base);
    wrmsr(MSR_GS_BASE, kernel ? v->gs_kernel : v->gs_user);
    wrmsr(MSR_KERNEL_GS_BASE, kernel ? v->gs_user : v->gs_kernel);
}

void pv_load_segments(struct vcpu *v)
{
    struct cpu *cpu = this_cpu();
    vaddr_t gdt = perdomain_gdt_base(v);

    map_cpu_gdt(cpu, v);
    cpu_load_gdt(gdt);
    load_ldt(cpu, gdt, v);
    load_selectors(v);
    load_bases(v);
    pv_load_control(v);
}

void pv_save_segments(struct vcpu *v)
{
    uint64_t active = rdmsr(MSR_GS_BASE), other = rdmsr(MSR_KERNEL_GS_BASE);
    bool kernel = in_kernel_mode(v);

    v->ds = GET_SELECTOR(ds);
    v->es = GET_SELECTOR(es);
    v->fs = GET_SELECTOR(fs);
    v->gs = GET_SELECTOR(gs);
    v->fs_base = rdmsr(MSR_FS_BASE);
    v->gs_kernel = kernel ? active : other;
    v->gs_user = kernel ? other : active;
    /* The vcpu's window goes away with its tables. */
    cpu_load_gdt(cpu_gdt_base(this_cpu()));
}

/* %gs as user code has it, and with it the base that is inactive now. */
static void load_user_gs(struct vcpu *v, uint16_t selector)
{
    uint32_t prepared = prepare(v, selector);

    swapgs();
    if (!SET_SELECTOR(gs, prepared))
        (void)SET_SELECTOR(gs, 0);
    swapgs();
}

long pv_set_segment_base(uint32_t which, uint64_t base)
{
    static const uint32_t msr[] = {
        [SEGBASE_FS] = MSR_FS_BASE,
        [SEGBASE_GS_USER] = MSR_KERNEL_GS_BASE,
        [SEGBASE_GS_KERNEL] = MSR_GS_BASE,
    };

    if (which == SEGBASE_GS_USER_SEL) {
        load_user_gs(current, (uint16_t)base);
        return 0;
    }
    if (which >= ARRAY_SIZE(msr) || !addr_is_canonical(base))
        return -EINVAL;
    wrmsr(msr[index_nospec(which, ARRAY_SIZE(msr))], base);
    return 0;
}

/* What LAR says; 0: the selector is of no segment that is there. */
static uint32_t access_rights(uint16_t selector)
{
    uint32_t access = 0;

    __asm__ volatile("1: lar %1, %0\n"
                     "2:\n"
                     ".pushsection .extable, \"a\", @progbits\n"
                     ".quad 1b, 2b, 2b\n"
                     ".popsection"
                     : "+r"(access)
                     : "r"((uint32_t)selector)
                     : "cc");
    return access;
}

bool segments_code_is_wide(const struct cpu_regs *regs)
{
    return access_rights((uint16_t)regs->cs) & LAR_LONG;
}

#define LAR_WRITABLE_DATA 0x9200U /* present, data, writable */
#define DESC_BASE         0xff0000ffffff0000UL

static bool is_flat(uint16_t selector)
{
    const uint64_t *gdt = (const uint64_t *)perdomain_gdt_base(current);
    uint32_t access = access_rights(selector), limit = 0;

    if (selector & SELECTOR_LDT ||
        (access & (LAR_WRITABLE_DATA | LAR_CODE)) != LAR_WRITABLE_DATA)
        return false;
    /* LAR found it, so it is within the table, whose pages are all there. */
    __asm__ volatile("lsl %1, %0" : "+r"(limit) : "r"((uint32_t)selector));
    return limit == ~0U && !(READ_ONCE(gdt[selector >> 3]) & DESC_BASE);
}

bool segments_data_is_flat(void)
{
    return is_flat(GET_SELECTOR(ds)) && is_flat(GET_SELECTOR(es));
}

uint64_t segments_override_base(uint8_t prefix)
{
    switch (prefix) {
    case 0x64:
        return rdmsr(MSR_FS_BASE);
    case 0x65:
        return rdmsr(MSR_GS_BASE);
    default:
        return 0;
    }
}
