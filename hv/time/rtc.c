/*
 * time/rtc.c - what the registers of an RTC mean. Layer: time. Pure.
 */
#include "time/rtc.h"

#define STATUS_B_24_HOURS 0x02
#define STATUS_B_BINARY   0x04
#define HOUR_PM           0x80
#define HOUR_NUMBER       0x7f

#define SECONDS_PER_DAY 86400UL

/* A value in the clock's notation; at least 100 if it is none. */
static uint32_t rtc_number(const struct rtc_registers *r, uint8_t value)
{
    if (r->status_b & STATUS_B_BINARY)
        return value;
    if ((value & 0xf) > 9 || value >> 4 > 9)
        return 100;
    return (value >> 4) * 10U + (value & 0xf);
}

/* At least 24 if it is none. */
static uint32_t rtc_hour(const struct rtc_registers *r)
{
    uint32_t hour;

    if (r->status_b & STATUS_B_24_HOURS)
        return rtc_number(r, r->hour);
    hour = rtc_number(r, r->hour & HOUR_NUMBER);
    if (!hour || hour > 12)
        return 24;
    return hour % 12 + (r->hour & HOUR_PM ? 12 : 0);
}

/* 0 if it is none. */
static uint32_t rtc_year(const struct rtc_registers *r)
{
    uint32_t year = rtc_number(r, r->year);
    uint32_t century = rtc_number(r, r->century);

    if (year > 99)
        return 0;
    /* Some firmware names a register that holds something else. */
    if (century >= 19 && century <= 21)
        return century * 100 + year;
    return year < 70 ? 2000 + year : 1900 + year;
}

static bool is_leap(uint32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static uint32_t days_in_month(uint32_t year, uint32_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30,
                                   31, 31, 30, 31, 30, 31};

    return month == 2 && is_leap(year) ? 29U : days[month - 1];
}

/* Leap days in the years before. */
static uint32_t leap_days_before(uint32_t year)
{
    year--;
    return year / 4 - year / 100 + year / 400;
}

uint64_t date_to_seconds(uint32_t year, uint32_t month, uint32_t day)
{
    uint64_t days = (year - 1970UL) * 365 + leap_days_before(year) -
                    leap_days_before(1970) + day - 1;

    while (--month)
        days += days_in_month(year, month);
    return days * SECONDS_PER_DAY;
}

bool rtc_decode(const struct rtc_registers *r, uint64_t *seconds)
{
    uint32_t second = rtc_number(r, r->second);
    uint32_t minute = rtc_number(r, r->minute);
    uint32_t hour = rtc_hour(r);
    uint32_t day = rtc_number(r, r->day);
    uint32_t month = rtc_number(r, r->month);
    uint32_t year = rtc_year(r);

    if (second > 59 || minute > 59 || hour > 23 || !month || month > 12 ||
        year < 1970 || !day || day > days_in_month(year, month))
        return false;
    *seconds = date_to_seconds(year, month, day) + hour * 3600UL +
               minute * 60UL + second;
    return true;
}
