/*
 * After init_control events go to the FIFO form: an event word of the array,
 * linked into the queue of the port's priority, whose ready bit is set; masked
 * ports are pending but not linked.
 */
#include "guest.h"

static struct evtchn_fifo_control_block *control;
static event_word_t *words;

#define PENDING (1U << EVTCHN_FIFO_PENDING)
#define MASKED  (1U << EVTCHN_FIFO_MASKED)
#define LINKED  (1U << EVTCHN_FIFO_LINKED)

static long expand(uint64_t gfn)
{
    struct evtchn_expand_array op = {.array_gfn = gfn};

    return event_channel_op(EVTCHNOP_expand_array, &op);
}

static long init_control(uint64_t gfn, uint32_t offset, uint32_t vcpu)
{
    struct evtchn_init_control op = {
        .control_gfn = gfn, .offset = offset, .vcpu = vcpu};

    return event_channel_op(EVTCHNOP_init_control, &op);
}

static void setup(void)
{
    uint64_t mfn;

    control = page_alloc();
    words = page_alloc();
    mfn = va_to_mfn(control);
    CHECK_EQ(expand(va_to_mfn(words)), -EOPNOTSUPP);
    CHECK_EQ(init_control(mfn, 4032, 0), -EINVAL);
    CHECK_EQ(init_control(mfn, 4, 0), -EINVAL);
    CHECK_EQ(init_control(mfn, 0, 7), -ENOENT);
    CHECK_EQ(init_control(~0UL, 0, 0), -EINVAL);
    CHECK_EQ(init_control(va_to_mfn(kernel_l4()), 0, 0), -EINVAL);
    CHECK_EQ(init_control(mfn, 0, 0), 0);
    CHECK_EQ(init_control(mfn, 0, 0), -EINVAL);
    CHECK_EQ(expand(~0UL), -EINVAL);
    CHECK_EQ(expand(va_to_mfn(words)), 0);
    /* Frames in use that way are writable, and nothing else. */
    page_protect(control, false);
    CHECK_EQ(pin(1, control), IN_USE);
    page_protect(control, true);
}

static void priorities(evtchn_port_t port)
{
    struct evtchn_set_priority p = {.port = port, .priority = 16};

    CHECK_EQ(event_channel_op(EVTCHNOP_set_priority, &p), -EINVAL);
    p.priority = 3;
    CHECK_EQ(event_channel_op(EVTCHNOP_set_priority, &p), 0);
    words[port] = 0;
    control->ready = 0;
    CHECK_EQ(event_send(port), 0);
    CHECK_EQ(control->ready, 1U << 3);
    CHECK_EQ(control->head[3], port);
}

void test(void)
{
    evtchn_port_t a, b;

    events_init();
    setup();
    a = bind_ipi(0);
    b = bind_ipi(0);
    words[a] = words[b] = MASKED;
    CHECK_EQ(event_send(a), 0);
    CHECK_EQ(words[a], MASKED | PENDING);
    CHECK_EQ(control->ready, 0);

    words[a] = words[b] = 0;
    CHECK_EQ(event_send(a), 0);
    CHECK_EQ(words[a] & ~EVTCHN_FIFO_LINK_MASK, PENDING | LINKED);
    CHECK_EQ(control->ready, 1U << EVTCHN_FIFO_PRIORITY_DEFAULT);
    CHECK_EQ(control->head[EVTCHN_FIFO_PRIORITY_DEFAULT], a);
    CHECK_EQ(vcpu_info(0)->evtchn_upcall_pending, 1);
    CHECK_EQ(event_send(b), 0);
    CHECK_EQ(words[a] & EVTCHN_FIFO_LINK_MASK, b);
    CHECK_EQ(words[b] & ~EVTCHN_FIFO_LINK_MASK, PENDING | LINKED);
    priorities(bind_ipi(0));
}
