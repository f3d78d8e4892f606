/*
 * The room as a whole on the host: ports of two domains, both delivery forms,
 * interrupts, death. Its files are compiled here with stand-ins for what is
 * below; a lock that would spin is a deadlock, since there is one thread.
 */
/* link: hv/evtchn/port.c hv/evtchn/fifo_queue.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "evtchn/evtchn_internal.h"
#include "mm/frame.h"

static struct vcpu *running;
static char *test_frame(mfn_t m);
#undef current
#define current      running
#define frame_map(m) ((void *)test_frame(m))

#include "evtchn/bind.c"
#include "evtchn/close.c"
#include "evtchn/deliver.c"
#include "evtchn/fifo.c"
#include "evtchn/pirq.c"
#include "evtchn/table.c"
#include "evtchn/timer.c"

#include "evtchn/stand_ins_test.h"

/* Two domains with four vcpus each. */
static struct domain d[2];
static struct vcpu vcpus[2][4];
static struct shared_info info[2];

struct domain *domain_get(domid_t id)
{
    if (id > 1 || !d[id].evtchn)
        return NULL;
    d[id].refs++;
    return &d[id];
}

void domain_put(struct domain *dom)
{
    dom->refs--;
}

static int get_frame(struct domain *dom, mfn_t m)
{
    assert_false(spin_is_locked(&dom->evtchn->lock));
    if (m.n % 2)
        return -EINVAL;
    frame_users[m.n]++;
    return 0;
}

static void put_frame(struct domain *dom, mfn_t m)
{
    assert_false(spin_is_locked(&dom->evtchn->lock));
    frame_users[m.n]--;
}

static int setup(void **state)
{
    (void)state;
    memset(d, 0, sizeof(d));
    memset(vcpus, 0, sizeof(vcpus));
    memset(info, 0, sizeof(info));
    for (unsigned i = 0; i < 64; i++)
        memset(test_frame(mfn(i)), 0, PAGE_SIZE);
    evtchn_register_frame_ops(get_frame, put_frame);
    for (domid_t i = 0; i < 2; i++) {
        d[i].id = i;
        d[i].refs = 1;
        d[i].shared_info = &info[i];
        d[i].vcpu_count = 4;
        assert_int_equal(evtchn_unit.create(&d[i]), 0);
        for (uint32_t n = 0; n < 4; n++) {
            struct vcpu *v = &vcpus[i][n];

            d[i].vcpu[n] = v;
            v->id = n;
            v->domain = &d[i];
            v->entry.info = &info[i].vcpu_info[n];
            evtchn_unit.create_vcpu(v);
        }
    }
    running = &vcpus[0][0];
    wakes = kicks = 0;
    preempt = false;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(evtchn_unit.relinquish(&d[i]), 0);
        evtchn_unit.destroy(&d[i]);
        assert_int_equal(d[i].refs, 1);
    }
    assert_int_equal(allocations, 0);
    for (unsigned i = 0; i < 64; i++)
        assert_int_equal(frame_users[i], 0);
    return 0;
}

static uint32_t unbound(struct domain *dom, domid_t remote)
{
    uint32_t port = 0;

    assert_int_equal(evtchn_alloc_unbound(dom, remote, &port), 0);
    return port;
}

static uint32_t ipi(struct domain *dom, uint32_t vcpu)
{
    struct evtchn_bind_ipi op = {.vcpu = vcpu};

    assert_int_equal(evtchn_bind_ipi(dom, &op), 0);
    return op.port;
}

static uint32_t status(struct domain *dom, uint32_t port)
{
    struct evtchn_status s = {.port = port};

    assert_int_equal(evtchn_status(dom, &s), 0);
    return s.status;
}

static bool bit(const xen_ulong_t *map, uint32_t n)
{
    return map[n / 64] >> n % 64 & 1;
}

static uint32_t *word(uint32_t port) /* of a domain with frames 10, 12, ... */
{
    return (uint32_t *)(void *)test_frame(mfn(10 + port / 1024 * 2)) +
           port % 1024;
}

