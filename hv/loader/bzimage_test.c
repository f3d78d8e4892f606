/*
 * loader/bzimage_test.c - the payload is found, and every malformation named.
 */
/* link: hv/loader/bzimage.c */
#include "loader/files_test.h"

#include "abi/errno.h"
#include "loader/bzimage.h"

static struct bzimage bz;
static const char *error;

static int parse(const struct test_file *file)
{
    error = NULL;
    return bzimage_parse(file->data, file->bytes, &bz, &error);
}

static void assert_refused(const struct test_file *file, const char *text)
{
    assert_int_equal(parse(file), -EINVAL);
    assert_string_equal(error, text);
}

/* The sound bzImage with one field changed. */
static void assert_field(size_t at, size_t size, uint64_t value,
                         const char *text)
{
    struct test_file file = test_file_read("bzimage/good");

    test_file_poke(&file, at, size, value);
    assert_refused(&file, text);
    test_file_free(&file);
}

static void test_payload_is_found(void **state)
{
    struct test_file file = test_file_read("bzimage/good");

    (void)state;
    assert_int_equal(parse(&file), 0);
    assert_int_equal(bz.protocol, 0x20f);
    assert_ptr_equal(bz.payload, file.data + 0x410);
    assert_int_equal(bz.payload_bytes, file.bytes - 0x410);
    assert_memory_equal(bz.payload, "\x1f\x8b", 2);
    test_file_free(&file);
}

static void test_zero_setup_sectors_are_four(void **state)
{
    struct test_file file = test_file_read("bzimage/four-sectors");

    (void)state;
    assert_int_equal(parse(&file), 0);
    assert_ptr_equal(bz.payload, file.data + 5 * 512 + 0x10);
    test_file_free(&file);
}

static void test_what_is_no_kernel_is_named(void **state)
{
    struct test_file file = test_file_read("bzimage/not");

    (void)state;
    assert_refused(&file, "is not a kernel");
    test_file_cut(&file, 0);
    assert_refused(&file, "is not a kernel");
    test_file_free(&file);
    assert_field(0x1fe, 2, 0, "is not a kernel");
    assert_field(0x202, 4, 0, "is not a kernel");
}

static void test_every_cut_is_noticed(void **state)
{
    struct test_file file = test_file_read("bzimage/good");

    (void)state;
    for (size_t bytes = file.bytes - 1; bytes > 0x200; bytes--) {
        test_file_cut(&file, bytes);
        assert_refused(&file, "is a truncated bzImage");
    }
    test_file_cut(&file, 0x1ff);
    assert_refused(&file, "is not a kernel");
    test_file_free(&file);
}

static void test_payload_outside_is_named(void **state)
{
    (void)state;
    assert_field(0x248, 4, 0xffffffff, "is a truncated bzImage");
    assert_field(0x24c, 4, 0xffffffff, "is a truncated bzImage");
    assert_field(0x1f1, 1, 0xff, "is a truncated bzImage");
    assert_field(0x24c, 4, 0, "is a bzImage without a payload");
}

static void test_other_kinds_are_named(void **state)
{
    (void)state;
    assert_field(0x211, 1, 0, "is a 16-bit zImage, not a bzImage");
    assert_field(0x206, 2, 0x100, "is a 16-bit zImage, not a bzImage");
    assert_field(0x206, 2, 0x207,
                 "is a bzImage older than boot protocol 2.08 (Linux 2.6.26), "
                 "which has no payload to find");
    assert_field(0x236, 2, 0, "is a 32-bit kernel");
}

static void test_old_protocols_do_not_tell_their_width(void **state)
{
    struct test_file file = test_file_read("bzimage/good");

    (void)state;
    test_file_poke(&file, 0x236, 2, 0);
    test_file_poke(&file, 0x206, 2, 0x20b);
    assert_int_equal(parse(&file), 0);
    test_file_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_payload_is_found),
        cmocka_unit_test(test_zero_setup_sectors_are_four),
        cmocka_unit_test(test_what_is_no_kernel_is_named),
        cmocka_unit_test(test_every_cut_is_noticed),
        cmocka_unit_test(test_payload_outside_is_named),
        cmocka_unit_test(test_other_kinds_are_named),
        cmocka_unit_test(test_old_protocols_do_not_tell_their_width),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
