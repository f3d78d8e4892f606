/*
 * evtchn/fifo_queue.h - the queues of ready events in the FIFO form.
 * Layer: evtchn. Pure: works on the words and control blocks it is given.
 *
 * Only tails are kept on our side. A link that the guest could have written is
 * never followed, so the worst a guest does is to lose its own events.
 * The caller holds the lock of the domain's queues.
 */
#ifndef EVTCHN_FIFO_QUEUE_H
#define EVTCHN_FIFO_QUEUE_H

#include "abi/xen.h"
#include "lib/types.h"

#define FIFO_WORDS_PER_PAGE (PAGE_SIZE / sizeof(uint32_t))
#define FIFO_PAGES          (EVTCHN_FIFO_NR_CHANNELS / FIFO_WORDS_PER_PAGE)

/* The event array: pages are added at the end and stay. */
struct fifo_array {
    uint32_t *page[FIFO_PAGES];
    uint32_t pages;
};

/* One vcpu's control block and the tails of its queues (0: empty). */
struct fifo_queues {
    struct evtchn_fifo_control_block *control; /* NULL: not registered */
    uint32_t tail[EVTCHN_FIFO_MAX_QUEUES];
};

/* A queue: a vcpu's of one priority. */
struct fifo_place {
    struct fifo_queues *queues;
    uint32_t priority;
};

/* The word of a port, or NULL while its page is missing. */
static inline uint32_t *fifo_word(const struct fifo_array *array, uint32_t port)
{
    uint32_t page = port / FIFO_WORDS_PER_PAGE;

    if (page >= FIFO_PAGES)
        return NULL;

    uint32_t *words =
        __atomic_load_n(&array->page[page % FIFO_PAGES], __ATOMIC_ACQUIRE);

    return words ? &words[port % FIFO_WORDS_PER_PAGE] : NULL;
}

enum fifo_result {
    FIFO_ALREADY, /* it is in a queue */
    FIFO_QUIET,   /* queued behind others: the vcpu knows of the queue */
    FIFO_NOTIFY,  /* the queue was empty: the vcpu gets an upcall */
    FIFO_LOST,    /* the guest kept changing the tail's word: it loses this */
};

/*
 * Appends `port`, whose word exists, to the queue `to`, which has a control
 * block. `from` is the queue it was last put on.
 */
enum fifo_result fifo_enqueue(const struct fifo_array *array, uint32_t port,
                              struct fifo_place from, struct fifo_place to);

#endif
