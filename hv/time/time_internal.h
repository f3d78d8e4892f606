/*
 * time/time_internal.h - between the files of time/. Layer: time.
 */
#ifndef TIME_TIME_INTERNAL_H
#define TIME_TIME_INTERNAL_H

#include "time/time.h"

#define NS_PER_SECOND 1000000000UL

/* Timers need to know how fast their hardware counts. */
void timers_init(uint64_t tsc_hz, uint64_t lapic_hz);

/* A counter of known frequency that time can be measured with. */
struct reference {
    const char *name;
    uint64_t hz;
    uint64_t mask; /* of the bits it has */
    uint64_t (*read)(void);
    void (*stop)(void); /* puts it back as it was found, or NULL */
};

/* The best one that counts: HPET, PM timer, PIT. Panics if none does. */
const struct reference *reference_find(void);

/* The RTC in seconds since 1970; false when it holds no date. */
bool cmos_read_seconds(uint64_t *seconds);

#endif
