/*
 * time/calibrate.h - frequencies from counters read together. Layer: time.
 * Pure.
 */
#ifndef TIME_CALIBRATE_H
#define TIME_CALIBRATE_H

#include <stdbool.h>
#include <stdint.h>

/* One reading. The TSC was somewhere in tsc .. tsc + slack meanwhile. */
struct time_sample {
    uint64_t tsc;
    uint64_t slack;
    uint64_t reference;
    uint32_t lapic; /* counts down */
};

struct calibration {
    uint64_t tsc_hz;
    uint64_t lapic_hz;  /* 0 if it did not count */
    uint32_t error_ppm; /* the TSC's, at most */
};

/*
 * Takes the two samples that tell most: far apart, and read quickly. A result
 * far from the median of the windows between neighbours (the reference wrapped
 * around meanwhile) is replaced by that. count: 2 to 16; reference_hz below
 * 2^30. False: the counters do not count.
 */
bool calibrate(const struct time_sample *samples, unsigned count,
               uint64_t reference_hz, uint64_t reference_mask,
               struct calibration *result);

#endif
