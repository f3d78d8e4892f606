/*
 * irq/lapic.c - the local APIC, by MMIO or (x2APIC) by MSRs. Layer: irq.
 * Each CPU touches its own only. Source: Intel SDM volume 3, chapter 11.
 */
#include "irq/irq_internal.h"

#include "lib/log.h"
#include "lib/option.h"
#include "mm/iomap.h"

#define REG_ID            0x020
#define REG_VERSION       0x030
#define REG_TPR           0x080
#define REG_EOI           0x0b0
#define REG_SPURIOUS      0x0f0
#define REG_ISR           0x100
#define REG_ERROR         0x280
#define REG_LVT_CMCI      0x2f0
#define REG_ICR           0x300
#define REG_ICR_HIGH      0x310
#define REG_LVT_TIMER     0x320
#define REG_LVT_THERMAL   0x330
#define REG_LVT_PERF      0x340
#define REG_LVT_LINT0     0x350
#define REG_LVT_LINT1     0x360
#define REG_LVT_ERROR     0x370
#define REG_TIMER_INITIAL 0x380
#define REG_TIMER_CURRENT 0x390
#define REG_TIMER_DIVIDE  0x3e0

#define SPURIOUS_ENABLE    (1U << 8)
#define LVT_MASKED         (1U << 16)
#define LVT_NMI            (4U << 8)
#define LVT_TIMER_DEADLINE (2U << 17)
#define TIMER_DIVIDE_BY_1  0x0b
#define ICR_NMI            (4U << 8)
#define ICR_INIT           (5U << 8)
#define ICR_STARTUP        (6U << 8)
#define ICR_BUSY           (1U << 12)
#define ICR_ASSERT         (1U << 14)
#define ICR_SELF           (1U << 18)

#define MSR_X2APIC       0x800 /* + register / 16 */
#define MSR_TSC_DEADLINE 0x6e0

#define APIC_BASE_X2     (1UL << 10)
#define APIC_BASE_ENABLE (1UL << 11)
#define APIC_BASE_ADDR   0x000ffffffffff000UL

#define CPUID_1C_X2APIC   (1U << 21)
#define CPUID_1C_DEADLINE (1U << 24)
#define CPUID_1D_APIC     (1U << 9)

/* All of the range in which writes are interrupt messages. */
#define MESSAGE_FRAMES_FIRST 0xfee00UL
#define MESSAGE_FRAMES_LAST  0xfeeffUL

static bool opt_x2apic;
OPTION_DEFINE_BOOL("x2apic", opt_x2apic);
static bool opt_tdt = true;
OPTION_DEFINE_BOOL("tdt", opt_tdt);

static bool x2apic;   /* registers are MSRs */
static bool deadline; /* the timer compares with the TSC */
static volatile uint32_t *registers;
static paddr_t registers_paddr;

static uint32_t lapic_read(uint32_t reg)
{
    if (x2apic)
        return (uint32_t)rdmsr(MSR_X2APIC + reg / 16);
    return registers[reg / 4];
}

static void lapic_write(uint32_t reg, uint32_t value)
{
    if (x2apic)
        wrmsr(MSR_X2APIC + reg / 16, value);
    else
        registers[reg / 4] = value;
}

void lapic_eoi(void)
{
    lapic_write(REG_EOI, 0);
}

uint32_t lapic_id(void)
{
    uint32_t id = lapic_read(REG_ID);

    return x2apic ? id : id >> 24;
}

bool lapic_in_service(uint8_t vector)
{
    return lapic_read(REG_ISR + vector / 32 * 16U) & 1U << vector % 32;
}

bool lapic_owns_frame(uint64_t mfn)
{
    return (mfn >= MESSAGE_FRAMES_FIRST && mfn <= MESSAGE_FRAMES_LAST) ||
           mfn == registers_paddr >> PAGE_SHIFT;
}

static void send(uint32_t id, uint32_t command)
{
    if (x2apic) {
        /* This write orders nothing: what was stored before must be seen. */
        __asm__ volatile("mfence" ::: "memory");
        wrmsr(MSR_X2APIC + REG_ICR / 16, (uint64_t)id << 32 | command);
        return;
    }
    while (lapic_read(REG_ICR) & ICR_BUSY)
        __asm__ volatile("pause");
    lapic_write(REG_ICR_HIGH, id << 24);
    lapic_write(REG_ICR, command);
}

void lapic_send_ipi(uint32_t id, uint8_t vector)
{
    send(id, ICR_ASSERT | vector);
}

/* One half of the command is enough: a send() that was interrupted between its
 * two goes on as if nothing had been. */
void lapic_send_self(uint8_t vector)
{
    if (x2apic)
        wrmsr(MSR_X2APIC + REG_ICR / 16, ICR_SELF | ICR_ASSERT | vector);
    else
        lapic_write(REG_ICR, ICR_SELF | ICR_ASSERT | vector);
}

