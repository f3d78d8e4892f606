/*
 * evtchn/fifo_queue.c - appending to a queue of ready events. Layer: evtchn.
 * Pure.
 */
#include "evtchn/fifo_queue.h"
#include "evtchn/fifo_word.h"

/* Writes the queue's head and says so in the ready word. */
static enum fifo_result fifo_start_queue(struct fifo_place to, uint32_t port)
{
    struct evtchn_fifo_control_block *control = to.queues->control;
    uint32_t ready = 1U << to.priority;

    __atomic_store_n(&control->head[to.priority], port, __ATOMIC_RELEASE);
    FIFO_STEP();
    return word_set(&control->ready, ready) & ready ? FIFO_QUIET : FIFO_NOTIFY;
}

enum fifo_result fifo_enqueue(const struct fifo_array *array, uint32_t port,
                              struct fifo_place from, struct fifo_place to)
{
    uint32_t *word = fifo_word(array, port);
    enum link_result link = LINK_NO_TAIL;
    uint32_t tail;

    if (word_set(word, WORD_LINKED) & WORD_LINKED)
        return FIFO_ALREADY; /* another CPU was first */
    FIFO_STEP();
    /* Consumed since: an event behind it would be linked to nothing, or, in
     * the same queue, it to itself. */
    if (from.queues->tail[from.priority] == port)
        from.queues->tail[from.priority] = 0;

    tail = to.queues->tail[to.priority];
    if (tail)
        link = word_link(fifo_word(array, tail), port);
    to.queues->tail[to.priority] = port;
    if (link == LINK_NO_TAIL)
        return fifo_start_queue(to, port);
    return link == LINK_DONE ? FIFO_QUIET : FIFO_LOST;
}
