/*
 * cpu/cpu.c - sets one CPU up: GDT, IDT, TSS, stacks, MSRs. Layer: cpu.
 */
#include "cpu/cpu.h"
#include "cpu/desc.h"
#include "cpu/entry.h"
#include "lib/string.h"
#include "lib/layout.h"

struct cpu cpus[CPUS_MAX];
uint32_t cpus_present = 1;

static struct cpu_tables boot_cpu_tables;
static uint8_t boot_ist_stacks[IST_STACKS][STACK_SIZE] __aligned(16384)
    __section(".bss.stack");

struct idt_gate {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t ist;
    uint8_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};

static struct idt_gate idt[256] __aligned(4096);

extern char trap_stubs[], page_fault_entry[];
extern char stub_template[], stub_template_end[], stub_cstar[], stub_sysenter[];
extern char stub_syscall_jump[], stub_cstar_jump[], stub_sysenter_jump[];

#define GATE_INTERRUPT 0x8e
#define GATE_DPL3      0x60

vaddr_t cpu_gdt_base(struct cpu *cpu)
{
    return (vaddr_t)&cpu->tables->gdt - 0xe000;
}

void cpu_set_stack(struct cpu *cpu, void *top)
{
    *cpu->rsp0 = (uint64_t)top;
    cpu->stub_data[1] = (uint64_t)top;
}

static void set_system_descriptor(uint64_t *entry, uint64_t base,
                                  uint32_t limit, uint8_t type)
{
    entry[0] = (limit & 0xffff) | (base & 0xffffff) << 16 |
               (uint64_t)type << 40 | (uint64_t)(limit >> 16 & 15) << 48 |
               (base >> 24 & 0xff) << 56;
    entry[1] = base >> 32;
}

static uint64_t *gdt_entry(struct cpu *cpu, unsigned selector)
{
    return &cpu->tables->gdt.entry[(selector - 0xe000) >> 3];
}

void cpu_load_ldt(struct cpu *cpu, vaddr_t base, uint32_t entries)
{
    if (!entries) {
        __asm__ volatile("lldt %w0" : : "r"(0));
        return;
    }
    set_system_descriptor(gdt_entry(cpu, SEL_LDT), base, entries * 8 - 1, 0x82);
    __asm__ volatile("lldt %w0" : : "r"(SEL_LDT));
}

static void init_gdt(struct cpu *cpu)
{
    *gdt_entry(cpu, SEL_HV_CS) = 0x00af9b000000ffff;
    *gdt_entry(cpu, SEL_HV_DS) = 0x00cf93000000ffff;
    *gdt_entry(cpu, SEL_USER32_CS & ~7U) = 0x00cffb000000ffff;
    *gdt_entry(cpu, SEL_GUEST_SS & ~7U) = 0x00cff3000000ffff;
    *gdt_entry(cpu, SEL_GUEST_CS & ~7U) = 0x00affb000000ffff;
    /* The ABI's ring-1 selectors of 32-bit guests stay not present. */
    set_system_descriptor(gdt_entry(cpu, SEL_TSS), (uint64_t)cpu->tss,
                          sizeof(struct tss) - 1, 0x89);
    cpu_load_gdt(cpu_gdt_base(cpu));
    __asm__ volatile("pushq %0\n\t"
                     "lea 1f(%%rip), %%rax\n\t"
                     "push %%rax\n\t"
                     "lretq\n"
                     "1: mov %w1, %%ss\n\t"
                     "mov %w2, %%ds\n\t"
                     "mov %w2, %%es\n\t"
                     "mov %w2, %%fs\n\t"
                     "mov %w2, %%gs\n\t"
                     "ltr %w3"
                     :
                     : "i"(SEL_HV_CS), "r"(SEL_HV_DS), "r"(0), "r"(SEL_TSS)
                     : "rax", "memory");
}

static void set_gate(unsigned vector, const void *entry, uint8_t ist,
                     uint8_t dpl)
{
    uint64_t address = (uint64_t)entry;

    idt[vector] = (struct idt_gate){
        .offset_low = (uint16_t)address,
        .selector = SEL_HV_CS,
        .ist = ist,
        .type = (uint8_t)(GATE_INTERRUPT | dpl),
        .offset_middle = (uint16_t)(address >> 16),
        .offset_high = (uint32_t)(address >> 32),
    };
}

