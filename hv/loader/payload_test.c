/*
 * loader/payload_test.c - each compression: sound, damaged, and in too little
 * memory.
 */
/* link: hv/loader/payload.c build/third_party/zlib.o
 * build/third_party/bzip2.o build/third_party/xz-utils.o
 * build/third_party/lz4.o build/third_party/libzstd.o */
#include "loader/files_test.h"

#include "abi/errno.h"
#include "loader/payload.h"

/* What every seed unpacks to; see payload_seeds(). */
#define TEXT_BYTES 5592U

static const char *const formats[] = {"gzip", "bzip2", "lzma",
                                      "xz",   "lz4",   "zstd"};

static uint8_t out[TEXT_BYTES + 16];
static const char *error;
static size_t produced;

/* Reads the seed payload/FORMAT-SUFFIX. */
static struct test_file seed(const char *format, const char *suffix)
{
    char name[64];

    snprintf(name, sizeof(name), "payload/%s%s", format, suffix);
    return test_file_read(name);
}

static int unpack_with(const struct test_file *file, size_t out_bytes,
                       size_t arena_bytes)
{
    struct payload_arena arena = {malloc(arena_bytes + 1), arena_bytes, 0};
    int rc;

    error = NULL;
    produced = 0;
    rc = payload_decompress(file->data, file->bytes, out, out_bytes, &produced,
                            &arena, &error);
    assert_int_equal(arena.used, 0);
    free(arena.base);
    return rc;
}

static int measure(const struct test_file *file, struct payload_needs *needs)
{
    error = NULL;
    return payload_measure(file->data, file->bytes, needs, &error);
}

/* Unpacks as a caller would, with what the measure says. */
static int unpack(const struct test_file *file)
{
    struct payload_needs needs;
    int rc = measure(file, &needs);

    if (rc)
        return rc;
    assert_true(needs.out_bytes <= TEXT_BYTES);
    return unpack_with(file, needs.out_bytes, needs.arena_bytes);
}

static void assert_text(void)
{
    assert_int_equal(produced, TEXT_BYTES);
    for (size_t i = 0; i < 3200; i++)
        assert_int_equal(out[i], "0123456789abcdef"[i % 16]);
    assert_memory_equal(out + 3800, "\177ELF", 4);
}

/* Asserts a refusal whose text is "FORMAT payload REASON". */
static void assert_refused(int rc, int code, const char *format,
                           const char *reason)
{
    char text[128];

    snprintf(text, sizeof(text), "%s payload %s", format, reason);
    assert_int_equal(rc, code);
    assert_string_equal(error, text);
}

static void test_every_format_is_unpacked(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
        struct test_file file = seed(formats[i], "");
        struct payload_needs needs;

        assert_int_equal(measure(&file, &needs), 0);
        assert_int_equal(needs.out_bytes, TEXT_BYTES);
        assert_string_equal(payload_format_name(needs.format), formats[i]);
        memset(out, 0, sizeof(out));
        assert_int_equal(unpack(&file), 0);
        assert_text();
        test_file_free(&file);
    }
}

static void test_the_size_word_may_be_missing(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
        struct test_file file = seed(formats[i], "-bare");

        memset(out, 0, sizeof(out));
        assert_int_equal(
            unpack_with(&file, sizeof(out), UNPACK_LZMA_ARENA_BYTES), 0);
        assert_text();
        test_file_free(&file);
    }
}

/* lz4 has no checksum: there only a broken structure is noticed. */
static void test_corrupt_data_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
        struct test_file file = seed(formats[i], "-corrupt");

        if (strcmp(formats[i], "lz4"))
            assert_refused(unpack(&file), -EINVAL, formats[i], "is corrupt");
        test_file_free(&file);
    }
}

static void test_broken_lz4_is_named(void **state)
{
    struct test_file file = seed("lz4", "");

    (void)state;
    memset(file.data + 8, 0xff, 100);
    assert_refused(unpack(&file), -EINVAL, "lz4", "is corrupt");
    test_file_free(&file);
    file = seed("lz4", "-block-huge");
    assert_refused(unpack(&file), -EINVAL, "lz4", "is truncated");
    test_file_free(&file);
    file = seed("lz4", "-12-bytes");
    assert_refused(unpack_with(&file, sizeof(out), 0), -EINVAL, "lz4",
                   "is corrupt");
    test_file_free(&file);
    file = seed("lz4", "-magic-twice");
    assert_int_equal(unpack(&file), 0);
    assert_text();
    test_file_free(&file);
}

