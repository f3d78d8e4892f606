/*
 * loader/kernel_test.c - one kernel in every wrapping, and wrappings around
 * nothing.
 */
/* link: hv/loader/kernel.c hv/loader/payload.c hv/loader/bzimage.c
 * hv/loader/elf.c hv/loader/xen_notes.c build/third_party/zlib.o
 * build/third_party/bzip2.o build/third_party/xz-utils.o
 * build/third_party/lz4.o build/third_party/libzstd.o */
#include "loader/files_test.h"

#include "abi/errno.h"
#include "loader/kernel.h"

static struct kernel_source source;
static const char *error;

/* Opens the module and checks that it is the synthetic kernel. */
static int open_file(const struct test_file *file)
{
    struct payload_arena arena;
    struct kernel kernel;
    uint8_t *out;
    int rc;

    error = NULL;
    rc = kernel_probe(file->data, file->bytes, &source, &error);
    if (rc)
        return rc;
    out = malloc(source.needs.out_bytes + 1);
    arena = (struct payload_arena){malloc(source.needs.arena_bytes + 1),
                                   source.needs.arena_bytes, 0};
    rc = kernel_parse(&source, out, source.needs.out_bytes, &arena, &kernel,
                      &error);
    if (!rc) {
        assert_int_equal(kernel.notes.entry, 0xffffffff810001c0);
        assert_int_equal(kernel.elf.segments_count, 2);
        assert_int_equal(kernel.elf.segments[1].data[0], 0x55);
    }
    free(arena.base);
    free(out);
    return rc;
}

static int open_seed(const char *name)
{
    struct test_file file;
    char path[64];
    int rc;

    snprintf(path, sizeof(path), "kernel/%s", name);
    file = test_file_read(path);
    rc = open_file(&file);
    test_file_free(&file);
    return rc;
}

static void test_a_plain_kernel_is_opened(void **state)
{
    (void)state;
    assert_int_equal(open_seed("plain"), 0);
    assert_int_equal(source.container, KERNEL_PLAIN);
    assert_int_equal(source.needs.out_bytes, 0);
    assert_string_equal(kernel_container_name(source.container), "ELF file");
}

static void test_every_wrapping_is_opened(void **state)
{
    static const char *const formats[] = {"gzip", "bzip2", "lzma",
                                          "xz",   "lz4",   "zstd"};
    char name[32];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
        snprintf(name, sizeof(name), "bzimage-%s", formats[i]);
        assert_int_equal(open_seed(name), 0);
        assert_int_equal(source.container, KERNEL_BZIMAGE);
        assert_string_equal(payload_format_name(source.needs.format),
                            formats[i]);
        snprintf(name, sizeof(name), "compressed-%s", formats[i]);
        assert_int_equal(open_seed(name), 0);
        assert_int_equal(source.container, KERNEL_COMPRESSED);
    }
}

static void assert_refused(const char *name, const char *text)
{
    assert_int_equal(open_seed(name), -EINVAL);
    assert_string_equal(error, text);
}

static void test_what_cannot_be_opened_is_named(void **state)
{
    (void)state;
    assert_refused("not", "is not a kernel");
    assert_refused("empty", "is not a kernel");
    assert_refused("bzimage-corrupt", "xz payload is corrupt");
    assert_refused("bzimage-cut", "is a truncated bzImage");
    assert_refused("bzimage-lzo",
                   "payload is compressed with lzo, which is not supported "
                   "(its library is under the GPL)");
    assert_refused("bzimage-32-bit", "is a 32-bit ELF kernel");
    assert_refused("bzimage-no-notes", "has no Xen notes");
}

static void test_too_little_output_is_named(void **state)
{
    struct test_file file = test_file_read("kernel/bzimage-xz");
    struct payload_arena arena = {malloc(UNPACK_LZMA_ARENA_BYTES),
                                  UNPACK_LZMA_ARENA_BYTES, 0};
    struct kernel kernel;
    uint8_t out[64];

    (void)state;
    assert_int_equal(kernel_probe(file.data, file.bytes, &source, &error), 0);
    assert_int_equal(
        kernel_parse(&source, out, sizeof(out), &arena, &kernel, &error),
        -ENOMEM);
    free(arena.base);
    test_file_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_plain_kernel_is_opened),
        cmocka_unit_test(test_every_wrapping_is_opened),
        cmocka_unit_test(test_what_cannot_be_opened_is_named),
        cmocka_unit_test(test_too_little_output_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
