/* link: uk/vfs/node.c uk/vfs/data.c uk/mm/frames.c */
/* node_test.c - contents of files, holes, a full memory; directories' lists. */
#include "vfs/memory_test.h"

#include <errno.h>

#include "vfs/node_internal.h"

enum { MOST = 20 * PAGE_BYTES, ROUNDS = 20000 };
#define TERABYTE (1UL << 40)

static struct node *n;
static char text[MOST];

static int setup(void **state)
{
    memory_setup(state);
    n = node_create(S_IFREG | 0600);
    return !n;
}

/* Whatever a test did, nothing is left. */
static int teardown(void **state)
{
    (void)state;
    node_put(n);
    return frames.free != FRAMES || blocks != 0;
}

static void assert_zeros(uint64_t at, size_t size)
{
    memset(text, 0x55, size);
    assert_int_equal(node_read(n, text, size, at), size);
    for (size_t i = 0; i < size; i++)
        assert_int_equal(text[i], 0);
}

static void what_was_written_is_read(void **state)
{
    char got[10] = "..........";

    (void)state;
    assert_int_equal(node_read(n, got, sizeof(got), 0), 0);
    assert_int_equal(node_write(n, "hello", 5, 0), 5);
    assert_int_equal(node_write(n, "", 0, 100), 0);
    assert_int_equal(n->stat.st_size, 5);
    assert_int_equal(node_read(n, got, sizeof(got), 0), 5);
    assert_memory_equal(got, "hello.....", 10);
    assert_int_equal(node_read(n, got, 2, 3), 2);
    assert_memory_equal(got, "lollo", 5);
    assert_int_equal(node_read(n, got, 1, 5), 0);
    assert_int_equal(node_read(n, got, 1, UINT64_MAX), 0);
    assert_int_equal(node_read(n, got, 0, 0), 0);
}

static void pages_join(void **state)
{
    (void)state;
    memset(text, 'x', PAGE_BYTES);
    assert_int_equal(node_write(n, text, PAGE_BYTES, 100), PAGE_BYTES);
    assert_int_equal(n->stat.st_blocks, 16);
    assert_zeros(0, 100);
    assert_int_equal(node_read(n, text, MOST, 100), PAGE_BYTES);
    for (size_t i = 0; i < PAGE_BYTES; i++)
        assert_int_equal(text[i], 'x');
}

static void holes_take_no_memory(void **state)
{
    (void)state;
    assert_int_equal(node_write(n, "!", 1, 1UL << 30), 1);
    assert_int_equal(n->stat.st_size, (1UL << 30) + 1);
    assert_int_equal(n->stat.st_blocks, 8);
    assert_int_equal(frames.free, FRAMES - 1);
    assert_zeros(12345, MOST);
    assert_int_equal(frames.free, FRAMES - 1);
}

static void sizes_end(void **state)
{
    (void)state;
    assert_int_equal(node_write(n, "x", 1, TERABYTE), -EFBIG);
    assert_int_equal(node_write(n, "xx", 2, TERABYTE - 1), -EFBIG);
    assert_int_equal(node_write(n, "x", 1, UINT64_MAX), -EFBIG);
    assert_int_equal(node_write(n, text, SIZE_MAX, 1), -EFBIG);
    assert_int_equal(node_truncate(n, TERABYTE + 1), -EFBIG);
    assert_int_equal(node_truncate(n, UINT64_MAX), -EFBIG);
    assert_int_equal(node_reserve(n, 0, TERABYTE + 1, false), -EFBIG);
    assert_int_equal(n->stat.st_size, 0);
    assert_int_equal(node_truncate(n, TERABYTE), 0);
    assert_int_equal(n->stat.st_size, TERABYTE);
    assert_zeros(TERABYTE - 7, 7);
}

static void what_is_cut_off_is_zero_later(void **state)
{
    (void)state;
    memset(text, 'x', 3 * PAGE_BYTES);
    assert_int_equal(node_write(n, text, 3 * PAGE_BYTES, 0), 3 * PAGE_BYTES);
    assert_int_equal(node_truncate(n, 10), 0);
    assert_int_equal(n->stat.st_blocks, 8);
    assert_int_equal(frames.free, FRAMES - 1);
    assert_int_equal(node_truncate(n, 3 * PAGE_BYTES), 0);
    assert_zeros(10, 3 * PAGE_BYTES - 10);
    assert_int_equal(node_read(n, text, 11, 0), 11);
    assert_memory_equal(text, "xxxxxxxxxx", 11);
    assert_int_equal(node_truncate(n, 0), 0);
    assert_int_equal(frames.free, FRAMES);
}