static void start_fifo(struct domain *dom, uint32_t pages)
{
    struct evtchn_init_control c = {.control_gfn = 2, .offset = 64};

    assert_int_equal(evtchn_init_control(dom, &c), 0);
    assert_int_equal(c.link_bits, 17);
    for (uint32_t i = 0; i < pages; i++)
        assert_int_equal(evtchn_expand_array(dom, 10 + i * 2), 0);
}

static struct evtchn_fifo_control_block *control(void)
{
    return (void *)(test_frame(mfn(2)) + 64);
}

/* ---- ports ---- */

static void test_lowest_free(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= 300; i++)
        assert_int_equal(unbound(&d[0], 1), i);
    assert_int_equal(evtchn_close(&d[0], 7), 0);
    assert_int_equal(evtchn_close(&d[0], 200), 0);
    assert_int_equal(evtchn_close(&d[0], 7), -EINVAL);
    assert_int_equal(unbound(&d[0], 1), 7);
    assert_int_equal(unbound(&d[0], 1), 200);
    assert_int_equal(unbound(&d[0], 1), 301);
    assert_int_equal(evtchn_close(&d[0], 0), -EINVAL);
    assert_int_equal(evtchn_close(&d[0], 5000), -EINVAL);
    assert_int_equal(evtchn_close(&d[0], UINT32_MAX), -EINVAL);
}

static void test_limits(void **state)
{
    uint32_t port;

    (void)state;
    for (uint32_t i = 1; i < PORTS_2L; i++)
        unbound(&d[0], 1);
    assert_int_equal(evtchn_alloc_unbound(&d[0], 1, &port), -ENOSPC);
    start_fifo(&d[0], 0);
    assert_int_equal(unbound(&d[0], 1), PORTS_2L);
    assert_int_equal(evtchn_set_max_port(&d[0], 200), -EBUSY);
    assert_int_equal(evtchn_set_max_port(&d[1], 280), 0);
    for (uint32_t i = 1; i <= 280; i++)
        assert_int_equal(unbound(&d[1], 1), i);
    assert_int_equal(evtchn_alloc_unbound(&d[1], 1, &port), -ENOSPC);
    evtchn_close(&d[1], 3);
    memory_left = 0;
    assert_int_equal(unbound(&d[1], 1), 3);
    assert_int_equal(evtchn_alloc_unbound(&d[0], 1, &port), 0);
    for (uint32_t i = PORTS_2L + 2; i % PORTS_PER_BUCKET; i++)
        unbound(&d[0], 1);
    assert_int_equal(evtchn_alloc_unbound(&d[0], 1, &port), -ENOMEM);
    memory_left = 1 << 20;
}

static void test_pair(void **state)
{
    uint32_t theirs = unbound(&d[1], 0);
    struct evtchn_bind_interdomain op = {.remote_dom = 1,
                                         .remote_port = theirs};
    (void)state;
    assert_int_equal(evtchn_send(&d[1], theirs), 0); /* nobody there */
    assert_int_equal(evtchn_bind_interdomain(&d[0], &op), 0);
    assert_true(bit(info[0].evtchn_pending, op.local_port));
    assert_int_equal(evtchn_bind_interdomain(&d[0], &op), -EINVAL);
    op.remote_dom = 5;
    assert_int_equal(evtchn_bind_interdomain(&d[0], &op), -ESRCH);
    assert_int_equal(evtchn_send(&d[0], op.local_port), 0);
    assert_true(bit(info[1].evtchn_pending, theirs));
    assert_int_equal(info[1].vcpu_info[0].evtchn_upcall_pending, 1);
    assert_int_equal(info[1].vcpu_info[0].evtchn_pending_sel, 1);
    assert_int_equal(wakes, 1);
    assert_int_equal(evtchn_close(&d[0], op.local_port), 0);
    assert_false(bit(info[0].evtchn_pending, op.local_port));
    assert_int_equal(status(&d[1], theirs), EVTCHNSTAT_unbound);
    assert_int_equal(status(&d[0], op.local_port), EVTCHNSTAT_closed);
    op = (struct evtchn_bind_interdomain){1, theirs, 0};
    assert_int_equal(evtchn_bind_interdomain(&d[1], &op), -EINVAL);
    assert_int_equal(evtchn_bind_interdomain(&d[0], &op), 0);
    assert_int_equal(evtchn_close(&d[1], theirs), 0);
    assert_int_equal(status(&d[0], op.local_port), EVTCHNSTAT_unbound);
}

