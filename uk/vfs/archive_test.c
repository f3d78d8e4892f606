/* link: uk/vfs/archive.c uk/vfs/node.c uk/vfs/path.c */
/*
 * archive_test.c - archives good, cut and crafted, and walks through what they
 * made. Memory comes from one arena, since a refusal does not return.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mm/heap.h"
#include "vfs/file.h"
#include "vfs/node_internal.h"
#include "xen/clock.h"
#include "xen/console.h"

enum { ARENA = 16 << 20, ROUNDS = 20000 };

static _Alignas(16) char arena[ARENA];
static size_t used;
static jmp_buf refused;

void *heap_alloc(size_t size)
{
    char *p = arena + used;

    if (size > ARENA - used)
        return NULL;
    used += (size + 15) & ~15UL;
    return memset(p, 0, size);
}

void heap_free(void *p, size_t size)
{
    (void)p, (void)size;
}

uint64_t clock_wall_ns(void)
{
    return 0;
}

void node_free_data(struct node *n)
{
    (void)n;
}

uint32_t node_get_frame(struct backing *b, uint64_t index)
{
    (void)b, (void)index;
    return FRAME_NONE;
}

bool node_read_page(struct backing *b, uint64_t index, void *to)
{
    (void)b, (void)index, (void)to;
    return false;
}

uint64_t node_next_page(struct backing *b, uint64_t index)
{
    (void)b, (void)index;
    return UINT64_MAX;
}

long node_write(struct node *n, const void *from, size_t size, uint64_t at)
{
    char *copy = malloc(size + 1);

    memcpy(copy, from, size);
    free(copy);
    n->stat.st_size = (off_t)(at + size);
    return (long)size;
}

void console_panic(const char *format, ...)
{
    (void)format;
    longjmp(refused, 1);
}

/* One root for all tests: what they make has names of their own. */
static bool unpack(const char *data, size_t size)
{
    char *exact = malloc(size + 1);
    bool taken = false;

    memcpy(exact, data, size);
    if (setjmp(refused) == 0) {
        archive_unpack(exact, size);
        taken = true;
    }
    free(exact);
    return taken;
}

static size_t put_cpio(char *at, const char *name, unsigned mode,
                       const char *data, size_t size)
{
    size_t n = (size_t)sprintf(at,
                               "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x"
                               "%08x%08x%08zx%08x%s",
                               1, mode, 0, 0, 1, 7, size, 0, 0, 0, 0,
                               strlen(name) + 1, 0, name) +
               1;

    n = (n + 3) & ~3UL;
    memcpy(at + n, data, size);
    return (n + size + 3) & ~3UL;
}

static size_t make_cpio(char *at)
{
    size_t n = 0;

    memset(at, 0, 4096);
    n += put_cpio(at + n, "etc", S_IFDIR | 0700, "", 0);
    n += put_cpio(at + n, "./deep/er/file", S_IFREG | 0600, "hello", 5);
    n += put_cpio(at + n, "etc/link", S_IFLNK | 0777, "../deep", 7);
    n += put_cpio(at + n, "loop", S_IFLNK | 0777, "loop", 4);
    n += put_cpio(at + n, "TRAILER!!!", 0, "", 0);
    return n;
}

static long find(const char *path, bool follow, struct node **n)
{
    struct place p;
    long error =
        path_walk(path_root(), path, follow ? PATH_FOLLOW : PATH_LINK, &p);

    *n = error ? NULL : p.node;
    return error;
}

static void a_cpio_becomes_a_tree(void **state)
{
    char data[4096];
    struct node *n;

    (void)state;
    assert_true(unpack(data, make_cpio(data)));
    assert_int_equal(find("/etc", true, &n), 0);
    assert_int_equal(n->stat.st_mode, S_IFDIR | 0700);
    assert_int_equal(find("etc/link/er/../er/file", true, &n), 0);
    assert_int_equal(n->stat.st_size, 5);
    assert_int_equal(n->stat.st_mtim.tv_sec, 7);
    assert_int_equal(find("etc/link", false, &n), 0);
    assert_true(S_ISLNK(n->stat.st_mode));
    assert_int_equal(find("etc/link", true, &n), 0);
    assert_true(S_ISDIR(n->stat.st_mode));
    assert_int_equal(find("/../etc/", true, &n), 0);
    assert_int_equal(find("/deep/er/file/", true, &n), -ENOTDIR);
    assert_int_equal(find("/deep/er/file/x", true, &n), -ENOTDIR);
    assert_int_equal(find("/none/x", true, &n), -ENOENT);
    assert_int_equal(find("/none", true, &n), 0);
    assert_null(n);
    assert_int_equal(find("loop", true, &n), -ELOOP);
    assert_int_equal(find("", true, &n), -ENOENT);
}

