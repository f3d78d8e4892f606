/* pending.c - see pending.h. */
#include "sched/pending.h"

void pending_init(struct pending *p)
{
    *p = (struct pending){.last = &p->first};
}

bool pending_add(struct pending *p, int signal, struct pending_signal *new)
{
    if (p->set & signal_bit(signal) && signal < FIRST_REAL_TIME)
        return false;
    p->set |= signal_bit(signal);
    if (new) {
        new->next = NULL;
        *p->last = new;
        p->last = &new->next;
    }
    return true;
}

static struct pending_signal **find(struct pending_signal **at, int signal)
{
    while (*at && (*at)->info.si_signo != signal)
        at = &(*at)->next;
    return at;
}

static struct pending_signal *unlink_at(struct pending *p,
                                        struct pending_signal **at)
{
    struct pending_signal *taken = *at;

    *at = taken->next;
    if (!*at)
        p->last = at;
    return taken;
}

int pending_take(struct pending *p, uint64_t allowed,
                 struct pending_signal **taken)
{
    uint64_t set = p->set & allowed;
    struct pending_signal **at;
    int signal;

    *taken = NULL;
    if (!set)
        return 0;
    signal = __builtin_ctzl(set) + 1;
    at = find(&p->first, signal);
    if (*at)
        *taken = unlink_at(p, at);
    if (!*find(at, signal))
        p->set &= ~signal_bit(signal);
    return signal;
}

struct pending_signal *pending_take_timer(struct pending *p, int id)
{
    struct pending_signal **at = &p->first, *taken;

    while (*at &&
           ((*at)->info.si_code != SI_TIMER || (*at)->info.si_timerid != id))
        at = &(*at)->next;
    if (!*at)
        return NULL;
    taken = unlink_at(p, at);
    if (!*find(&p->first, taken->info.si_signo))
        p->set &= ~signal_bit(taken->info.si_signo);
    return taken;
}