static void test_pair_with_itself(void **state)
{
    uint32_t a = unbound(&d[0], 0);
    struct evtchn_bind_interdomain op = {.remote_dom = DOMID_SELF,
                                         .remote_port = a};

    (void)state;
    assert_int_equal(evtchn_bind_interdomain(&d[0], &op), 0);
    assert_int_not_equal(op.local_port, a);
    assert_int_equal(evtchn_send(&d[0], op.local_port), 0);
    assert_true(bit(info[0].evtchn_pending, a));
    assert_int_equal(evtchn_close(&d[0], a), 0);
    assert_int_equal(status(&d[0], op.local_port), EVTCHNSTAT_unbound);
}

/* A domain that goes leaves the other end waiting, and takes no new ports. */
static void test_death(void **state)
{
    uint32_t theirs = unbound(&d[1], 0), port;
    struct evtchn_bind_interdomain op = {.remote_dom = 1,
                                         .remote_port = theirs};

    (void)state;
    assert_int_equal(evtchn_bind_interdomain(&d[0], &op), 0);
    evtchn_close_all(&d[1]);
    assert_int_equal(status(&d[0], op.local_port), EVTCHNSTAT_unbound);
    assert_int_equal(evtchn_send(&d[0], op.local_port), 0);
    assert_int_equal(evtchn_alloc_unbound(&d[1], 0, &port), -EINVAL);
    assert_int_equal(d[1].evtchn->used, 0);
}

static void test_virq(void **state)
{
    struct evtchn_bind_virq op = {.virq = VIRQ_TIMER, .vcpu = 2};

    (void)state;
    assert_int_equal(evtchn_bind_virq(&d[0], &op), 0);
    assert_true(timer_is_set(&vcpus[0][2].periodic));
    assert_int_equal(evtchn_bind_virq(&d[0], &op), -EEXIST);
    op.vcpu = 4;
    assert_int_equal(evtchn_bind_virq(&d[0], &op), -ENOENT);
    op = (struct evtchn_bind_virq){.virq = VIRQ_CONSOLE, .vcpu = 1};
    assert_int_equal(evtchn_bind_virq(&d[0], &op), -EINVAL);
    op = (struct evtchn_bind_virq){.virq = NR_VIRQS, .vcpu = 0};
    assert_int_equal(evtchn_bind_virq(&d[0], &op), -EINVAL);
    virq_raise_vcpu(&vcpus[0][1], VIRQ_TIMER);
    assert_int_equal(info[0].vcpu_info[1].evtchn_upcall_pending, 0);
    virq_raise_vcpu(&vcpus[0][2], VIRQ_TIMER);
    assert_int_equal(info[0].vcpu_info[2].evtchn_upcall_pending, 1);

    op = (struct evtchn_bind_virq){.virq = VIRQ_CONSOLE, .vcpu = 0};
    assert_int_equal(evtchn_bind_virq(&d[0], &op), 0);
    assert_int_equal(evtchn_bind_vcpu(&d[0], op.port, 3), 0);
    assert_int_equal(evtchn_bind_vcpu(&d[0], op.port, 4), -ENOENT);
    virq_raise_global(&d[0], VIRQ_CONSOLE);
    assert_int_equal(info[0].vcpu_info[3].evtchn_upcall_pending, 1);
    assert_int_equal(evtchn_close(&d[0], op.port), 0);
    info[0].vcpu_info[3].evtchn_upcall_pending = 0;
    virq_raise_global(&d[0], VIRQ_CONSOLE);
    assert_int_equal(info[0].vcpu_info[3].evtchn_upcall_pending, 0);
    assert_int_equal(evtchn_bind_virq(&d[0], &op), 0);
}

/* ---- delivery ---- */

