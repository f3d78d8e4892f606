/* link: uk/lib/inflate.c -lz */
/*
 * inflate_test.c - what zlib packs comes back; what is cut or altered is
 * refused or, by its checksum, found out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "lib/inflate.h"

enum { MOST = 200000, PACKED = MOST + 4096, ROUNDS = 3000 };

static unsigned char plain[MOST], packed[PACKED], out[MOST];
static struct inflate *work;

static int setup(void **state)
{
    (void)state;
    work = malloc(gzip_work_bytes());
    srand(5);
    return 0;
}

/* Of a size and a kind: noise, text, what was there 32 KiB before. */
static void make_plain(size_t size, int kind)
{
    static const char letters[] = "etaoin shrdlu";

    for (size_t i = 0; i < size; i++) {
        int random = rand();

        if (kind == 1)
            random = letters[random % 13];
        else if (kind == 2)
            random = i > 40000 ? plain[i - 32768] : random % 64 / 63;
        plain[i] = (unsigned char)random;
    }
}

static size_t pack(size_t size, int level, int strategy, gz_header *header)
{
    z_stream z = {.next_in = plain,
                  .avail_in = (uInt)size,
                  .next_out = packed,
                  .avail_out = PACKED};

    assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, 31, 9, strategy),
                     Z_OK);
    if (header)
        assert_int_equal(deflateSetHeader(&z, header), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return z.total_out;
}

/* Exactly as much memory as it may look at. */
static long unpack(size_t size, size_t room)
{
    unsigned char *from = malloc(size + !size), *to = malloc(room + !room);
    long got;

    memcpy(from, packed, size);
    got = gzip_unpack(work, from, size, to, room);
    if (got > 0)
        memcpy(out, to, (size_t)got);
    assert_true(gzip_stopped_at(work) <= size);
    free(from);
    free(to);
    return got;
}

static void what_is_packed_comes_back(void **state)
{
    static const size_t sizes[] = {0, 1, 2, 100, 5000, 70000, MOST};
    static const int strategies[] = {Z_DEFAULT_STRATEGY, Z_FIXED,
                                     Z_HUFFMAN_ONLY, Z_RLE};

    (void)state;
    for (unsigned s = 0; s < 7; s++)
        for (int kind = 0; kind < 3; kind++)
            for (int level = 0; level <= 9; level += 3)
                for (unsigned way = 0; way < 4; way++) {
                    size_t n;

                    make_plain(sizes[s], kind);
                    n = pack(sizes[s], level, strategies[way], NULL);
                    assert_true(gzip_is(packed, n));
                    assert_int_equal(gzip_size(packed, n), sizes[s]);
                    assert_int_equal(unpack(n, sizes[s]), sizes[s]);
                    assert_memory_equal(out, plain, sizes[s]);
                }
}

static void headers_are_skipped(void **state)
{
    unsigned char extra[300] = "extra", name[] = "a name", note[] = "a note";
    gz_header h = {.extra = extra,
                   .extra_len = sizeof(extra),
                   .name = name,
                   .comment = note,
                   .hcrc = 1};
    size_t n;

    (void)state;
    make_plain(1000, 1);
    n = pack(1000, 9, Z_DEFAULT_STRATEGY, &h);
    assert_int_equal(unpack(n, 1000), 1000);
    assert_memory_equal(out, plain, 1000);
}

static void what_is_cut_is_refused(void **state)
{
    size_t n;

    (void)state;
    make_plain(3000, 1);
    n = pack(3000, 6, Z_DEFAULT_STRATEGY, NULL);
    for (size_t cut = 0; cut < n; cut++)
        assert_int_equal(unpack(cut, 3000), GZIP_BROKEN);
    assert_int_equal(unpack(n, 2999), GZIP_TOO_LONG);
    assert_int_equal(unpack(n, 0), GZIP_TOO_LONG);
    packed[n - 5] ^= 1;
    assert_int_equal(unpack(n, 3000), GZIP_WRONG_SUM);
}

static void what_is_altered_is_found_out(void **state)
{
    int refused = 0;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        size_t size = (size_t)rand() % 3000 + 50, n;
        long got;

        make_plain(size, round % 3);
        n = pack(size, round % 10, round % 4, NULL);
        for (int i = rand() % 3; i >= 0; i--)
            packed[10 + (size_t)rand() % (n - 10)] ^=
                (unsigned char)(1 << rand() % 8);
        got = unpack(n, MOST);
        refused += got < 0;
        if (got > 0)
            assert_memory_equal(out, plain, (size_t)got);
    }
    assert_true(refused > ROUNDS * 9 / 10);
}

/* Code lengths that oversubscribe, repeat nothing, or lack an end. */
static void noise_is_refused(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS * 3; round++) {
        size_t n = 18 + (size_t)rand() % 300;

        memcpy(packed, "\x1f\x8b\x08\0\0\0\0\0\0\3", 10);
        for (size_t i = 10; i < n; i++)
            packed[i] = (unsigned char)rand();
        packed[10] = (unsigned char)(5 | (rand() & ~7));
        assert_true(unpack(n, 5000) < 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_comes_back),
        cmocka_unit_test(headers_are_skipped),
        cmocka_unit_test(what_is_cut_is_refused),
        cmocka_unit_test(what_is_altered_is_found_out),
        cmocka_unit_test(noise_is_refused),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
