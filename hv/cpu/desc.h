/*
 * cpu/desc.h - descriptor tables of one CPU. Layer: cpu.
 * Source: Intel SDM 3A chapters 3.4.5, 6.14, 7.7.
 */
#ifndef CPU_DESC_H
#define CPU_DESC_H

#include "cpu/cpu.h"
#include "lib/types.h"

struct tss {
    uint32_t reserved0;
    uint64_t rsp0, rsp1, rsp2;
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t iomap_base;
    uint8_t iomap[8192 + 1];
} __packed;

/* The I/O map's own offset: what iomap_base is while it is in force. */
#define TSS_IOMAP_BASE ((uint16_t)offsetof(struct tss, iomap))

/*
 * The hypervisor's part of every GDT: the page for entries 7168-7679 (selectors
 * 0xe000 up). Its frame is mapped as page 14 of each vcpu's GDT window.
 */
struct gdt_page {
    uint64_t entry[512];
};

struct cpu_tables {
    struct gdt_page gdt __aligned(4096);
    struct tss tss __aligned(4096);
    uint64_t gdt_paddr;
};

struct table_pointer {
    uint16_t limit;
    uint64_t base;
} __packed;

/* Makes the CPU use a GDT whose entry 0 is at `base` (a vcpu's window, or
 * cpu_gdt_base() for idle). */
static inline void cpu_load_gdt(vaddr_t base)
{
    /* Up to our own page, the 15th: there is nothing behind it. */
    struct table_pointer gdtr = {0xefff, base};

    __asm__ volatile("lgdt %0" : : "m"(gdtr));
}
vaddr_t cpu_gdt_base(struct cpu *cpu);
/* LDT of `entries` at base; 0 entries: none. In the CPU's GDT page. */
void cpu_load_ldt(struct cpu *cpu, vaddr_t base, uint32_t entries);
/* The stack the next entry from a guest uses. */
void cpu_set_stack(struct cpu *cpu, void *top);

#endif
