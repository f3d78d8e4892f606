/*
 * mm/isolation.c - each CPU's restricted view of our address space: tables that
 * map what its ways in need, and those ways (cpu/isolation.S). Layer: mm.
 * Each CPU writes its own part, at boot; no locks.
 */
#include "mm/isolation.h"
#include "cpu/desc.h"
#include "cpu/entry.h"
#include "cpu/patch.h"
#include "lib/log.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "mm/map.h"
#include "mm/tlb.h"

#define TABLE_FLAGS   HV_L4_FLAGS
#define GATES         256
#define GATE_BYTES    16 /* of code, in isolation.S */
#define LEAF7_INVPCID (1U << 10)

extern char isolation_start[], isolation_gates[], isolation_end[];
extern char isolated_sysret_24[], isolated_sysret_32[], isolated_sysret_64[];
extern char isolated_sysret_152[], isolated_iretq[];
extern char stub_template[], stub_isolated[], stub_isolated_cstar[];
extern char stub_isolated_sysenter[];

bool isolation_enabled, isolation_pcid;
static bool has_invpcid;

/* By CPU: an L4 with our slots only. */
static uint64_t *restricted_l4[CPUS_MAX];

/* A gate, as far as it is changed here. */
struct gate {
    uint16_t offset_low, selector;
    uint16_t type;
    uint16_t offset_middle;
    uint32_t offset_high, reserved;
};

static struct gate gates[GATES] __aligned(4096);

void __init isolation_enable(bool pcid)
{
    isolation_enabled = true;
    isolation_pcid = pcid;
    has_invpcid = pcid && (cpuid(7, 0).b & LEAF7_INVPCID);
    patch_apply(PATCH_ID_SYSRET + 24, isolated_sysret_24);
    patch_apply(PATCH_ID_SYSRET + 32, isolated_sysret_32);
    patch_apply(PATCH_ID_SYSRET + 64, isolated_sysret_64);
    patch_apply(PATCH_ID_SYSRET + 152, isolated_sysret_152);
    patch_apply(PATCH_ID_IRETQ, isolated_iretq);
}

/* ---- the tables ---- */

static void *need_page(void)
{
    void *page = pages_alloc(0);

    if (!page)
        panic("No memory for the tables of isolated guests");
    return page;
}

/* The L1 entry of our own address in full, small also where it is large. */
static uint64_t full_entry(vaddr_t va)
{
    const uint64_t *pte;

    if (va >= DIRECT_START)
        return (va - DIRECT_START) | PTE_P | PTE_RW | PTE_A | PTE_D | PTE_NX;
    pte = map_find_pte(va);
    return pte ? *pte : 0;
}

static void show_page(uint64_t *l4, vaddr_t va)
{
    uint64_t *table = l4;

    for (unsigned level = 4; level > 1; level--) {
        uint64_t *entry = &table[pte_index(va, level)];

        if (!(*entry & PTE_P))
            *entry = pte_make(virt_to_mfn(need_page()), TABLE_FLAGS);
        table = mfn_to_virt(pte_mfn(*entry));
    }
    table[pte_index(va, 1)] = full_entry(va);
}

static void show(uint64_t *l4, const void *first, size_t bytes)
{
    for (size_t at = 0; at < bytes; at += PAGE_SIZE)
        show_page(l4, (vaddr_t)first + at);
}

void isolation_fill_l4(uint64_t *l4, const struct cpu *cpu)
{
    const uint64_t *from = restricted_l4[cpu->id];

    for (unsigned i = HV_L4_FIRST; i <= HV_L4_LAST; i++)
        if (i != pte_index(M2P_RO_START, 4) &&
            i != pte_index(PERDOMAIN_START, 4))
            l4[i] = from[i];
}

/* ---- the ways in ---- */

static void set_gate(struct gate *g, unsigned vector)
{
    vaddr_t at = (vaddr_t)isolation_gates + vector * GATE_BYTES;

    g->offset_low = (uint16_t)at;
    g->offset_middle = (uint16_t)(at >> 16);
    g->offset_high = (uint32_t)(at >> 32);
}

/* The gates but for where they lead. All CPUs' are the same. */
static void init_gates(bool first)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } __packed idtr;

    __asm__ volatile("sidt %0" : "=m"(idtr));
    if (first)
        memcpy(gates, (const void *)idtr.base, sizeof(gates));
    for (unsigned v = 0; first && v < GATES; v++)
        set_gate(&gates[v], v);
    idtr.base = (uint64_t)gates;
    __asm__ volatile("lidt %0" : : "m"(idtr));
}

static vaddr_t stub_of(const struct cpu *cpu)
{
    return STUBS_START + cpu->id * 2 * PAGE_SIZE;
}

static void init_stacks(struct cpu *cpu)
{
    vaddr_t data = stub_of(cpu) + PAGE_SIZE;

    /* The same page by the address that restricted tables have too. */
    cpu->stub_data = (uint64_t *)data;
    for (unsigned i = 0; i < IST_STACKS; i++) {
        *(uint64_t *)(data + ISO_ist(i)) = cpu->tss->ist[i];
        cpu->tss->ist[i] = data + ISO_ist(i);
    }
    cpu->stub_data[ISO_no_flush / 8] = isolation_pcid ? CR3_NO_FLUSH : 0;
    cpu->rsp0 = &cpu->stub_data[ISO_stack_top / 8];
    cpu->tss->rsp0 = data + ISO_entry_end;
}

static void init_syscall(const struct cpu *cpu)
{
    vaddr_t stub = stub_of(cpu);
    uint64_t sysenter;

    wrmsr(MSR_LSTAR, stub + (uint64_t)(stub_isolated - stub_template));
    wrmsr(MSR_CSTAR, stub + (uint64_t)(stub_isolated_cstar - stub_template));
    if (!rdmsr_safe(MSR_SYSENTER_EIP, &sysenter) && sysenter)
        wrmsr(MSR_SYSENTER_EIP,
              stub + (uint64_t)(stub_isolated_sysenter - stub_template));
}

void __init isolation_init_cpu(struct cpu *cpu)
{
    uint64_t *l4;

    if (!isolation_enabled)
        return;
    l4 = need_page();
    show(l4, isolation_start, (size_t)(isolation_end - isolation_start));
    show(l4, gates, sizeof(gates));
    show(l4, cpu->tss, sizeof(*cpu->tss));
    show(l4, (void *)stub_of(cpu), 2 * PAGE_SIZE);
    restricted_l4[cpu->id] = l4;
    init_gates(cpu->id == 0);
    init_stacks(cpu);
    init_syscall(cpu);
    if (isolation_pcid)
        write_cr4(read_cr4() | CR4_PCIDE);
}

/* ---- what is cached by the guest's numbers ---- */

static void invpcid_page(uint64_t pcid, vaddr_t va)
{
    const struct {
        uint64_t pcid, va;
    } page = {pcid, va};

    __asm__ volatile("invpcid %0, %1" : : "m"(page), "r"(0UL) : "memory");
}

void isolation_invalidate(vaddr_t va)
{
    if (!has_invpcid) {
        tlb_flush_local(); /* at the next exit: by the clock */
        return;
    }
    invpcid_page(PCID_KERNEL, va);
    invpcid_page(PCID_USER, va);
}