void lapic_send_nmi(uint32_t id)
{
    send(id, ICR_ASSERT | ICR_NMI);
}

void __init lapic_send_init(uint32_t id)
{
    send(id, ICR_ASSERT | ICR_INIT);
}

void __init lapic_send_startup(uint32_t id, uint8_t page)
{
    send(id, ICR_ASSERT | ICR_STARTUP | page);
}

void lapic_timer_set(uint32_t ticks)
{
    lapic_write(REG_TIMER_INITIAL, ticks);
}

uint32_t lapic_timer_read(void)
{
    return lapic_read(REG_TIMER_CURRENT);
}

bool lapic_timer_has_deadline(void)
{
    return deadline;
}

void lapic_timer_set_deadline(uint64_t tsc)
{
    wrmsr(MSR_TSC_DEADLINE, tsc);
}

static void lapic_error(void)
{
    lapic_write(REG_ERROR, 0);
    printk(XENLOG_G_ERR "CPU%u: local APIC error %#x\n", this_cpu()->id,
           lapic_read(REG_ERROR));
}

void __init lapic_init(void)
{
    struct cpuid_regs features = cpuid(1, 0);
    uint64_t base;

    if (!(features.d & CPUID_1D_APIC))
        panic("this CPU has no local APIC");
    base = rdmsr(MSR_APIC_BASE);
    x2apic =
        (base & APIC_BASE_X2) || (opt_x2apic && (features.c & CPUID_1C_X2APIC));
    deadline = opt_tdt && (features.c & CPUID_1C_DEADLINE);
    registers_paddr = base & APIC_BASE_ADDR;
    if (!x2apic && !(registers = io_map(registers_paddr, PAGE_SIZE)))
        panic("no room to map the local APIC");
    vector_register(VECTOR_ERROR, lapic_error);
    printk(XENLOG_INFO "Local APIC: %s at %#lx, %s timer\n",
           x2apic ? "x2APIC" : "xAPIC", registers_paddr,
           deadline ? "TSC deadline" : "one-shot");
}

/* The mode bits of MSR_APIC_BASE may be set one after the other only. */
static void lapic_enable(void)
{
    uint64_t base = rdmsr(MSR_APIC_BASE);

    if (!(base & APIC_BASE_ENABLE))
        wrmsr(MSR_APIC_BASE, base |= APIC_BASE_ENABLE);
    if (x2apic && !(base & APIC_BASE_X2))
        wrmsr(MSR_APIC_BASE, base | APIC_BASE_X2);
}

static void lapic_mask_lvts(void)
{
    uint32_t last = lapic_read(REG_VERSION) >> 16 & 0xff;

    lapic_write(REG_LVT_TIMER, LVT_MASKED);
    lapic_write(REG_LVT_LINT0, LVT_MASKED);
    lapic_write(REG_LVT_LINT1, LVT_MASKED);
    lapic_write(REG_LVT_ERROR, LVT_MASKED);
    if (last >= 4)
        lapic_write(REG_LVT_PERF, LVT_MASKED);
    if (last >= 5)
        lapic_write(REG_LVT_THERMAL, LVT_MASKED);
    if (last >= 6)
        lapic_write(REG_LVT_CMCI, LVT_MASKED);
}

/* Ends what the firmware, or a boot loader, left unacknowledged. */
static void lapic_drain(void)
{
    for (unsigned n = 0; n < 256; n++) {
        uint32_t in_service = 0;

        for (uint32_t word = 0; word < 8; word++)
            in_service |= lapic_read(REG_ISR + word * 16);
        if (!in_service)
            return;
        lapic_eoi();
    }
}

static void lapic_setup_timer(void)
{
    if (deadline) {
        lapic_write(REG_LVT_TIMER, VECTOR_TIMER | LVT_TIMER_DEADLINE);
        /* Orders the MMIO write before the MSR's: SDM 11.5.4.1. */
        __asm__ volatile("mfence" ::: "memory");
        return;
    }
    lapic_write(REG_LVT_TIMER, VECTOR_TIMER);
    lapic_write(REG_TIMER_DIVIDE, TIMER_DIVIDE_BY_1);
    lapic_write(REG_TIMER_INITIAL, 0);
}

void __init lapic_init_cpu(struct cpu *cpu)
{
    lapic_enable();
    lapic_write(REG_TPR, 0);
    lapic_write(REG_SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
    lapic_mask_lvts();
    lapic_drain();
    lapic_write(REG_ERROR, 0);
    lapic_write(REG_LVT_ERROR, VECTOR_ERROR);
    /* The machine's NMI button and watchdog go to the boot CPU. */
    if (!cpu->id)
        lapic_write(REG_LVT_LINT1, LVT_NMI);
    lapic_setup_timer();
    cpu->lapic_id = lapic_id();
}
