/* link: hv/evtchn/port.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "evtchn/port.h"

/* Only their addresses count. */
static char domain_a, domain_b;
#define DOMAIN(x) ((struct domain *)(void *)&(x))

static void test_virqs(void **state)
{
    (void)state;
    assert_false(virq_is_global(VIRQ_TIMER));
    assert_false(virq_is_global(VIRQ_DEBUG));
    assert_true(virq_is_global(VIRQ_CONSOLE));
    assert_true(virq_is_global(VIRQ_ARCH_0));
    assert_int_equal(port_check_virq(VIRQ_TIMER, 3), 0);
    assert_int_equal(port_check_virq(VIRQ_CONSOLE, 0), 0);
    assert_int_equal(port_check_virq(VIRQ_CONSOLE, 1), -EINVAL);
    assert_int_equal(port_check_virq(NR_VIRQS, 0), -EINVAL);
    assert_int_equal(port_check_virq(UINT32_MAX, 0), -EINVAL);
}

static void test_send(void **state)
{
    struct port p = {0};

    (void)state;
    assert_int_equal(port_on_send(&p), PORT_SEND_REFUSED);
    port_make_unbound(&p, 3);
    assert_int_equal(port_on_send(&p), PORT_SEND_NOTHING);
    port_make_free(&p);
    port_make_ipi(&p, 2);
    assert_int_equal(port_on_send(&p), PORT_SEND_LOCAL);
    assert_int_equal(p.vcpu, 2);
    port_make_free(&p);
    port_make_virq(&p, VIRQ_TIMER, 1);
    assert_int_equal(port_on_send(&p), PORT_SEND_REFUSED);
    port_make_free(&p);
    port_make_reserved(&p, 9);
    assert_int_equal(port_on_send(&p), PORT_SEND_REFUSED);
    port_make_pirq(&p);
    assert_int_equal(port_on_send(&p), PORT_SEND_REFUSED);
}

static void test_pair(void **state)
{
    struct port a = {0}, b = {0};
    struct port_end end_a = {&a, 5, DOMAIN(domain_a), 1};
    struct port_end end_b = {&b, 6, DOMAIN(domain_b), 2};

    (void)state;
    port_make_unbound(&b, 1);
    assert_true(port_awaits(&b, 1));
    assert_false(port_awaits(&b, 2));
    assert_false(port_awaits(&a, 1));
    port_make_unbound(&a, 2);
    port_connect(&end_a, &end_b);
    assert_int_equal(port_on_send(&a), PORT_SEND_PEER);
    assert_ptr_equal(a.peer, &b);
    assert_ptr_equal(b.peer, &a);
    assert_ptr_equal(a.remote, &domain_b);
    assert_int_equal(a.remote_port, 6);
    assert_int_equal(b.remote_port, 5);
    assert_false(port_awaits(&b, 1));

    port_disconnect_peer(a.peer);
    port_make_free(&a);
    assert_int_equal(a.type, PORT_FREE);
    assert_null(a.peer);
    assert_true(port_awaits(&b, 1)); /* the same domain may come back */
    assert_null(b.peer);
}

static void test_bind_vcpu(void **state)
{
    struct port p = {0};

    (void)state;
    assert_int_equal(port_check_bind_vcpu(&p), -EINVAL);
    port_make_ipi(&p, 0);
    assert_int_equal(port_check_bind_vcpu(&p), -EINVAL);
    port_make_virq(&p, VIRQ_TIMER, 0);
    assert_int_equal(port_check_bind_vcpu(&p), -EINVAL);
    port_make_virq(&p, VIRQ_CONSOLE, 0);
    assert_int_equal(port_check_bind_vcpu(&p), 0);
    port_make_unbound(&p, 0);
    assert_int_equal(port_check_bind_vcpu(&p), 0);
    port_make_reserved(&p, 4);
    assert_int_equal(port_check_bind_vcpu(&p), -EINVAL);
    port_make_pirq(&p);
    assert_int_equal(port_check_bind_vcpu(&p), 0);
}

static void test_describe(void **state)
{
    struct port a = {0}, b = {0};
    struct port_end end_a = {&a, 5, DOMAIN(domain_a), 1};
    struct port_end end_b = {&b, 6, DOMAIN(domain_b), 2};
    struct evtchn_status s;

    (void)state;
    port_describe(&a, &s);
    assert_int_equal(s.status, EVTCHNSTAT_closed);
    port_make_reserved(&a, 4);
    port_describe(&a, &s);
    assert_int_equal(s.status, EVTCHNSTAT_closed);
    port_make_pirq(&a);
    port_describe(&a, &s);
    assert_int_equal(s.status, EVTCHNSTAT_pirq);
    assert_int_equal(s.u.pirq, 4);
    port_make_free(&a);
    port_make_virq(&a, VIRQ_DEBUG, 7);
    port_describe(&a, &s);
    assert_int_equal(s.status, EVTCHNSTAT_virq);
    assert_int_equal(s.u.virq, VIRQ_DEBUG);
    assert_int_equal(s.vcpu, 7);
    port_make_free(&a);
    port_make_ipi(&a, 3);
    port_describe(&a, &s);
    assert_int_equal(s.status, EVTCHNSTAT_ipi);
    assert_int_equal(s.vcpu, 3);
    port_make_free(&a);
    port_make_unbound(&a, 9);
    port_describe(&a, &s);
    assert_int_equal(s.status, EVTCHNSTAT_unbound);
    assert_int_equal(s.u.unbound.dom, 9);
    port_connect(&end_a, &end_b);
    port_describe(&a, &s);
    assert_int_equal(s.status, EVTCHNSTAT_interdomain);
    assert_int_equal(s.u.interdomain.dom, 2);
    assert_int_equal(s.u.interdomain.port, 6);
}

/* A port that is closed while linked must be found in its old queue. */
static void test_free_keeps_its_queue(void **state)
{
    struct port p = {0};

    (void)state;
    port_make_ipi(&p, 3);
    assert_int_equal(p.priority, EVTCHN_FIFO_PRIORITY_DEFAULT);
    p.priority = 2;
    p.last_vcpu = 3;
    p.last_priority = 2;
    p.waiting = 1;
    port_make_free(&p);
    assert_int_equal(p.last_vcpu, 3);
    assert_int_equal(p.last_priority, 2);
    assert_int_equal(p.waiting, 0);
    port_make_unbound(&p, 0);
    assert_int_equal(p.priority, EVTCHN_FIFO_PRIORITY_DEFAULT);
    assert_int_equal(p.vcpu, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_virqs),
        cmocka_unit_test(test_send),
        cmocka_unit_test(test_pair),
        cmocka_unit_test(test_bind_vcpu),
        cmocka_unit_test(test_describe),
        cmocka_unit_test(test_free_keeps_its_queue),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
