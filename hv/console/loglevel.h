/*
 * console/loglevel.h - which message is shown: levels, thresholds, the rate
 * limit. Layer: console. Pure; the caller locks.
 */
#ifndef CONSOLE_LOGLEVEL_H
#define CONSOLE_LOGLEVEL_H

#include "lib/types.h"

/* A message's severity is shown when it is below a threshold. */
enum log_severity {
    LOG_ERR,
    LOG_WARNING,
    LOG_INFO,
    LOG_DEBUG,
    LOG_ALL, /* only as a threshold */
};

struct log_level {
    uint8_t severity; /* enum log_severity */
    bool by_guest;    /* the message can be caused by a guest */
    bool given;       /* the format began with a level */
};

/* Below `always`: shown; from there to below `limited`: shown at a rate. */
struct log_threshold {
    uint8_t always;
    uint8_t limited;
};

#define RATE_LIMIT_WINDOW_NS 5000000000UL
#define RATE_LIMIT_MESSAGES  10

struct rate_limit {
    uint64_t window_start_ns;
    uint32_t admitted; /* messages in this window */
    uint32_t lost;     /* messages refused since the last report */
};

struct log_policy {
    struct log_threshold own;
    struct log_threshold guest;
    struct rate_limit limit;
};

enum log_verdict {
    LOG_DROP, /* a guest's message that is below notice or comes too fast */
    LOG_KEEP, /* for the ring only */
    LOG_SHOW, /* for the ring and the devices */
};

/* The level at the start of `*format`, which is moved behind it. */
struct log_level log_take_level(const char **format);

/*
 * Parses Xen's LEVEL[/LEVEL] with the levels none, error, warning, info, debug
 * and all. The second is the one up to which messages are rate-limited; without
 * it nothing is. Returns 0, or -EINVAL with *threshold unchanged.
 */
int log_parse_threshold(const char *text, struct log_threshold *threshold);

/*
 * Whether one more message passes at now_ns. When it does and others were
 * refused before it, *lost is their count, else 0.
 */
bool rate_limit_admit(struct rate_limit *limit, uint64_t now_ns,
                      uint32_t *lost);

/* What to do with a message of this level; *lost as above. */
enum log_verdict log_judge(struct log_policy *policy, struct log_level level,
                           uint64_t now_ns, uint32_t *lost);

#endif
