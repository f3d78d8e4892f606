/*
 * evtchn/fifo_queue_fuzz.c - events queued in any order to any queue, while the
 * guest changes event words and control blocks before each step and within:
 * only words of the ports that take part change, and each call ends.
 */
/* link: */
/* covers: hv/evtchn/fifo_queue.c hv/evtchn/fifo_word.h hv/evtchn/fifo_queue.h
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
static void guest_acts(void);

#define FIFO_STEP() guest_acts()
#include "evtchn/fifo_queue.c"

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition))                                                      \
            abort();                                                           \
    } while (0)

#define PORTS 32
#define VCPUS 2

static uint32_t words[PAGE_SIZE / 4];
static struct evtchn_fifo_control_block control[VCPUS];
static struct fifo_queues queues[VCPUS];
static struct fifo_array array;
static struct fifo_place last[PORTS];
static const uint8_t *input, *input_end;

static uint8_t next(void)
{
    return input < input_end ? *input++ : 0;
}

static void guest_acts(void)
{
    uint8_t what = next();
    uint32_t *word = &words[what % PORTS];

    if (what < 0x80)
        return;
    *word = (uint32_t)next() << 24 | (uint32_t)next() % (PORTS * 2);
    if (what >= 0xf0)
        control[what & 1].ready = next();
}

static void queue_one(void)
{
    uint32_t port = 1 + next() % (PORTS - 1);
    struct fifo_place to = {&queues[next() % VCPUS],
                            next() % EVTCHN_FIFO_MAX_QUEUES};
    enum fifo_result result = fifo_enqueue(&array, port, last[port], to);

    CHECK(result <= FIFO_LOST);
    if (result == FIFO_ALREADY)
        return;
    last[port] = to;
    CHECK(to.queues->tail[to.priority] == port);
}

/* Tails are ports that were queued, and of no other page. */
static void check_all(void)
{
    for (unsigned v = 0; v < VCPUS; v++)
        for (unsigned p = 0; p < EVTCHN_FIFO_MAX_QUEUES; p++)
            CHECK(queues[v].tail[p] < PORTS);
    for (unsigned i = PORTS; i < PAGE_SIZE / 4; i++)
        CHECK(words[i] == 0xdeadbeef);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    input = data;
    input_end = data + bytes;
    memset(control, 0, sizeof(control));
    memset(queues, 0, sizeof(queues));
    memset(words, 0, PORTS * sizeof(words[0]));
    for (unsigned i = PORTS; i < PAGE_SIZE / 4; i++)
        words[i] = 0xdeadbeef;
    for (unsigned v = 0; v < VCPUS; v++)
        queues[v].control = &control[v];
    for (unsigned i = 0; i < PORTS; i++)
        last[i] = (struct fifo_place){&queues[0], 0};
    array = (struct fifo_array){.page = {words}, .pages = 1};
    CHECK(!fifo_word(&array, EVTCHN_FIFO_NR_CHANNELS));
    CHECK(!fifo_word(&array, FIFO_WORDS_PER_PAGE));
    while (input < input_end) {
        guest_acts();
        queue_one();
    }
    check_all();
    return 0;
}
