/* link: hv/hypercall/interface.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "abi/toolstack.h"
#include "hypercall/interface.h"

/* A version that nobody ever made: max_mem has another number, which is that of
 * our max_vcpus; settimeoffset tells minutes in 16 bits; 99 is its own. */
#define THEIR_MAX_MEM 15U

struct their_time_offset {
    int16_t minutes;
};

static void decode_time_offset(void *body)
{
    struct their_time_offset theirs;
    struct xen_domctl_settimeoffset ours = {0};

    memcpy(&theirs, body, sizeof(theirs));
    ours.time_offset_seconds = theirs.minutes * 60;
    memcpy(body, &ours, sizeof(ours));
}

static void encode_time_offset(void *body)
{
    struct xen_domctl_settimeoffset ours;
    struct their_time_offset theirs;

    memcpy(&ours, body, sizeof(ours));
    theirs.minutes = (int16_t)(ours.time_offset_seconds / 60);
    memcpy(body, &theirs, sizeof(theirs));
}

static const struct interface_op their_ops[] = {
    {THEIR_MAX_MEM, XEN_DOMCTL_max_mem, NULL, NULL},
    {XEN_DOMCTL_max_mem, XEN_DOMCTL_max_vcpus, NULL, NULL},
    {XEN_DOMCTL_settimeoffset, XEN_DOMCTL_settimeoffset, decode_time_offset,
     encode_time_offset},
    {99, INTERFACE_NO_OP, NULL, NULL},
};

static const struct interface versions[] = {
    {XEN_DOMCTL_INTERFACE_VERSION, NULL, 0},
    {0x1000, their_ops, ARRAY_SIZE(their_ops)},
};

static const struct interface *find(uint32_t version)
{
    return interface_find(versions, ARRAY_SIZE(versions), version);
}

static void test_find(void **state)
{
    (void)state;
    assert_ptr_equal(find(XEN_DOMCTL_INTERFACE_VERSION), &versions[0]);
    assert_ptr_equal(find(0x1000), &versions[1]);
    assert_null(find(0));
    assert_null(find(XEN_DOMCTL_INTERFACE_VERSION + 1));
    assert_null(find(UINT32_MAX));
}

/* Every number and every body stays what it is. */
static void test_identity(void **state)
{
    const struct interface *v = find(XEN_DOMCTL_INTERFACE_VERSION);
    struct xen_domctl op, before;

    (void)state;
    memset(&op, 0xa5, sizeof(op));
    before = op;
    for (uint32_t cmd = 0; cmd < 2000; cmd++) {
        assert_int_equal(interface_decode(v, cmd, &op.u), cmd);
        interface_encode(v, cmd, &op.u);
    }
    assert_int_equal(interface_decode(v, UINT32_MAX, &op.u), UINT32_MAX);
    assert_memory_equal(&op, &before, sizeof(op));
}

static void test_numbers(void **state)
{
    const struct interface *v = find(0x1000);
    struct xen_domctl op = {.u.max_mem.max_memkb = 1234};

    (void)state;
    assert_int_equal(interface_decode(v, THEIR_MAX_MEM, &op.u),
                     XEN_DOMCTL_max_mem);
    assert_int_equal(op.u.max_mem.max_memkb, 1234);
    assert_int_equal(interface_decode(v, XEN_DOMCTL_max_mem, &op.u),
                     XEN_DOMCTL_max_vcpus);
    assert_int_equal(interface_decode(v, 99, &op.u), INTERFACE_NO_OP);
    assert_int_equal(interface_decode(v, XEN_DOMCTL_pausedomain, &op.u),
                     XEN_DOMCTL_pausedomain);
}

static void test_bodies(void **state)
{
    const struct interface *v = find(0x1000);
    struct their_time_offset theirs = {.minutes = -90};
    struct xen_domctl op = {0};

    (void)state;
    memcpy(&op.u, &theirs, sizeof(theirs));
    assert_int_equal(interface_decode(v, XEN_DOMCTL_settimeoffset, &op.u),
                     XEN_DOMCTL_settimeoffset);
    assert_int_equal(op.u.settimeoffset.time_offset_seconds, -5400);
    op.u.settimeoffset.time_offset_seconds = 120;
    interface_encode(v, XEN_DOMCTL_settimeoffset, &op.u);
    memcpy(&theirs, &op.u, sizeof(theirs));
    assert_int_equal(theirs.minutes, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_identity),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_bodies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