static void test_bits_mask(void **state)
{
    uint32_t p = ipi(&d[0], 1);

    (void)state;
    info[0].evtchn_mask[p / 64] |= 1UL << p % 64;
    assert_int_equal(evtchn_send(&d[0], p), 0);
    assert_true(bit(info[0].evtchn_pending, p));
    assert_int_equal(info[0].vcpu_info[1].evtchn_upcall_pending, 0);
    assert_int_equal(evtchn_unmask(&d[0], p), 0);
    assert_false(bit(info[0].evtchn_mask, p));
    assert_int_equal(info[0].vcpu_info[1].evtchn_upcall_pending, 1);
    assert_int_equal(wakes, 1);
    assert_int_equal(evtchn_send(&d[0], p), 0);
    assert_int_equal(wakes, 1); /* it is pending already */
    assert_int_equal(evtchn_unmask(&d[0], 0), -EINVAL);
    assert_int_equal(evtchn_unmask(&d[0], 4096), -EINVAL);
}

static void test_poll(void **state)
{
    uint32_t p = ipi(&d[0], 0), q = ipi(&d[0], 0);

    (void)state;
    info[0].evtchn_mask[0] = ~0UL;
    running = &vcpus[0][1];
    evtchn_poll_begin(&vcpus[0][0], q);
    assert_int_equal(evtchn_is_pending(&d[0], p), 0);
    assert_int_equal(evtchn_send(&d[0], p), 0);
    assert_int_equal(evtchn_is_pending(&d[0], p), 1);
    assert_int_equal(wakes, 0);
    assert_int_equal(evtchn_send(&d[0], q), 0);
    assert_int_equal(wakes, 1); /* though it is masked */
    evtchn_poll_end(&vcpus[0][0]);
    info[0].evtchn_pending[0] = 0;
    assert_int_equal(evtchn_send(&d[0], q), 0);
    assert_int_equal(wakes, 1);
    info[0].evtchn_pending[0] = 0;
    evtchn_poll_begin(&vcpus[0][0], 0);
    assert_int_equal(evtchn_send(&d[0], p), 0);
    assert_int_equal(wakes, 2);
    evtchn_poll_end(&vcpus[0][0]);
    assert_int_equal(evtchn_is_pending(&d[0], 0), -EINVAL);
    assert_int_equal(evtchn_is_pending(&d[0], UINT32_MAX), -EINVAL);
}

static void test_down_is_not_woken(void **state)
{
    uint32_t p = ipi(&d[0], 1);

    (void)state;
    vcpus[0][1].down = true;
    assert_int_equal(evtchn_send(&d[0], p), 0);
    assert_int_equal(info[0].vcpu_info[1].evtchn_upcall_pending, 1);
    assert_int_equal(wakes, 0);
}

static void test_fifo_setup(void **state)
{
    struct evtchn_init_control c = {.control_gfn = 2, .offset = 4096 - 64};

    (void)state;
    assert_int_equal(evtchn_expand_array(&d[0], 10), -EOPNOTSUPP);
    assert_int_equal(evtchn_set_priority(&d[0], 1, 1), -EINVAL);
    assert_int_equal(evtchn_init_control(&d[0], &c), -EINVAL);
    c.offset = 4;
    assert_int_equal(evtchn_init_control(&d[0], &c), -EINVAL);
    c.offset = UINT32_MAX - 7;
    assert_int_equal(evtchn_init_control(&d[0], &c), -EINVAL);
    c.offset = 0;
    c.vcpu = 4;
    assert_int_equal(evtchn_init_control(&d[0], &c), -ENOENT);
    c.vcpu = 1;
    c.control_gfn = 3; /* not the domain's */
    assert_int_equal(evtchn_init_control(&d[0], &c), -EINVAL);
    c.control_gfn = UINT64_MAX;
    assert_int_equal(evtchn_init_control(&d[0], &c), -EINVAL);
    c.control_gfn = 4;
    assert_int_equal(evtchn_init_control(&d[0], &c), 0);
    assert_int_equal(evtchn_init_control(&d[0], &c), -EINVAL);
    assert_int_equal(frame_users[4], 1);
    assert_int_equal(evtchn_expand_array(&d[0], 3), -EINVAL);
    assert_int_equal(evtchn_expand_array(&d[0], 64), -EINVAL);
    for (unsigned i = 0; i < FIFO_PAGES; i++)
        assert_int_equal(evtchn_expand_array(&d[0], 6), 0);
    assert_int_equal(evtchn_expand_array(&d[0], 6), -ENOSPC);
    assert_int_equal(frame_users[6], FIFO_PAGES);
    assert_int_equal(evtchn_set_priority(&d[0], 1, 16), -EINVAL);
    assert_int_equal(evtchn_set_priority(&d[0], 1, 15), -EINVAL);
}

