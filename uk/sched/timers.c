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
