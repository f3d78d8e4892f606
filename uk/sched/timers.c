/* timers.c - see timers.h. */
#include "sched/timers.h"

void timer_cancel(struct timer *t)
{
    if (!t->link)
        return;
    *t->link = t->next;
    if (t->next)
        t->next->link = t->link;
    t->link = NULL;
}

void timer_set(struct timers *list, struct timer *t, uint64_t at_ns)
{
    struct timer **at = &list->first;

    timer_cancel(t);
    while (*at && (*at)->at_ns <= at_ns)
        at = &(*at)->next;
    t->at_ns = at_ns;
    t->next = *at;
    t->link = at;
    if (t->next)
        t->next->link = &t->next;
    *at = t;
}

void timers_run(struct timers *list, uint64_t now_ns)
{
    while (list->first && list->first->at_ns <= now_ns) {
        struct timer *t = list->first;

        timer_cancel(t);
        t->fire(t);
    }
}

uint64_t period_left(const struct period *p, uint64_t now_ns)
{
    uint64_t left = p->due_ns - now_ns;

    return (int64_t)left > 0 ? left : 0;
}

uint64_t period_count(struct period *p, uint64_t now_ns)
{
    uint64_t n;

    if (period_left(p, now_ns))
        return 0;
    if (!p->interval_ns)
        return 1;
    n = (now_ns - p->due_ns) / p->interval_ns + 1;
    p->due_ns += n * p->interval_ns;
    return n;
}

/* Were each told, one that is due all the time would leave none for others. */
uint64_t period_wait(const struct period *p, uint64_t now_ns)
{
    uint64_t left = period_left(p, now_ns), more = 0;

    if (p->interval_ns && p->interval_ns < PERIOD_LEAST_NS &&
        left < PERIOD_LEAST_NS)
        more = (PERIOD_LEAST_NS - left + p->interval_ns - 1) / p->interval_ns;
    return left + more * p->interval_ns;
}
