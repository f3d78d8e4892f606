/*
 * evtchn/fifo_word.h - the event word of a port in the FIFO form, and the
 * handshake that appends an event behind another one. Layer: evtchn. Pure.
 * Source: Xen's public event_channel.h; docs/abi.md
 *
 * The guest may write any word at any moment, so each step is one atomic
 * operation that is right whatever the word holds, and the tries are bounded.
 */
#ifndef EVTCHN_FIFO_WORD_H
#define EVTCHN_FIFO_WORD_H

#include "abi/xen.h"
#include "lib/types.h"

#define WORD_PENDING (1U << EVTCHN_FIFO_PENDING)
#define WORD_MASKED  (1U << EVTCHN_FIFO_MASKED)
#define WORD_LINKED  (1U << EVTCHN_FIFO_LINKED)
#define WORD_BUSY    (1U << EVTCHN_FIFO_BUSY)
#define WORD_LINK    ((1U << EVTCHN_FIFO_LINK_BITS) - 1)

#define WORD_LINK_TRIES 4

/* A test compiles this file with a guest that acts at each of these points. */
#ifndef FIFO_STEP
#define FIFO_STEP() ((void)0)
#endif

/* An event whose word was `word` when it was raised must now be queued. */
static inline bool word_wants_queue(uint32_t word)
{
    return !(word & (WORD_MASKED | WORD_LINKED));
}

/* The word of a queue's tail once `port` follows it; BUSY ends with that. */
static inline uint32_t word_with_link(uint32_t word, uint32_t port)
{
    return (word & ~(WORD_BUSY | WORD_LINK)) | (port & WORD_LINK);
}

static inline uint32_t word_read(const uint32_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static inline uint32_t word_set(uint32_t *word, uint32_t bits)
{
    return __atomic_fetch_or(word, bits, __ATOMIC_SEQ_CST);
}

static inline uint32_t word_clear(uint32_t *word, uint32_t bits)
{
    return __atomic_fetch_and(word, ~bits, __ATOMIC_SEQ_CST);
}

/* What came of one try to link behind a tail. */
enum link_result {
    LINK_DONE,    /* the tail's word leads to the port now */
    LINK_NO_TAIL, /* the guest has taken the tail: the queue is empty */
    LINK_RETRY,   /* the word changed in between */
};

static inline enum link_result word_try_link(uint32_t *tail, uint32_t port)
{
    uint32_t old = word_read(tail);

    FIFO_STEP();
    if (!(old & WORD_LINKED))
        return LINK_NO_TAIL;
    return __atomic_compare_exchange_n(tail, &old, word_with_link(old, port),
                                       false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_RELAXED)
               ? LINK_DONE
               : LINK_RETRY;
}

/*
 * Links `port` behind the event of the word *tail. LINK_RETRY: the guest kept
 * changing the word, which an honest one does not do while BUSY is set.
 */
static inline enum link_result word_link(uint32_t *tail, uint32_t port)
{
    enum link_result result = word_try_link(tail, port);

    if (result != LINK_RETRY)
        return result;
    word_set(tail, WORD_BUSY);
    for (unsigned i = 0; i < WORD_LINK_TRIES; i++) {
        FIFO_STEP();
        result = word_try_link(tail, port);
        if (result != LINK_RETRY)
            break;
    }
    if (result != LINK_DONE)
        word_clear(tail, WORD_BUSY);
    return result;
}

#endif
