/* limits.c - see limits.h. */
#include <errno.h>

#include "mm/limits.h"

/* Without a line here it is infinite, which is why they are kept inverted. */
static struct {
    uint64_t now, maximum, most;
} inverted[RLIM_NLIMITS] = {
    [RLIMIT_CORE] = {.now = ~0UL},
};

uint64_t limit_of(unsigned which)
{
    return ~inverted[which].now;
}

struct rlimit limit_get(unsigned which)
{
    return (struct rlimit){.rlim_cur = limit_of(which),
                           .rlim_max = ~inverted[which].maximum};
}

long limit_set(unsigned which, const struct rlimit *new, bool privileged)
{
    if (which >= RLIM_NLIMITS || new->rlim_cur > new->rlim_max)
        return -EINVAL;
    if (new->rlim_max > ~inverted[which].maximum &&
        (!privileged || new->rlim_max > ~inverted[which].most))
        return -EPERM;
    inverted[which].now = ~new->rlim_cur;
    inverted[which].maximum = ~new->rlim_max;
    return 0;
}

void limit_is_fixed(unsigned which, uint64_t now, uint64_t most)
{
    inverted[which].now = ~now;
    inverted[which].maximum = inverted[which].most = ~most;
}
