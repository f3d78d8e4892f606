/*
 * An entry of version 2: what may be done with it, what its forms say, and
 * against a guest that takes it back between our steps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void guest_step(void);
#define GRANT_STEP() guest_step()
#include "grant/entry_v2.c"

static union grant_entry_v2 entry;
static grant_status_t status;
static struct grant_use use;
static void (*step)(void);

static void guest_step(void)
{
    assert_true(status & GTF_reading); /* the guest sees the mark first */
    if (step)
        step();
}

static int setup(void **state)
{
    (void)state;
    entry = (union grant_entry_v2){0};
    entry.hdr = (struct grant_entry_header){GTF_permit_access, 3};
    entry.full_page.frame = 0x1234;
    status = 0;
    use = (struct grant_use){0};
    step = NULL;
    return 0;
}

static int16_t get(domid_t who, unsigned how)
{
    return grant_entry_v2_get(&entry, &status, &use, who, how);
}

static void put(unsigned how)
{
    grant_use_end(&use, &status, how);
}

static void test_marks_follow_uses(void **state)
{
    (void)state;
    assert_int_equal(get(4, GRANT_MAP), GNTST_general_error);
    assert_int_equal(get(3, GRANT_MAP), GNTST_okay);
    assert_int_equal(status, GTF_reading);
    assert_int_equal(use.frame, 0x1234);
    assert_int_equal(use.bytes, PAGE_SIZE);
    assert_int_equal(get(3, GRANT_MAP | GRANT_WRITE), GNTST_okay);
    assert_int_equal(status, GTF_reading | GTF_writing);
    put(GRANT_WRITE);
    assert_int_equal(status, GTF_reading);
    entry.hdr.flags = GTF_permit_access | GTF_readonly;
    assert_int_equal(get(3, GRANT_WRITE), GNTST_general_error);
    assert_int_equal(status, GTF_reading);
    put(0);
    assert_int_equal(status, 0);
    assert_false(grant_is_used(&use));
}

static void test_part(void **state)
{
    (void)state;
    entry.hdr.flags = GTF_permit_access | GTF_sub_page;
    entry.sub_page.page_off = 100;
    entry.sub_page.length = UINT16_MAX;
    assert_int_equal(get(3, GRANT_MAP), GNTST_general_error);
    assert_int_equal(get(3, 0), GNTST_okay);
    assert_int_equal(use.start, 100);
    assert_int_equal(use.bytes, USE_PARTIAL | PAGE_SIZE);
    entry.hdr.flags = GTF_permit_access; /* in use: still a part */
    assert_int_equal(get(3, GRANT_MAP), GNTST_general_error);
    put(0);
    assert_int_equal(get(3, GRANT_MAP), GNTST_okay);
    put(0);
    entry.full_page.frame = UINT64_MAX;
    assert_int_equal(get(3, GRANT_MAP), GNTST_okay);
    assert_int_equal(use.frame, UINT32_MAX); /* which is no frame */
}

static void test_passed_on(void **state)
{
    (void)state;
    entry.hdr.flags = GTF_transitive;
    entry.transitive.trans_domid = 5;
    entry.transitive.gref = 77;
    assert_int_equal(get(3, GRANT_MAP), GNTST_general_error);
    assert_int_equal(get(3, 0), GNTST_okay);
    assert_int_equal(use.through, 5);
    assert_int_equal(use.frame, 77);
}

static void revoke(void)
{
    entry.hdr.flags = 0;
}

static void become_readonly(void)
{
    entry.hdr.flags |= GTF_readonly;
}

static void test_taken_back(void **state)
{
    (void)state;
    step = revoke;
    assert_int_equal(get(3, GRANT_WRITE), GNTST_general_error);
    assert_int_equal(status, 0);
    entry.hdr.flags = GTF_permit_access;
    step = NULL;
    assert_int_equal(get(3, 0), GNTST_okay);
    step = become_readonly;
    assert_int_equal(get(3, GRANT_WRITE), GNTST_general_error);
    assert_int_equal(status, GTF_reading);
}

static void test_versions(void **state)
{
    struct grant_entry_v1 v1 = {GTF_permit_access | GTF_readonly | GTF_reading,
                                2, 9};
    struct grant_entry_v1 back;

    (void)state;
    grant_entry_to_v2(v1, &entry, &status);
    assert_int_equal(entry.hdr.flags, GTF_permit_access | GTF_readonly);
    assert_int_equal(status, GTF_reading);
    assert_true(grant_entry_to_v1(entry, status, &back));
    assert_memory_equal(&v1, &back, sizeof(v1));
    entry.full_page.frame = 1UL << 32;
    assert_false(grant_entry_to_v1(entry, status, &back));
    entry.hdr.flags = GTF_transitive;
    assert_false(grant_entry_to_v1(entry, status, &back));
    entry.hdr.flags = GTF_accept_transfer;
    assert_true(grant_entry_to_v1(entry, status, &back));
    assert_int_equal(back.flags, 0);
}

static void test_no_wrap(void **state)
{
    (void)state;
    for (unsigned i = 0; i < GRANT_USES_MAX; i++)
        assert_int_equal(get(3, 0), GNTST_okay);
    assert_int_equal(get(3, 0), GNTST_general_error);
    assert_int_equal(use.readers, GRANT_USES_MAX);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(marks_follow_uses), TEST(part),     TEST(passed_on),
        TEST(taken_back),        TEST(versions), TEST(no_wrap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
