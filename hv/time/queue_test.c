/* link: hv/time/queue.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "time/queue.h"

#define NODES 1000

static struct timer_node nodes[NODES];
static unsigned char queued[NODES];

/* Checks order, links and ranks below n; returns how many nodes there are. */
static unsigned check(const struct timer_node *n, const struct timer_node *up)
{
    uint32_t left, right;

    if (!n)
        return 0;
    assert_ptr_equal(n->parent, up);
    if (up)
        assert_true(up->expires_ns <= n->expires_ns);
    left = n->left ? n->left->rank : 0;
    right = n->right ? n->right->rank : 0;
    assert_true(left >= right);
    assert_int_equal(n->rank, right + 1);
    return 1 + check(n->left, n) + check(n->right, n);
}

static uint64_t earliest(void)
{
    uint64_t best = UINT64_MAX;

    for (unsigned i = 0; i < NODES; i++)
        if (queued[i] && nodes[i].expires_ns < best)
            best = nodes[i].expires_ns;
    return best;
}

static void empty_queue_takes_one(void **state)
{
    struct timer_queue q = {0};
    struct timer_node n = {.expires_ns = 5};

    (void)state;
    timer_queue_insert(&q, &n);
    assert_ptr_equal(q.first, &n);
    timer_queue_remove(&q, &n);
    assert_null(q.first);
}

static void comes_out_in_order(void **state)
{
    struct timer_queue q = {0};
    uint64_t last = 0;

    (void)state;
    srand(1);
    for (unsigned i = 0; i < NODES; i++) {
        nodes[i].expires_ns = (uint64_t)rand() % 300;
        timer_queue_insert(&q, &nodes[i]);
    }
    assert_int_equal(check(q.first, NULL), NODES);
    for (unsigned i = 0; i < NODES; i++) {
        assert_non_null(q.first);
        assert_true(q.first->expires_ns >= last);
        last = q.first->expires_ns;
        timer_queue_remove(&q, q.first);
    }
    assert_null(q.first);
}

static void any_may_be_removed(void **state)
{
    struct timer_queue q = {0};
    unsigned count = 0;

    (void)state;
    srand(2);
    for (unsigned step = 0; step < 20000; step++) {
        unsigned i = (unsigned)rand() % NODES;

        if (queued[i]) {
            timer_queue_remove(&q, &nodes[i]);
            count--;
        } else {
            nodes[i].expires_ns = (uint64_t)rand();
            timer_queue_insert(&q, &nodes[i]);
            count++;
        }
        queued[i] ^= 1;
        if (step % 100)
            continue;
        assert_int_equal(check(q.first, NULL), count);
        assert_int_equal(q.first ? q.first->expires_ns : UINT64_MAX,
                         earliest());
    }
}

/* Ascending and descending times are what guests set. */
static void rank_stays_logarithmic(void **state)
{
    struct timer_queue q = {0};

    (void)state;
    for (unsigned i = 0; i < NODES; i++) {
        nodes[i].expires_ns = i;
        timer_queue_insert(&q, &nodes[i]);
    }
    assert_in_range(q.first->rank, 1, 10);
    q.first = NULL;
    for (unsigned i = 0; i < NODES; i++) {
        nodes[i].expires_ns = NODES - i;
        timer_queue_insert(&q, &nodes[i]);
    }
    assert_in_range(q.first->rank, 1, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_queue_takes_one),
        cmocka_unit_test(comes_out_in_order),
        cmocka_unit_test(any_may_be_removed),
        cmocka_unit_test(rank_stays_logarithmic),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
