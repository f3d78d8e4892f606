/*
 * time/cmos.c - reads the battery-backed clock. Layer: time. Boot only: later
 * dom0 has these ports.
 */
#include "time/time_internal.h"

#include "acpi/acpi.h"
#include "cpu/port.h"
#include "time/rtc.h"

#define CMOS_INDEX 0x70
#define CMOS_DATA  0x71

#define REG_SECOND     0x00
#define REG_MINUTE     0x02
#define REG_HOUR       0x04
#define REG_DAY        0x07
#define REG_MONTH      0x08
#define REG_YEAR       0x09
#define REG_STATUS_A   0x0a
#define REG_STATUS_B   0x0b
#define UPDATE_RUNNING 0x80

/* An update lasts 2 ms at most. */
#define UPDATE_NS 5000000UL
#define ATTEMPTS  4

static uint8_t __init cmos_read(uint8_t reg)
{
    out8(CMOS_INDEX, reg);
    return in8(CMOS_DATA);
}

/* Once the bit is clear, no update starts for 244 microseconds. */
static void __init cmos_wait_for_update(void)
{
    uint64_t end = time_now_ns() + UPDATE_NS;

    while ((cmos_read(REG_STATUS_A) & UPDATE_RUNNING) && time_now_ns() < end)
        continue;
}

static void __init cmos_read_date(struct rtc_registers *r)
{
    uint8_t century = acpi_machine()->fadt.century_register;

    cmos_wait_for_update();
    r->second = cmos_read(REG_SECOND);
    r->minute = cmos_read(REG_MINUTE);
    r->hour = cmos_read(REG_HOUR);
    r->day = cmos_read(REG_DAY);
    r->month = cmos_read(REG_MONTH);
    r->year = cmos_read(REG_YEAR);
    r->century = century && century < 0x80 ? cmos_read(century) : 0;
    r->status_b = cmos_read(REG_STATUS_B);
}

bool __init cmos_read_seconds(uint64_t *seconds)
{
    struct rtc_registers r;

    if (acpi_machine()->fadt.boot_flags & ACPI_BOOT_NO_RTC)
        return false;
    for (unsigned n = 0; n < ATTEMPTS; n++) {
        cmos_read_date(&r);
        /* Something (SMM) may have held us up beyond an update. */
        if (!(cmos_read(REG_STATUS_A) & UPDATE_RUNNING) &&
            cmos_read(REG_SECOND) == r.second)
            return rtc_decode(&r, seconds);
    }
    return false;
}
