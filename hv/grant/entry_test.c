/*
 * One grant entry: what may be done with it, and against a guest that rewrites
 * it between our steps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void guest_step(void);
#define GRANT_STEP() guest_step()
#include "grant/entry_v1.h"

static struct grant_entry_v1 entry;
static struct grant_use use;
static void (*step)(void);
static unsigned steps;

static void guest_step(void)
{
    steps++;
    if (step)
        step();
}

static int setup(void **state)
{
    (void)state;
    entry = (struct grant_entry_v1){GTF_permit_access, 3, 0x1234};
    use = (struct grant_use){0};
    step = NULL;
    steps = 0;
    return 0;
}

static void test_who_may(void **state)
{
    (void)state;
    assert_int_equal(grant_entry_get(&entry, &use, 4, false),
                     GNTST_general_error);
    entry.flags = GTF_invalid;
    assert_int_equal(grant_entry_get(&entry, &use, 3, false),
                     GNTST_general_error);
    entry.flags = GTF_accept_transfer;
    assert_int_equal(grant_entry_get(&entry, &use, 3, false),
                     GNTST_general_error);
    entry.flags = GTF_permit_access | GTF_readonly;
    assert_int_equal(grant_entry_get(&entry, &use, 3, true),
                     GNTST_general_error);
    assert_false(grant_is_used(&use));
    assert_int_equal(entry.flags, GTF_permit_access | GTF_readonly);
    assert_int_equal(grant_entry_get(&entry, &use, 3, false), GNTST_okay);
    assert_int_equal(entry.flags,
                     GTF_permit_access | GTF_readonly | GTF_reading);
    assert_int_equal(entry.domid, 3);
    assert_int_equal(use.frame, 0x1234);
}

static void test_flags_follow_uses(void **state)
{
    (void)state;
    assert_int_equal(grant_entry_get(&entry, &use, 3, false), GNTST_okay);
    assert_int_equal(grant_entry_get(&entry, &use, 3, true), GNTST_okay);
    assert_int_equal(grant_entry_get(&entry, &use, 3, true), GNTST_okay);
    assert_int_equal(entry.flags,
                     GTF_permit_access | GTF_reading | GTF_writing);
    grant_use_end(&use, &entry.flags, true);
    assert_true(entry.flags & GTF_writing);
    grant_use_end(&use, &entry.flags, true);
    assert_int_equal(entry.flags, GTF_permit_access | GTF_reading);
    grant_use_end(&use, &entry.flags, false);
    assert_int_equal(entry.flags, GTF_permit_access);
    assert_false(grant_is_used(&use));
}

/* The last use being a writable one clears both. */
static void test_writer_last(void **state)
{
    (void)state;
    assert_int_equal(grant_entry_get(&entry, &use, 3, true), GNTST_okay);
    grant_use_end(&use, &entry.flags, true);
    assert_int_equal(entry.flags, GTF_permit_access);
}

/* In use: what it was first is what it stays, whatever the entry says now. */
static void test_changed_while_used(void **state)
{
    (void)state;
    assert_int_equal(grant_entry_get(&entry, &use, 3, false), GNTST_okay);
    entry = (struct grant_entry_v1){GTF_permit_access, 5, 0x9999};
    assert_int_equal(grant_entry_get(&entry, &use, 5, false),
                     GNTST_general_error);
    assert_int_equal(grant_entry_get(&entry, &use, 3, false), GNTST_okay);
    assert_int_equal(use.frame, 0x1234);
    /* Writing was not granted before: the entry is asked. */
    assert_int_equal(grant_entry_get(&entry, &use, 3, true),
                     GNTST_general_error);
    grant_use_end(&use, &entry.flags, false);
    grant_use_end(&use, &entry.flags, false);
    assert_false(grant_is_used(&use));
    assert_int_equal(entry.flags, GTF_permit_access);
}

static void keep_changing(void)
{
    entry.flags ^= GTF_PWT;
}

static void revoke(void)
{
    entry.flags = 0;
}

static void become_readonly(void)
{
    entry.flags = GTF_permit_access | GTF_readonly;
}

static void test_unstable(void **state)
{
    (void)state;
    step = keep_changing;
    assert_int_equal(grant_entry_get(&entry, &use, 3, true),
                     GNTST_general_error);
    assert_int_equal(steps, GRANT_TRIES);
    assert_false(grant_is_used(&use));
    step = revoke;
    assert_int_equal(grant_entry_get(&entry, &use, 3, true),
                     GNTST_general_error);
    assert_int_equal(entry.flags, 0);
    entry.flags = GTF_permit_access;
    step = become_readonly;
    assert_int_equal(grant_entry_get(&entry, &use, 3, true),
                     GNTST_general_error);
    assert_int_equal(entry.flags, GTF_permit_access | GTF_readonly);
}

/* Random words and guests: a use is given only for what the word said at the
 * moment it was marked, and the counts always add up. */
static uint32_t seed = 7;
static uint32_t rnd(void)
{
    seed = seed * 1664525 + 1013904223;
    return seed >> 8;
}

static void scribble(void)
{
    if (rnd() % 4)
        return;
    entry.flags = (uint16_t)(rnd() & 0x1f);
    entry.domid = (domid_t)(rnd() % 3);
}

static void test_hostile(void **state)
{
    uint32_t readers = 0, writers = 0;

    (void)state;
    step = scribble;
    for (unsigned i = 0; i < 200000; i++) {
        domid_t who = (domid_t)(rnd() % 3);
        bool write = rnd() & 1;
        domid_t before = use.domid;
        bool used = readers + writers > 0;

        scribble();
        if (rnd() % 2 && (write ? writers : readers)) {
            grant_use_end(&use, &entry.flags, write);
            (*(write ? &writers : &readers))--;
        } else if (grant_entry_get(&entry, &use, who, write) == GNTST_okay) {
            assert_true(!used || before == who);
            (*(write ? &writers : &readers))++;
        }
        assert_int_equal(use.readers, readers);
        assert_int_equal(use.writers, writers);
    }
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_may),  TEST(flags_follow_uses),  TEST(writer_last),
        TEST(unstable), TEST(changed_while_used), TEST(hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
