/*
 * time/calibrate.c - how fast counters count. Layer: time. Pure.
 */
#include "time/calibrate.h"

#define PPM         1000000UL
#define SAMPLES_MAX 16
/* A best window may differ from the median by 1/this. */
#define OUTLIER 100
/* Windows are shorter than 2^this ticks: products stay within 64 bits. */
#define TSC_BITS 34

struct window {
    uint64_t tsc; /* ticks within it */
    uint64_t reference;
    uint32_t lapic;
    uint64_t doubt; /* ticks of the TSC that it may be wrong by */
};

/* False if one of the counters stood still, or it took many seconds. */
static bool window_measure(const struct time_sample *a,
                           const struct time_sample *b, uint64_t mask,
                           struct window *w)
{
    w->tsc = b->tsc + b->slack / 2 - a->tsc - a->slack / 2;
    w->reference = (b->reference - a->reference) & mask;
    w->lapic = a->lapic - b->lapic;
    if (!w->reference || !w->tsc || w->tsc >> TSC_BITS)
        return false;
    /* Half of each slack, and the reference's last tick. */
    w->doubt = (a->slack + b->slack) / 2 + w->tsc / w->reference + 1;
    return true;
}

static uint64_t window_tsc_hz(const struct window *w, uint64_t reference_hz)
{
    return w->tsc * reference_hz / w->reference;
}

static uint64_t window_lapic_hz(const struct window *w, uint64_t reference_hz)
{
    return w->lapic * reference_hz / w->reference;
}

/* Is a/b of one less than that of the other? */
static bool is_less(uint64_t a, uint64_t b, uint64_t other_a, uint64_t other_b)
{
    return (unsigned __int128)a * other_b < (unsigned __int128)other_a * b;
}

static bool window_is_slower(const struct window *a, const struct window *b)
{
    return is_less(a->tsc, a->reference, b->tsc, b->reference);
}

static bool window_is_surer(const struct window *a, const struct window *b)
{
    return is_less(a->doubt, a->tsc, b->doubt, b->tsc);
}

/* The window between neighbours whose TSC rate is the median of all. */
static bool median_window(const struct time_sample *samples, unsigned count,
                          uint64_t mask, struct window *median)
{
    struct window sorted[SAMPLES_MAX];
    struct window w;
    unsigned n = 0;

    for (unsigned i = 1; i < count; i++) {
        unsigned at = n;

        if (!window_measure(&samples[i - 1], &samples[i], mask, &w))
            continue;
        for (; at && window_is_slower(&w, &sorted[at - 1]); at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = w;
        n++;
    }
    if (n)
        *median = sorted[n / 2];
    return n != 0;
}

/* Changes *best to the surest window if there is a surer one. */
static void surest_window(const struct time_sample *samples, unsigned count,
                          uint64_t mask, struct window *best)
{
    struct window w;

    for (unsigned i = 0; i < count; i++)
        for (unsigned j = i + 1; j < count; j++)
            if (window_measure(&samples[i], &samples[j], mask, &w) &&
                window_is_surer(&w, best))
                *best = w;
}

static bool rates_agree(uint64_t a, uint64_t b)
{
    return (a > b ? a - b : b - a) <= b / OUTLIER;
}

bool calibrate(const struct time_sample *samples, unsigned count,
               uint64_t reference_hz, uint64_t reference_mask,
               struct calibration *result)
{
    struct window median, best;

    if (count > SAMPLES_MAX ||
        !median_window(samples, count, reference_mask, &median))
        return false;
    best = median;
    surest_window(samples, count, reference_mask, &best);
    if (!rates_agree(window_tsc_hz(&best, reference_hz),
                     window_tsc_hz(&median, reference_hz)))
        best = median;
    result->tsc_hz = window_tsc_hz(&best, reference_hz);
    result->lapic_hz = window_lapic_hz(&best, reference_hz);
    result->error_ppm = (uint32_t)(best.doubt * PPM / best.tsc);
    return result->tsc_hz != 0;
}