/* Events from before, with and without the words' page, are not lost. */
static void test_switch_to_fifo(void **state)
{
    uint32_t p = ipi(&d[0], 0), q = ipi(&d[0], 0);

    (void)state;
    assert_int_equal(evtchn_send(&d[0], p), 0);
    start_fifo(&d[0], 0);
    assert_int_equal(evtchn_send(&d[0], q), 0);
    assert_int_equal(evtchn_is_pending(&d[0], p), 0);
    assert_int_equal(control()->ready, 0);
    assert_int_equal(evtchn_expand_array(&d[0], 10), 0);
    assert_int_equal(control()->ready, 1U << 7);
    assert_int_equal(control()->head[7], p);
    assert_int_equal(*word(p), WORD_PENDING | WORD_LINKED | q);
    assert_int_equal(*word(q), WORD_PENDING | WORD_LINKED);
    assert_int_equal(evtchn_is_pending(&d[0], p), 1);
}

/* Raised for a vcpu whose control block comes later. */
static void test_late_control_block(void **state)
{
    struct evtchn_init_control c = {.control_gfn = 4, .vcpu = 3};
    struct evtchn_fifo_control_block *late = (void *)test_frame(mfn(4));
    uint32_t p = ipi(&d[0], 3);

    (void)state;
    start_fifo(&d[0], 1);
    assert_int_equal(evtchn_send(&d[0], p), 0);
    assert_int_equal(*word(p), WORD_PENDING);
    assert_int_equal(evtchn_init_control(&d[0], &c), 0);
    assert_int_equal(late->head[7], p);
    assert_int_equal(late->ready, 1U << 7);
    assert_int_equal(info[0].vcpu_info[3].evtchn_upcall_pending, 1);
}

static void test_fifo_priority_and_unmask(void **state)
{
    uint32_t p = ipi(&d[0], 0);

    (void)state;
    start_fifo(&d[0], 1);
    assert_int_equal(evtchn_set_priority(&d[0], p, 2), 0);
    *word(p) = WORD_MASKED;
    assert_int_equal(evtchn_send(&d[0], p), 0);
    assert_int_equal(control()->ready, 0);
    assert_int_equal(evtchn_unmask(&d[0], p), 0);
    assert_int_equal(control()->ready, 1U << 2);
    assert_int_equal(control()->head[2], p);
    assert_int_equal(evtchn_close(&d[0], p), 0);
    assert_int_equal(*word(p), WORD_LINKED);
}

static void test_reset(void **state)
{
    uint32_t theirs = unbound(&d[1], 0);
    struct evtchn_bind_interdomain op = {.remote_dom = 1,
                                         .remote_port = theirs};

    (void)state;
    start_fifo(&d[0], 2);
    for (unsigned i = 0; i < 1000; i++)
        ipi(&d[0], 0);
    assert_int_equal(evtchn_bind_interdomain(&d[0], &op), 0);
    preempt = true;
    assert_int_equal(evtchn_reset(&d[0]), -ERESTART);
    assert_true(d[0].evtchn->used < 1000);
    preempt = false;
    assert_int_equal(evtchn_reset(&d[0]), 0);
    assert_int_equal(d[0].evtchn->used, 0);
    assert_false(d[0].evtchn->fifo);
    assert_int_equal(frame_users[2] + frame_users[10] + frame_users[12], 0);
    assert_int_equal(status(&d[1], theirs), EVTCHNSTAT_unbound);
    assert_int_equal(ipi(&d[0], 0), 1);
    assert_int_equal(evtchn_send(&d[0], 1), 0);
    assert_true(bit(info[0].evtchn_pending, 1));
}

static void test_refresh(void **state)
{
    (void)state;
    evtchn_refresh_vcpu(&vcpus[0][1]);
    assert_int_equal(info[0].vcpu_info[1].evtchn_pending_sel, ~0UL);
    assert_int_equal(info[0].vcpu_info[1].evtchn_upcall_pending, 1);
}

/* ---- physical interrupts ---- */

static int bound, unmasked, bind_result;

