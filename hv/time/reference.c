/*
 * time/reference.c - the machine's counters of known frequency. Layer: time.
 * Boot only. Source: IA-PC HPET 1.0a; ACPI 6.4, 4.8.3.3; Intel 8254.
 */
#include "time/time_internal.h"

#include "acpi/acpi.h"
#include "cpu/port.h"
#include "lib/log.h"
#include "mm/iomap.h"

#define HPET_BYTES         1024
#define HPET_PERIOD        0x004 /* femtoseconds */
#define HPET_CONFIG        0x010
#define HPET_COUNTER       0x0f0
#define HPET_ENABLE        (1U << 0)
#define HPET_PERIOD_MIN_FS 1000000U
#define HPET_PERIOD_MAX_FS 100000000U
#define FS_PER_SECOND      1000000000000000UL

#define PM_TIMER_HZ 3579545

#define PIT_HZ       1193182
#define PIT_CHANNEL2 0x42
#define PIT_COMMAND  0x43
#define PIT_LATCH2   0x80
#define PIT_MODE0_2  0xb0 /* channel 2, both bytes, count down once */
#define PIT_GATE     0x61
#define GATE_ON      0x01
#define GATE_SPEAKER 0x02

/* A counter that does not move within so many reads stands. */
#define READS_MAX 100000

static volatile uint32_t *hpet __initdata;
static uint32_t hpet_config __initdata;
static uint16_t pm_timer_port __initdata;
static uint8_t pit_gate __initdata;

static uint64_t __init hpet_read(void)
{
    return hpet[HPET_COUNTER / 4];
}

static void __init hpet_stop(void)
{
    hpet[HPET_CONFIG / 4] = hpet_config;
}

static bool __init hpet_start(struct reference *r)
{
    const struct acpi_hpet *found = &acpi_machine()->hpet;
    uint32_t period;

    if (!found->present || !(hpet = io_map(found->address, HPET_BYTES)))
        return false;
    period = hpet[HPET_PERIOD / 4];
    if (period < HPET_PERIOD_MIN_FS || period > HPET_PERIOD_MAX_FS)
        return false;
    hpet_config = hpet[HPET_CONFIG / 4];
    hpet[HPET_CONFIG / 4] = hpet_config | HPET_ENABLE;
    *r = (struct reference){
        .name = "HPET",
        .hz = FS_PER_SECOND / period,
        .mask = UINT32_MAX,
        .read = hpet_read,
        .stop = hpet_stop,
    };
    return true;
}

static uint64_t __init pm_timer_read(void)
{
    return in32(pm_timer_port);
}

static bool __init pm_timer_start(struct reference *r)
{
    const struct acpi_fadt *fadt = &acpi_machine()->fadt;

    if (!fadt->pm_timer.address || fadt->pm_timer.space != ACPI_SPACE_IO)
        return false;
    pm_timer_port = (uint16_t)fadt->pm_timer.address;
    *r = (struct reference){
        .name = "PM timer",
        .hz = PM_TIMER_HZ,
        .mask = 0xffffff, /* the others, if it has them, are not needed */
        .read = pm_timer_read,
    };
    return true;
}

static uint64_t __init pit_read(void)
{
    uint8_t low;

    out8(PIT_COMMAND, PIT_LATCH2);
    low = in8(PIT_CHANNEL2);
    return 0xffffU - (low | (uint32_t)in8(PIT_CHANNEL2) << 8);
}

static void __init pit_stop(void)
{
    out8(PIT_GATE, pit_gate);
}

static bool __init pit_start(struct reference *r)
{
    pit_gate = in8(PIT_GATE);
    out8(PIT_GATE, (uint8_t)((pit_gate & ~GATE_SPEAKER) | GATE_ON));
    out8(PIT_COMMAND, PIT_MODE0_2);
    out8(PIT_CHANNEL2, 0xff);
    out8(PIT_CHANNEL2, 0xff);
    *r = (struct reference){
        .name = "PIT",
        .hz = PIT_HZ,
        .mask = 0xffff,
        .read = pit_read,
        .stop = pit_stop,
    };
    return true;
}

static bool __init reference_counts(const struct reference *r)
{
    uint64_t first = r->read();

    for (unsigned n = 0; n < READS_MAX; n++)
        if ((r->read() ^ first) & r->mask)
            return true;
    printk(XENLOG_WARNING "the %s does not count\n", r->name);
    return false;
}

static bool (*const starts[])(struct reference *r) __initconst = {
    hpet_start,
    pm_timer_start,
    pit_start,
};

const struct reference *__init reference_find(void)
{
    static struct reference found __initdata;

    for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
        if (!starts[i](&found))
            continue;
        if (reference_counts(&found))
            return &found;
        if (found.stop)
            found.stop();
    }
    panic("no HPET, PM timer or PIT to measure time with");
}
