/*
 * loader/files_test.h - the kept seeds as inputs of unit tests, sound or with
 * something changed. Host only; tests run in the root of the tree.
 * loader/make_corpus.py makes the seeds and says what they hold.
 */
#ifndef LOADER_FILES_TEST_H
#define LOADER_FILES_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Room for any seed. */
#define TEST_FILE_BYTES ((size_t)1 << 16)

struct test_file {
    uint8_t *data; /* exactly `bytes` long, so that ASan sees every overrun */
    size_t bytes;
};

/* Reads tests/corpus/NAME; to be freed by test_file_free(). */
static inline struct test_file test_file_read(const char *name)
{
    struct test_file file = {NULL, 0};
    char path[256];
    FILE *stream;

    snprintf(path, sizeof(path), "tests/corpus/%s", name);
    stream = fopen(path, "rb");
    if (!stream)
        fail_msg("%s is missing", path);
    file.data = malloc(TEST_FILE_BYTES);
    file.bytes = fread(file.data, 1, TEST_FILE_BYTES, stream);
    fclose(stream);
    file.data = realloc(file.data, file.bytes ? file.bytes : 1);
    return file;
}

/* Stores a little-endian value of `size` bytes at an offset of the file. */
static inline void test_file_poke(struct test_file *file, size_t at,
                                  size_t size, uint64_t value)
{
    assert_true(at + size <= file->bytes);
    memcpy(file->data + at, &value, size);
}

/* Makes the file shorter. */
static inline void test_file_cut(struct test_file *file, size_t bytes)
{
    uint8_t *data = malloc(bytes ? bytes : 1);

    assert_true(bytes <= file->bytes);
    memcpy(data, file->data, bytes);
    free(file->data);
    *file = (struct test_file){data, bytes};
}

static inline void test_file_free(struct test_file *file)
{
    free(file->data);
    file->data = NULL;
}

#endif
