/*
 * console/loglevel.c - which message is shown. Layer: console. Pure.
 */
#include "console/loglevel.h"

#include "abi/errno.h"
#include "lib/string.h"

struct log_level log_take_level(const char **format)
{
    const char *f = *format;
    unsigned int digit;

    if (f[0] != '\001' || f[1] < '0' || f[1] > '7')
        return (struct log_level){.severity = LOG_WARNING};
    digit = (unsigned int)(f[1] - '0');
    *format = f + 2;
    return (struct log_level){
        .severity = (uint8_t)(digit & 3),
        .by_guest = digit >= 4,
        .given = true,
    };
}

/* Moves *text behind the level; the length is returned as the threshold. */
static int parse_level(const char **text, uint8_t *level)
{
    static const struct {
        char name[8];
        uint8_t level;
    } names[] = {
        {"none", LOG_ERR},   {"error", LOG_WARNING}, {"warning", LOG_INFO},
        {"info", LOG_DEBUG}, {"debug", LOG_ALL},     {"all", LOG_ALL},
    };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        size_t n = strlen(names[i].name);

        if (strncmp(*text, names[i].name, n) == 0) {
            *text += n;
            *level = names[i].level;
            return 0;
        }
    }
    return -EINVAL;
}

int log_parse_threshold(const char *text, struct log_threshold *threshold)
{
    struct log_threshold t;

    if (parse_level(&text, &t.always) < 0)
        return -EINVAL;
    t.limited = t.always;
    if (*text == '/') {
        text++;
        if (parse_level(&text, &t.limited) < 0)
            return -EINVAL;
        t.limited = MAX(t.limited, t.always);
    }
    if (*text)
        return -EINVAL;
    *threshold = t;
    return 0;
}

bool rate_limit_admit(struct rate_limit *limit, uint64_t now_ns, uint32_t *lost)
{
    *lost = 0;
    if (limit->admitted == 0 ||
        now_ns - limit->window_start_ns >= RATE_LIMIT_WINDOW_NS) {
        limit->window_start_ns = now_ns;
        limit->admitted = 0;
    }
    if (limit->admitted == RATE_LIMIT_MESSAGES) {
        limit->lost++;
        return false;
    }
    limit->admitted++;
    *lost = limit->lost;
    limit->lost = 0;
    return true;
}

enum log_verdict log_judge(struct log_policy *policy, struct log_level level,
                           uint64_t now_ns, uint32_t *lost)
{
    const struct log_threshold *t =
        level.by_guest ? &policy->guest : &policy->own;

    *lost = 0;
    if (level.severity < t->always)
        return LOG_SHOW;
    if (level.severity >= t->limited)
        return level.by_guest ? LOG_DROP : LOG_KEEP;
    return rate_limit_admit(&policy->limit, now_ns, lost) ? LOG_SHOW : LOG_DROP;
}
