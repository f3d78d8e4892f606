/*
 * time/rtc.h - the battery-backed clock's registers as a date. Layer: time.
 * Pure. Source: Motorola MC146818A; ACPI 6.4, 5.2.9 (century).
 */
#ifndef TIME_RTC_H
#define TIME_RTC_H

#include <stdbool.h>
#include <stdint.h>

/* As read. century: 0 if there is no such register. */
struct rtc_registers {
    uint8_t second, minute, hour, day, month, year, century;
    uint8_t status_b;
};

/* Seconds since 1970; false if the registers hold no date since then. */
bool rtc_decode(const struct rtc_registers *r, uint64_t *seconds);

/* Seconds since 1970 of a date in the Gregorian calendar, from 1970 on. */
uint64_t date_to_seconds(uint32_t year, uint32_t month, uint32_t day);

#endif