/* The last name comes with the data. */
static void a_file_of_a_cpio_has_several_names(void **state)
{
    char data[4096] = "";
    struct node *n, *other;
    size_t first, size;

    (void)state;
    first = put_cpio(data, "names/a", S_IFREG | 0600, "", 0);
    size = first + put_cpio(data + first, "names/b", S_IFREG | 0600, "xyz", 3);
    memcpy(data + 38, "00000002", 8);
    memcpy(data + first + 38, "00000002", 8);
    size += put_cpio(data + size, "names/c", S_IFREG | 0600, "other", 5);
    size += put_cpio(data + size, "TRAILER!!!", 0, "", 0);
    assert_true(unpack(data, size));
    assert_int_equal(find("/names/a", true, &n), 0);
    assert_int_equal(find("/names/b", true, &other), 0);
    assert_ptr_equal(n, other);
    assert_int_equal(n->stat.st_size, 3);
    assert_int_equal(n->stat.st_nlink, 2);
    assert_int_equal(find("/names/c", true, &other), 0);
    assert_ptr_not_equal(n, other);
}

static void seal_tar(char *tar)
{
    unsigned sum = 0;

    memset(tar + 148, ' ', 8);
    for (int i = 0; i < 512; i++)
        sum += (unsigned char)tar[i];
    sprintf(tar + 148, "%06o", sum);
}

static void put_tar(char *tar, const char *name, char type, const char *target)
{
    memset(tar, 0, 512);
    strcpy(tar, name);
    memcpy(tar + 100, "0000644\0000000000\0000000000\00000000000100\0", 36);
    tar[156] = type;
    strcpy(tar + 157, target);
    memcpy(tar + 257, "ustar\00000", 8);
    if (type == '1')
        memcpy(tar + 124, "00000000000", 11);
    seal_tar(tar);
}

static void a_file_of_a_tar_has_several_names(void **state)
{
    char tar[2560] = "";
    struct node *n, *other;

    (void)state;
    put_tar(tar, "tarred/a", '0', "");
    put_tar(tar + 1024, "tarred/b", '1', "tarred/a");
    assert_true(unpack(tar, sizeof(tar)));
    assert_int_equal(find("/tarred/a", true, &n), 0);
    assert_int_equal(find("/tarred/b", true, &other), 0);
    assert_ptr_equal(n, other);
    assert_int_equal(n->stat.st_size, 64);
    put_tar(tar + 1024, "tarred/c", '1', "tarred/none");
    assert_false(unpack(tar, sizeof(tar)));
    put_tar(tar + 1024, "tarred/c", '1', "tarred");
    assert_false(unpack(tar, sizeof(tar)));
    put_tar(tar + 1024, "tarred/c", '0', "");
    tar[1024 + 500] = 1;
    assert_false(unpack(tar, sizeof(tar)));
    assert_int_equal(find("/tarred/c", true, &n), 0);
    assert_null(n);
}

static void paths_are_told(void **state)
{
    char out[32];
    struct node *n;

    (void)state;
    assert_int_equal(find("/deep/er", true, &n), 0);
    assert_int_equal(path_of(n, out, sizeof(out)), 9);
    assert_string_equal(out, "/deep/er");
    assert_int_equal(path_of(n, out, 8), -ERANGE);
    assert_int_equal(path_of(n, out, 9), 9);
    assert_int_equal(path_of(path_root(), out, 2), 2);
    assert_string_equal(out, "/");
}

static void what_is_cut_is_refused(void **state)
{
    char data[4096];
    size_t whole = make_cpio(data);

    (void)state;
    for (size_t n = 1; n < whole - 130; n++)
        unpack(data, n);
    assert_false(unpack(data, 109));
    assert_false(unpack("no archive", 10));
    assert_false(unpack(data, 300));
}

/* Whatever is in it, nothing beyond it is read. */
static void what_is_crafted_does_no_harm(void **state)
{
    static char tar[2048];
    char data[4096];
    size_t size = make_cpio(data);
    size_t before = used;

    (void)state;
    put_tar(tar, "dir/name", '0', "");
    srand(5);
    for (int i = 0; i < ROUNDS; i++) {
        char *base = i % 2 ? tar : data;
        size_t n = i % 2 ? sizeof(tar) : size;
        size_t at = (size_t)rand() % (i % 2 ? 520 : n);
        char kept = base[at];

        base[at] = (char)rand();
        if (i % 4 == 1)
            seal_tar(tar);
        unpack(base, n - (size_t)rand() % 4);
        base[at] = kept;
        seal_tar(tar);
        if (used > ARENA / 2)
            break;
    }
    assert_true(used >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cpio_becomes_a_tree),
        cmocka_unit_test(a_file_of_a_cpio_has_several_names),
        cmocka_unit_test(a_file_of_a_tar_has_several_names),
        cmocka_unit_test(paths_are_told),
        cmocka_unit_test(what_is_cut_is_refused),
        cmocka_unit_test(what_is_crafted_does_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
