/*
 * evtchn/visit.c - shows the frames of the FIFO form, for the audit.
 * Layer: evtchn.
 */
#include "evtchn/evtchn_internal.h"

void evtchn_visit_frames(const struct domain *d, void (*fn)(void *arg, mfn_t m),
                         void *arg)
{
    const struct evtchn_state *s = d->evtchn;

    if (!s)
        return;
    for (uint32_t i = 0; i < VCPUS_MAX; i++)
        if (s->queues[i].control)
            fn(arg, s->control_frame[i]);
    for (uint32_t i = 0; i < s->array.pages; i++)
        fn(arg, s->array_frame[i]);
}