/* As much as there is; then an error, and what was there stays. */
static void a_full_memory_is_told(void **state)
{
    const size_t room = (FRAMES - KEPT) * PAGE_BYTES;
    char *much = malloc(2 * room);

    (void)state;
    memset(much, 'm', 2 * room);
    assert_int_equal(node_write(n, much, 2 * room, 0), room);
    assert_int_equal(n->stat.st_size, room);
    assert_int_equal(node_write(n, much, 1, room), -ENOSPC);
    assert_int_equal(node_write(n, "0", 1, 0), 1);
    assert_int_equal(node_reserve(n, 0, room + 1, false), -ENOSPC);
    assert_int_equal(n->stat.st_size, room);
    assert_int_equal(node_truncate(n, room - 1), 0);
    assert_int_equal(node_write(n, much, 2, room - 1), 1);
    assert_int_equal(frames.free, KEPT);
    free(much);
}

static void no_heap_is_told(void **state)
{
    (void)state;
    blocks_left = 0;
    assert_null(node_create(S_IFREG));
    assert_int_equal(node_write(n, "x", 1, 0), -ENOSPC);
    assert_int_equal(node_reserve(n, 0, 1, false), -ENOSPC);
    assert_int_equal(node_get_frame(&n->backing, 0), FRAME_NONE);
    assert_int_equal(n->stat.st_size, 0);
    assert_int_equal(n->stat.st_blocks, 0);
    blocks_left = 1;
    assert_int_equal(node_write(n, "x", 1, 0), 1);
    assert_int_equal(node_write(n, "x", 1, 50 * PAGE_BYTES), -ENOSPC);
    assert_int_equal(n->stat.st_size, 1);
}

static void reserved_memory_is_there(void **state)
{
    (void)state;
    assert_int_equal(node_reserve(n, 5000, 9000, true), 0);
    assert_int_equal(n->stat.st_size, 0);
    assert_int_equal(n->stat.st_blocks, 16);
    assert_int_equal(node_reserve(n, 5000, 9000, false), 0);
    assert_int_equal(n->stat.st_size, 9000);
    assert_int_equal(n->stat.st_blocks, 16);
    assert_zeros(0, 9000);
}

/* All of it or nothing; what is behind the end goes with a truncation. */
static void reserving_is_undone(void **state)
{
    (void)state;
    assert_int_equal(node_reserve(n, 0, FRAMES * PAGE_BYTES, false), -ENOSPC);
    assert_int_equal(node_reserve(n, 0, TERABYTE, false), -ENOSPC);
    assert_int_equal(frames.free, FRAMES);
    assert_int_equal(n->stat.st_size, 0);
    node_write(n, "x", 1, 0);
    assert_int_equal(node_reserve(n, 0, MOST, true), 0);
    assert_int_equal(frames.free, FRAMES - MOST / PAGE_BYTES);
    assert_int_equal(node_reserve(n, 0, (FRAMES - KEPT) * PAGE_BYTES, true), 0);
    assert_int_equal(frames.free, KEPT);
    assert_int_equal(node_truncate(n, 2), 0);
    assert_int_equal(frames.free, KEPT);
    assert_int_equal(node_truncate(n, 2), 0);
    assert_int_equal(n->stat.st_blocks, 8);
    assert_int_equal(frames.free, FRAMES - 1);
}

/* Writes where a mapping of the last page can; then it grows, by each way. */
static void growing_shows_zeros(void **state)
{
    uint32_t frame;

    (void)state;
    assert_int_equal(node_write(n, "abc", 3, 0), 3);
    frame = node_get_frame(&n->backing, 0);
    memset((char *)direct(frame) + 3, 'm', PAGE_BYTES - 3);
    assert_int_equal(node_write(n, "x", 1, 3), 1);
    assert_int_equal(node_write(n, "y", 1, 10), 1);
    assert_zeros(4, 6);
    assert_int_equal(node_truncate(n, 20), 0);
    assert_zeros(11, 9);
    assert_int_equal(node_reserve(n, 0, 30, false), 0);
    assert_zeros(20, 10);
    assert_int_equal(node_write(n, "z", 1, 5000), 1);
    assert_zeros(30, 4970);
    assert_int_equal(node_read(n, text, 4, 0), 4);
    assert_memory_equal(text, "abcx", 4);
    frames_put(&frames, frame);
}

/* A mapping's frame is the file's, and outlives being cut off. */
static void frames_are_shared(void **state)
{
    uint32_t frame;

    (void)state;
    assert_int_equal(node_get_frame(&n->backing, 0), FRAME_NONE);
    node_truncate(n, PAGE_BYTES + 1);
    frame = node_get_frame(&n->backing, 1);
    assert_true(frame != FRAME_NONE);
    assert_int_equal(node_get_frame(&n->backing, 2), FRAME_NONE);
    assert_int_equal(node_get_frame(&n->backing, UINT64_MAX), FRAME_NONE);
    *(char *)direct(frame) = 'f';
    assert_int_equal(node_read(n, text, 9, PAGE_BYTES), 1);
    assert_int_equal(text[0], 'f');
    node_truncate(n, 0);
    assert_int_equal(frames.free, FRAMES - 1);
    assert_int_equal(*(char *)direct(frame), 'f');
    frames_put(&frames, frame);
}