static void fill_idt(void)
{
    for (unsigned v = 0; v < 256; v++)
        set_gate(v, trap_stubs + v * 16, 0, 0);
    set_gate(TRAP_PF, page_fault_entry, 0, 0);
    set_gate(TRAP_BP, trap_stubs + TRAP_BP * 16, 0, GATE_DPL3);
    set_gate(TRAP_OF, trap_stubs + TRAP_OF * 16, 0, GATE_DPL3);
    set_gate(TRAP_DB, trap_stubs + TRAP_DB * 16, 1, 0);
    set_gate(TRAP_NMI, trap_stubs + TRAP_NMI * 16, 2, 0);
    set_gate(TRAP_DF, trap_stubs + TRAP_DF * 16, 3, 0);
    set_gate(TRAP_MC, trap_stubs + TRAP_MC * 16, 4, 0);
}

static void load_idt(void)
{
    struct table_pointer idtr = {sizeof(idt) - 1, (uint64_t)idt};

    __asm__ volatile("lidt %0" : : "m"(idtr));
}

static void init_tss(struct cpu *cpu, const struct cpu_memory *memory)
{
    memset(cpu->tss->iomap, 0xff, sizeof(cpu->tss->iomap));
    cpu->tss->iomap_base = TSS_IOMAP_NONE;
    for (unsigned i = 0; i < IST_STACKS; i++) {
        struct stack_top *top =
            (struct stack_top *)(void *)(memory->ist[i] + STACK_SIZE) - 1;

        *top = (struct stack_top){NULL, cpu, cpu->tss, STACK_CANARY};
        cpu->tss->ist[i] = (uint64_t)top;
    }
}

/* A relative jump in the copy still has to reach its target. */
static void fix_jump(char *copy, uint64_t copy_address, const char *jump)
{
    int32_t *rel = (int32_t *)(void *)(copy + (jump - stub_template) + 1);

    *rel += (int32_t)((uint64_t)stub_template - copy_address);
}

void __init cpu_init_stub(struct cpu *cpu, void *code, void *data)
{
    uint64_t address = STUBS_START + cpu->id * 8192UL;
    char *copy = code;

    memcpy(copy, stub_template, (size_t)(stub_template_end - stub_template));
    fix_jump(copy, address, stub_syscall_jump);
    fix_jump(copy, address, stub_cstar_jump);
    fix_jump(copy, address, stub_sysenter_jump);
    cpu->stub_data = data;
    cpu->stub_data[1] = (uint64_t)stack_top();
}

void __init cpu_init_syscall(struct cpu *cpu)
{
    uint64_t stub = STUBS_START + cpu->id * 8192UL;

    wrmsr(MSR_STAR, (uint64_t)SEL_USER32_CS << 48 | (uint64_t)SEL_HV_CS << 32);
    wrmsr(MSR_LSTAR, stub);
    wrmsr(MSR_CSTAR, stub + (uint64_t)(stub_cstar - stub_template));
    wrmsr(MSR_SFMASK, X86_EFLAGS_IF | X86_EFLAGS_DF | X86_EFLAGS_TF |
                          X86_EFLAGS_AC | X86_EFLAGS_NT | X86_EFLAGS_RF |
                          X86_EFLAGS_IOPL | X86_EFLAGS_VM);
    if (cpuid(0, 0).b == 0x756e6547) { /* "Genu": Intel has sysenter here */
        wrmsr(MSR_SYSENTER_CS, SEL_HV_CS);
        wrmsr(MSR_SYSENTER_ESP, 0);
        wrmsr(MSR_SYSENTER_EIP,
              stub + (uint64_t)(stub_sysenter - stub_template));
    }
}

/* Of the ABI: guests choose memory types by it. Xen's public headers. */
#define PAT_OF_ABI 0x0000050100070406UL

void __init cpu_init(struct cpu *cpu, const struct cpu_memory *memory)
{
    cpu->tables = memory->tables;
    cpu->tables->gdt_paddr = memory->gdt_paddr;
    cpu->tss = &cpu->tables->tss;
    cpu->rsp0 = (void *)((char *)cpu->tss + offsetof(struct tss, rsp0));
    init_tss(cpu, memory);
    init_gdt(cpu);
    load_idt();
    wrmsr(MSR_PAT, PAT_OF_ABI);
}

void __init cpu_init_boot(struct cpu *cpu)
{
    struct cpu_memory memory = {
        .tables = &boot_cpu_tables,
        .gdt_paddr = (uint64_t)&boot_cpu_tables.gdt - IMAGE_START,
    };

    for (unsigned i = 0; i < IST_STACKS; i++)
        memory.ist[i] = boot_ist_stacks[i];
    cpu->started = cpu->online = true;
    fill_idt();
    cpu_init(cpu, &memory);
}