static void test_truncated_data_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
        struct test_file file = seed(formats[i], "-half");

        assert_refused(unpack_with(&file, sizeof(out), UNPACK_LZMA_ARENA_BYTES),
                       -EINVAL, formats[i], "is truncated");
        test_file_free(&file);
        file = seed(formats[i], "-magic");
        assert_int_not_equal(unpack(&file), 0);
        test_file_free(&file);
    }
}

static void test_unbelievable_sizes_are_refused(void **state)
{
    static const char *const suffixes[] = {"-size-zero", "-size-huge"};
    struct payload_needs needs;

    (void)state;
    for (size_t i = 0; i < 2 * ARRAY_SIZE(formats); i++) {
        struct test_file file = seed(formats[i / 2], suffixes[i % 2]);

        assert_refused(measure(&file, &needs), -EINVAL, formats[i / 2],
                       "states no believable size");
        test_file_free(&file);
    }
}

static void test_too_small_sizes_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
        struct test_file file = seed(formats[i], "-size-less");

        if (!strcmp(formats[i], "lz4"))
            assert_refused(unpack(&file), -EINVAL, "lz4", "is corrupt");
        else
            assert_refused(unpack(&file), -ENOMEM, formats[i],
                           "unpacks to more than the size it states");
        test_file_free(&file);
    }
}

static void test_what_follows_the_stream_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
        struct test_file file = seed(formats[i], "-tail");
        int rc = unpack_with(&file, sizeof(out), UNPACK_LZMA_ARENA_BYTES);

        if (!strcmp(formats[i], "lz4"))
            assert_refused(rc, -EINVAL, "lz4", "is truncated");
        else
            assert_refused(rc, -EINVAL, formats[i],
                           "is followed by unknown data");
        test_file_free(&file);
    }
}

static void test_a_small_arena_is_no_crash(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
        struct test_file file = seed(formats[i], "");

        for (size_t arena = 0; arena < 8192; arena += 500) {
            int rc = unpack_with(&file, sizeof(out), arena);

            if (rc)
                assert_refused(rc, -ENOMEM, formats[i],
                               "needs more scratch memory than it may have");
        }
        test_file_free(&file);
    }
}

static void test_other_formats_are_refused_by_name(void **state)
{
    struct test_file file = seed("lzo", "");
    struct payload_needs needs;

    (void)state;
    assert_int_equal(measure(&file, &needs), -EINVAL);
    assert_string_equal(error, "payload is compressed with lzo, which is not "
                               "supported (its library is under the GPL)");
    test_file_free(&file);
    file = seed("unknown", "");
    assert_int_equal(measure(&file, &needs), -EINVAL);
    assert_string_equal(error, "payload has an unknown format");
    assert_string_equal(payload_format_name(PAYLOAD_UNKNOWN), "unknown");
    assert_int_equal(payload_format_of(file.data, 0), PAYLOAD_UNKNOWN);
    test_file_free(&file);
}

static void test_xz_checks_are_made_or_refused(void **state)
{
    struct test_file file = seed("xz", "-check4");

    (void)state;
    assert_int_equal(unpack(&file), 0);
    assert_text();
    test_file_free(&file);
    file = seed("xz", "-check10");
    assert_refused(unpack(&file), -EINVAL, "xz",
                   "uses a feature that is not supported");
    test_file_free(&file);
    file = seed("xz", "-dict");
    assert_refused(unpack(&file), -ENOMEM, "xz",
                   "needs more scratch memory than it may have");
    test_file_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_format_is_unpacked),
        cmocka_unit_test(test_the_size_word_may_be_missing),
        cmocka_unit_test(test_corrupt_data_is_named),
        cmocka_unit_test(test_broken_lz4_is_named),
        cmocka_unit_test(test_truncated_data_is_named),
        cmocka_unit_test(test_unbelievable_sizes_are_refused),
        cmocka_unit_test(test_too_small_sizes_are_refused),
        cmocka_unit_test(test_what_follows_the_stream_is_refused),
        cmocka_unit_test(test_a_small_arena_is_no_crash),
        cmocka_unit_test(test_other_formats_are_refused_by_name),
        cmocka_unit_test(test_xz_checks_are_made_or_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
