/*
 * The FIFO form against an honest guest, which must get each event it let in
 * exactly as the ABI says, and against one that rewrites its memory between any
 * two steps, which must gain nothing. The code under test is compiled here,
 * with that guest at each of its FIFO_STEP() points.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void guest_step(void);
#define FIFO_STEP() guest_step()
#include "evtchn/fifo_queue.c"
#include "evtchn/port.h"

#define PORTS 1500 /* two pages of words, the second not full */
#define VCPUS 4

/* Guest memory, with guards around that nobody may write. */
#define GUARD 0x5a5a5a5aU
static struct {
    uint32_t before[16];
    uint32_t words[2 * FIFO_WORDS_PER_PAGE];
    uint32_t between[16];
    struct evtchn_fifo_control_block control[VCPUS];
    uint32_t after[16];
} guest;

static struct fifo_array array;
static struct fifo_queues queues[VCPUS];
static struct port ports[PORTS];
static bool upcall[VCPUS];
static void (*step)(void);
static uint64_t steps;

static void guest_step(void)
{
    steps++;
    if (step)
        step();
}

static uint32_t seed = 1;
static uint32_t rnd(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

static int setup(void **state)
{
    (void)state;
    memset(&guest, 0, sizeof(guest));
    memset(guest.before, 0x5a, sizeof(guest.before));
    memset(guest.between, 0x5a, sizeof(guest.between));
    memset(guest.after, 0x5a, sizeof(guest.after));
    memset(queues, 0, sizeof(queues));
    memset(ports, 0, sizeof(ports));
    memset(upcall, 0, sizeof(upcall));
    array = (struct fifo_array){
        .page = {guest.words, guest.words + FIFO_WORDS_PER_PAGE}, .pages = 2};
    for (unsigned i = 0; i < VCPUS; i++)
        queues[i].control = &guest.control[i];
    step = NULL;
    return 0;
}

/* What the shell does: evtchn/deliver.c. */
static enum fifo_result enqueue(uint32_t n)
{
    struct port *p = &ports[n];
    struct fifo_place to = {&queues[p->vcpu], p->priority};
    struct fifo_place from = {&queues[p->last_vcpu], p->last_priority};
    enum fifo_result r = fifo_enqueue(&array, n, from, to);

    if (r != FIFO_ALREADY) {
        p->last_vcpu = p->vcpu;
        p->last_priority = p->priority;
    }
    if (r == FIFO_NOTIFY)
        upcall[p->vcpu] = true;
    return r;
}

static void raise_event(uint32_t n)
{
    uint32_t old = word_set(fifo_word(&array, n), WORD_PENDING);

    if (word_wants_queue(old))
        enqueue(n);
}

static void unmask_event(uint32_t n)
{
    if (word_clear(fifo_word(&array, n), WORD_MASKED) & WORD_PENDING)
        raise_event(n);
}

/* ---- an honest guest, as Linux does it ---- */

static uint32_t guest_head[VCPUS][EVTCHN_FIFO_MAX_QUEUES];
static uint32_t got[PORTS];

static uint32_t guest_unlink(uint32_t *word)
{
    uint32_t old = *word;

    *word = old & ~(WORD_LINKED | WORD_LINK);
    return old & WORD_LINK;
}

/* Takes one event of the queue; false: that was the last. */
static bool guest_take(unsigned v, unsigned q)
{
    uint32_t *head = &guest_head[v][q], n, next;

    if (!*head)
        *head = guest.control[v].head[q];
    n = *head;
    assert_in_range(n, 1, PORTS - 1);
    next = guest_unlink(&guest.words[n]);
    *head = next;
    if (guest.words[n] & WORD_PENDING && !(guest.words[n] & WORD_MASKED)) {
        guest.words[n] &= ~WORD_PENDING;
        got[n]++;
    }
    return next != 0;
}

/* An upcall: by priority, until nothing is ready. At most `most` events. */
static void guest_upcall(unsigned v, unsigned most)
{
    uint32_t ready = 0;

    if (!upcall[v])
        return;
    upcall[v] = false;
    for (;;) {
        unsigned q;

        ready |=
            __atomic_exchange_n(&guest.control[v].ready, 0, __ATOMIC_SEQ_CST);
        if (!ready)
            return;
        q = (unsigned)__builtin_ctz(ready);
        if (!guest_take(v, q))
            ready &= ~(1U << q);
        if (most-- == 0) { /* goes on later */
            guest.control[v].ready |= ready;
            upcall[v] = true;
            return;
        }
    }
}

static void guest_drain(void)
{
    for (unsigned v = 0; v < VCPUS; v++)
        guest_upcall(v, UINT32_MAX);
}

static void reset_guest(void)
{
    memset(guest_head, 0, sizeof(guest_head));
    memset(got, 0, sizeof(got));
}

static void test_first_makes_ready(void **state)
{
    (void)state;
    ports[7].priority = 3;
    raise_event(7);
    assert_int_equal(guest.control[0].ready, 1U << 3);
    assert_int_equal(guest.control[0].head[3], 7);
    assert_int_equal(guest.words[7], WORD_PENDING | WORD_LINKED);
    assert_true(upcall[0]);
}

static void test_second_is_linked(void **state)
{
    (void)state;
    raise_event(7);
    upcall[0] = false;
    raise_event(1033);
    assert_false(upcall[0]);
    assert_int_equal(guest.words[7], WORD_PENDING | WORD_LINKED | 1033);
    assert_int_equal(guest.control[0].head[0], 7);
    raise_event(7); /* nothing new */
    assert_int_equal(guest.words[1033], WORD_PENDING | WORD_LINKED);
}

static void test_masked_waits_for_unmask(void **state)
{
    (void)state;
    reset_guest();
    guest.words[9] = WORD_MASKED;
    raise_event(9);
    assert_int_equal(guest.words[9], WORD_MASKED | WORD_PENDING);
    assert_int_equal(guest.control[0].ready, 0);
    unmask_event(9);
    assert_true(upcall[0]);
    guest_drain();
    assert_int_equal(got[9], 1);
}

/* The same port alone, again and again: never linked to itself. */
static void test_alone_again(void **state)
{
    (void)state;
    reset_guest();
    for (unsigned i = 1; i < 10; i++) {
        raise_event(9);
        guest_drain();
        assert_int_equal(got[9], i);
        assert_int_equal(guest.words[9], 0);
    }
}

/* A tail that moved to another queue leaves no way from the old one to it. */
static void test_moved_tail(void **state)
{
    (void)state;
    reset_guest();
    raise_event(9);
    guest_drain();
    ports[9].vcpu = 1;
    raise_event(9);
    raise_event(10); /* the queue it was the tail of */
    assert_int_equal(guest.words[9] & WORD_LINK, 0);
    assert_true(upcall[0]);
    guest_drain();
    assert_int_equal(got[9], 1 + 1);
    assert_int_equal(got[10], 1);
}

/* Random raises, masks, moves and upcalls: all that was let in arrives. */
static void test_honest_guest_gets_all(void **state)
{
    (void)state;
    reset_guest();
    for (unsigned i = 0; i < 300000; i++) {
        uint32_t n = 1 + rnd(PORTS - 1);

        switch (rnd(8)) {
        case 0:
            guest_upcall(rnd(VCPUS), rnd(20));
            break;
        case 1:
            guest.words[n] |= WORD_MASKED;
            break;
        case 2:
            unmask_event(n);
            break;
        case 3: /* as Linux: only while it is in no queue */
            if (!(guest.words[n] & WORD_LINKED))
                ports[n].vcpu = (uint8_t)rnd(VCPUS);
            break;
        case 4:
            ports[n].priority = (uint8_t)rnd(EVTCHN_FIFO_MAX_QUEUES);
            break;
        default:
            raise_event(rnd(2) ? n : 1 + rnd(20));
            break;
        }
        if (i % 1000)
            continue;
        for (n = 1; n < PORTS; n++)
            unmask_event(n);
        guest_drain();
        for (n = 1; n < PORTS; n++)
            assert_int_equal(guest.words[n], 0);
    }
}

/* The guest takes the tail between two steps of ours, again and again. */
static void take_all(void)
{
    void (*self)(void) = step;

    step = NULL;
    guest_drain();
    step = self;
}

static void test_guest_takes_meanwhile(void **state)
{
    (void)state;
    reset_guest();
    step = take_all;
    for (unsigned i = 0; i < 50000; i++)
        raise_event(1 + rnd(40));
    step = NULL;
    guest_drain();
    for (unsigned n = 1; n < PORTS; n++) {
        assert_int_equal(guest.words[n] & (WORD_PENDING | WORD_LINKED), 0);
        assert_int_equal(guest.words[n] & WORD_BUSY, 0);
    }
}

/* ---- a hostile guest ---- */

static void scribble(void)
{
    uint32_t *word;

    switch (rnd(4)) {
    case 0:
        word = &guest.words[rnd(PORTS)];
        break;
    case 1: /* a tail */
        word = &guest.words[queues[rnd(VCPUS)].tail[rnd(4)]];
        break;
    case 2:
        word = &guest.control[rnd(VCPUS)].head[rnd(EVTCHN_FIFO_MAX_QUEUES)];
        break;
    default:
        word = &guest.control[rnd(VCPUS)].ready;
        break;
    }
    *word = rnd(2) ? rnd(UINT32_MAX) << 1 : rnd(16) << 28;
}

static void flip_tails(void)
{
    for (unsigned v = 0; v < VCPUS; v++)
        for (unsigned q = 0; q < EVTCHN_FIFO_MAX_QUEUES; q++)
            guest.words[queues[v].tail[q]] ^= 1 + rnd(1 << 17);
}

static void check_ours(void)
{
    for (unsigned i = 0; i < 16; i++) {
        assert_int_equal(guest.before[i], GUARD);
        assert_int_equal(guest.between[i], GUARD);
        assert_int_equal(guest.after[i], GUARD);
    }
    for (unsigned v = 0; v < VCPUS; v++)
        for (unsigned q = 0; q < EVTCHN_FIFO_MAX_QUEUES; q++)
            assert_in_range(queues[v].tail[q], 0, PORTS - 1);
    assert_int_equal(array.pages, 2);
}

/* A port is the tail of the queue it was last put on only. */
static void check_tails(void)
{
    for (unsigned v = 0; v < VCPUS; v++)
        for (unsigned q = 0; q < EVTCHN_FIFO_MAX_QUEUES; q++) {
            const struct port *p = &ports[queues[v].tail[q]];

            if (!queues[v].tail[q])
                continue;
            assert_int_equal(p->last_vcpu, v);
            assert_int_equal(p->last_priority, q);
        }
}

static void run_hostile(void (*attack)(void), unsigned rounds)
{
    uint64_t most = 0;

    step = attack;
    for (unsigned i = 0; i < rounds; i++) {
        uint32_t n = 1 + rnd(rnd(2) ? PORTS - 1 : 8);
        uint64_t before = steps;

        ports[n].vcpu = (uint8_t)rnd(VCPUS);
        ports[n].priority = (uint8_t)rnd(4);
        if (rnd(3))
            raise_event(n);
        else
            unmask_event(n);
        most = steps - before > most ? steps - before : most;
        check_ours();
        check_tails();
    }
    /* Whatever the guest does, an event takes only so many steps. */
    assert_in_range(most, 1, 2 * (2 + 2 * WORD_LINK_TRIES + 2));
}

static void test_hostile_scribbles(void **state)
{
    (void)state;
    run_hostile(scribble, 200000);
}

static void test_hostile_flips_tails(void **state)
{
    (void)state;
    run_hostile(flip_tails, 100000);
}

/* A guest that never lets the tail's word rest loses that event, no more. */
static void keep_changing(void)
{
    guest.words[7] ^= 1;
    guest.words[7] |= WORD_LINKED;
}

static void test_unstable_tail_loses(void **state)
{
    (void)state;
    raise_event(7);
    step = keep_changing;
    ports[8].vcpu = 0;
    word_set(&guest.words[8], WORD_PENDING);
    assert_int_equal(enqueue(8), FIFO_LOST);
    assert_int_equal(guest.words[7] & WORD_BUSY, 0);
    step = NULL;
    assert_int_equal(queues[0].tail[0], 8);
    /* Its queue works on behind what was lost. */
    word_set(&guest.words[9], WORD_PENDING);
    assert_int_equal(enqueue(9), FIFO_QUIET);
    assert_int_equal(guest.words[8] & WORD_LINK, 9);
}

static void test_words_beyond_the_array(void **state)
{
    (void)state;
    assert_ptr_equal(fifo_word(&array, 1024),
                     guest.words + FIFO_WORDS_PER_PAGE);
    assert_null(fifo_word(&array, 2048));
    assert_null(fifo_word(&array, EVTCHN_FIFO_NR_CHANNELS - 1));
    assert_null(fifo_word(&array, EVTCHN_FIFO_NR_CHANNELS));
    assert_null(fifo_word(&array, UINT32_MAX));
}

static void test_link_keeps_other_bits(void **state)
{
    (void)state;
    assert_int_equal(
        word_with_link(WORD_PENDING | WORD_LINKED | WORD_BUSY | 5, 9),
        WORD_PENDING | WORD_LINKED | 9);
    assert_int_equal(word_with_link(WORD_LINKED, UINT32_MAX),
                     WORD_LINKED | WORD_LINK);
    assert_true(word_wants_queue(WORD_PENDING));
    assert_false(word_wants_queue(WORD_MASKED));
    assert_false(word_wants_queue(WORD_LINKED));
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(first_makes_ready),
        TEST(second_is_linked),
        TEST(masked_waits_for_unmask),
        TEST(alone_again),
        TEST(moved_tail),
        TEST(honest_guest_gets_all),
        TEST(guest_takes_meanwhile),
        TEST(hostile_scribbles),
        TEST(hostile_flips_tails),
        TEST(unstable_tail_loses),
        TEST(words_beyond_the_array),
        TEST(link_keeps_other_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