static void holes_are_found(void **state)
{
    (void)state;
    assert_int_equal(node_next_page(&n->backing, 0), UINT64_MAX);
    node_write(n, "x", 1, 3 * PAGE_BYTES);
    node_reserve(n, 5 * PAGE_BYTES, 6 * PAGE_BYTES, true);
    assert_int_equal(node_next_page(&n->backing, 0), 3);
    assert_int_equal(node_next_page(&n->backing, 3), 3);
    assert_int_equal(node_next_page(&n->backing, 4), UINT64_MAX);
    assert_int_equal(node_next_page(&n->backing, 1UL << 50), UINT64_MAX);
    assert_true(node_read_page(&n->backing, 3, text) && text[0] == 'x');
    assert_true(node_read_page(&n->backing, 1, text) && text[0] == 0);
    assert_false(node_read_page(&n->backing, 4, text));
    assert_int_equal(frames.free, FRAMES - 2);
}

/* Any order of calls, against one array. */
static void it_equals_an_array(void **state)
{
    static char model[MOST], part[MOST];
    size_t size = 0;

    (void)state;
    srand(5);
    for (int round = 0; round < ROUNDS; round++) {
        size_t at = (size_t)rand() % MOST;
        size_t length = (size_t)rand() % (MOST - at) % 9000;

        switch (rand() % 3) {
        case 0:
            memset(part, rand(), length);
            memcpy(model + at, part, length);
            assert_int_equal(node_write(n, part, length, at), length);
            if (length > 0 && at + length > size)
                size = at + length;
            break;
        case 1:
            if (at < size)
                memset(model + at, 0, size - at);
            size = at;
            assert_int_equal(node_truncate(n, at), 0);
            break;
        default:
            length = at >= size ? 0 : length < size - at ? length : size - at;
            assert_int_equal(node_read(n, part, length, at), length);
            assert_memory_equal(part, model + at, length);
        }
        assert_int_equal(n->stat.st_size, size);
    }
}

static void times_move(void **state)
{
    struct timespec made = n->stat.st_mtim;

    (void)state;
    node_write(n, "x", 1, 0);
    assert_true(n->stat.st_mtim.tv_sec > made.tv_sec);
    assert_true(n->stat.st_ctim.tv_sec > made.tv_sec);
    assert_int_equal(n->stat.st_atim.tv_sec, made.tv_sec);
    node_touch(n, TOUCH_ACCESS);
    assert_true(n->stat.st_atim.tv_sec > n->stat.st_mtim.tv_sec);
}

/* Cookies grow along the list, whatever comes and goes. */
static void a_directory_is_a_list(void **state)
{
    struct node *d = node_create(S_IFDIR | 0700), *up;
    char name[NAME_MAX + 2];

    (void)state;
    d->directory.parent = d;
    memset(name, 'n', sizeof(name));
    assert_true(directory_is_empty(d));
    assert_int_equal(directory_add(d, name, NAME_MAX + 1, n), -ENAMETOOLONG);
    for (size_t i = 1; i <= NAME_MAX; i++)
        assert_int_equal(directory_add(d, name, i, n), 0);
    assert_int_equal(n->stat.st_nlink, NAME_MAX);
    for (size_t i = 2; i <= NAME_MAX; i += 2)
        directory_remove(d, name, i);
    assert_int_equal(directory_add(d, "last", 4, n), 0);
    for (struct entry *e = d->directory.entries; e->next; e = e->next)
        assert_true(e->cookie < e->next->cookie);
    assert_ptr_equal(directory_find(d, name, NAME_MAX), n);
    assert_null(directory_find(d, name, 2));
    assert_null(directory_find(d, "las", 3));
    assert_null(directory_find(d, "last.", 5));
    assert_ptr_equal(directory_find(d, ".", 1), d);
    assert_ptr_equal(directory_find(d, "..", 2), d);
    up = node_create(S_IFDIR | 0700);
    assert_int_equal(directory_add(d, "up", 2, up), 0);
    node_put(up);
    assert_int_equal(d->stat.st_nlink, 3);
    assert_ptr_equal(directory_find(up, "..", 2), d);
    directory_remove(d, "up", 2);
    assert_int_equal(d->stat.st_nlink, 2);
    blocks_left = 0;
    assert_int_equal(directory_add(d, "more", 4, n), -ENOSPC);
    for (size_t i = 1; i <= NAME_MAX; i += 2)
        directory_remove(d, name, i);
    directory_remove(d, "last", 4);
    assert_true(directory_is_empty(d) && n->stat.st_nlink == 0);
    node_put(d);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_written_is_read),
        TEST(pages_join),
        TEST(holes_take_no_memory),
        TEST(sizes_end),
        TEST(what_is_cut_off_is_zero_later),
        TEST(a_full_memory_is_told),
        TEST(no_heap_is_told),
        TEST(reserved_memory_is_there),
        TEST(frames_are_shared),
        TEST(holes_are_found),
        TEST(growing_shows_zeros),
        TEST(reserving_is_undone),
        TEST(it_equals_an_array),
        TEST(times_move),
        TEST(a_directory_is_a_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