static int bind_pirq(struct domain *dom, uint32_t pirq, bool share)
{
    struct evtchn_bind_pirq again = {.pirq = pirq};

    (void)share;
    assert_false(spin_is_locked(&dom->evtchn->lock));
    assert_false(spin_is_locked(&pairing_lock));
    /* Another vcpu meanwhile: */
    assert_int_equal(evtchn_bind_pirq(dom, &again), -EEXIST);
    for (uint32_t i = 1; i < 10; i++)
        if (evtchn_close(dom, i) == 0)
            fail_msg("a port in between was closed");
    assert_true(evtchn_raise_pirq(dom, pirq)); /* it comes at once */
    bound += bind_result ? 0 : 1;
    return bind_result;
}

static void unbind_pirq(struct domain *dom, uint32_t pirq)
{
    (void)pirq;
    assert_false(spin_is_locked(&dom->evtchn->lock));
    assert_false(spin_is_locked(&pairing_lock));
    bound--;
}

static void unmask_pirq(struct domain *dom, uint32_t pirq)
{
    assert_false(spin_is_locked(&dom->evtchn->lock));
    assert_int_equal(pirq, 9);
    unmasked++;
}

static void test_pirq(void **state)
{
    const struct pirq_ops ops = {bind_pirq, unbind_pirq, unmask_pirq};
    struct evtchn_bind_pirq op = {.pirq = 9};

    (void)state;
    assert_int_equal(evtchn_bind_pirq(&d[0], &op), -EINVAL); /* no hooks */
    evtchn_register_pirq_ops(&ops);
    bound = unmasked = 0;
    bind_result = -EBUSY;
    assert_int_equal(evtchn_bind_pirq(&d[0], &op), -EBUSY);
    assert_false(bit(info[0].evtchn_pending, 1));
    assert_false(evtchn_raise_pirq(&d[0], 9));
    bind_result = 0;
    assert_int_equal(evtchn_bind_pirq(&d[0], &op), 0);
    assert_int_equal(op.port, 1);
    assert_true(bit(info[0].evtchn_pending, 1));
    assert_int_equal(evtchn_unmask(&d[0], 1), 0);
    assert_int_equal(unmasked, 1);
    assert_true(evtchn_raise_pirq(&d[0], 9));
    assert_false(evtchn_raise_pirq(&d[0], 8));
    assert_false(evtchn_raise_pirq(&d[0], UINT32_MAX));
    assert_false(evtchn_raise_pirq(&d[1], 9));
    assert_int_equal(evtchn_close(&d[0], 1), 0);
    assert_int_equal(bound, 0);
    assert_false(evtchn_raise_pirq(&d[0], 9));
    op.pirq = PIRQS_MAX;
    assert_int_equal(evtchn_bind_pirq(&d[0], &op), -EINVAL);
    op.pirq = 9;
    assert_int_equal(evtchn_bind_pirq(&d[0], &op), 0);
    evtchn_close_all(&d[0]); /* death unties it */
    assert_int_equal(bound, 0);
}

static void test_periodic(void **state)
{
    struct vcpu *v = &vcpus[0][0];
    struct evtchn_bind_virq op = {.virq = VIRQ_TIMER};

    (void)state;
    vcpu_periodic_set(v, 0);
    assert_int_equal(evtchn_bind_virq(&d[0], &op), 0);
    assert_false(timer_is_set(&v->periodic));
    vcpu_periodic_set(v, 5000);
    assert_int_equal(v->periodic.expires_ns, 6000);
    timer_cancel(&v->periodic);
    v->periodic.fn(v->periodic.arg);
    assert_int_equal(v->periodic.expires_ns, 11000);
    assert_int_equal(info[0].vcpu_info[0].evtchn_upcall_pending, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lowest_free),
        TEST(limits),
        TEST(pair),
        TEST(pair_with_itself),
        TEST(death),
        TEST(virq),
        TEST(bits_mask),
        TEST(poll),
        TEST(down_is_not_woken),
        TEST(fifo_setup),
        TEST(switch_to_fifo),
        TEST(late_control_block),
        TEST(fifo_priority_and_unmask),
        TEST(reset),
        TEST(refresh),
        TEST(pirq),
        TEST(periodic),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
