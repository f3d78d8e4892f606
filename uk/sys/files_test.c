/* link: uk/sys/files.c uk/sys/user.c uk/vfs/path.c uk/vfs/file.c
 * uk/vfs/node.c uk/vfs/data.c uk/mm/frames.c uk/mm/limits.c */
/* files_test.c - the calls about names on a file system of their own. */
#include "vfs/memory_test.h"

#include <errno.h>
#include <fcntl.h>

#include "sys/names.h"
#include "sys/sys.h"
#include "vfs/pipe.h"

static const struct file_ops no_ops;
static char name[PATH_MAX + 1]; /* of 255 bytes */
static long blocks_before;

/* The first page is nobody's. */
bool space_allows(const void *start, uint64_t length, uint32_t prot)
{
    (void)length, (void)prot;
    return (uintptr_t)start >= PAGE_BYTES;
}

long pipe_open(struct node *n, int flags, struct file **f)
{
    node_get(n);
    *f = file_create(&no_ops, n, flags);
    return *f ? 0 : -ENOMEM;
}

static struct node *find(const char *path)
{
    struct node *n;

    return names_find(AT_FDCWD, path, false, &n) ? NULL : n;
}

static void make_file(const char *path)
{
    assert_int_equal(sys_mknod(path, S_IFREG | 0644, 0), 0);
}

/* In a directory of its own, below which all is gone afterwards. */
static int setup(void **state)
{
    memory_setup(state);
    limit_is_fixed(RLIMIT_NOFILE, FDS, FDS);
    limit_is_fixed(RLIMIT_FSIZE, RLIM_INFINITY, RLIM_INFINITY);
    memset(name, 'n', NAME_MAX);
    name[NAME_MAX] = 0;
    path_here();
    sys_umask(022);
    blocks_before = blocks;
    return (int)(sys_mkdir("/t", 0755) || sys_chdir("/t"));
}

static void remove_all(const char *path)
{
    struct node *d = find(path);
    char below[PATH_MAX];

    while (!directory_is_empty(d)) {
        const struct entry *e = d->directory.entries;

        snprintf(below, sizeof(below), "%s/%.*s", path, e->length, e->name);
        if (S_ISDIR(e->node->stat.st_mode))
            remove_all(below);
        else
            assert_int_equal(sys_unlink(below), 0);
    }
    assert_int_equal(sys_rmdir(path), 0);
}

static int teardown(void **state)
{
    (void)state;
    blocks_left = LONG_MAX;
    sys_chdir("/");
    remove_all("/t");
    return blocks != blocks_before || frames.free != FRAMES ||
           path_root()->stat.st_nlink != 2;
}

/* ---------------------------------------------------------------- names */
static void modes_are_masked(void **state)
{
    (void)state;
    assert_int_equal(sys_umask(027), 022);
    assert_int_equal(sys_mkdir("d", 01777), 0);
    assert_int_equal(find("d")->stat.st_mode, S_IFDIR | 01750);
    assert_int_equal(sys_mknod("f", 06666, 0), 0);
    assert_int_equal(find("f")->stat.st_mode, S_IFREG | 06640);
    assert_int_equal(sys_mknod("p", S_IFIFO | 0666, 0), 0);
    assert_int_equal(find("p")->stat.st_mode, S_IFIFO | 0640);
    assert_int_equal(sys_umask(~0U), 027);
    assert_int_equal(sys_umask(0), 0777);
}

static void devices_cannot_be_made(void **state)
{
    (void)state;
    assert_int_equal(sys_mknod("f", S_IFDIR | 0644, 0), -EPERM);
    assert_int_equal(sys_mknod("f", S_IFCHR | 0644, 0), -EPERM);
    assert_int_equal(sys_mknod("f", S_IFBLK | 0644, 0), -EPERM);
    assert_int_equal(sys_mknod("f", S_IFMT, 0), -EINVAL);
    assert_null(find("f"));
}

static void paths_are_checked(void **state)
{
    char *path = malloc(PATH_MAX + 1);

    (void)state;
    assert_int_equal(sys_mkdir(NULL, 0755), -EFAULT);
    assert_int_equal(sys_mkdir("", 0755), -ENOENT);
    assert_int_equal(sys_mkdir(name, 0755), 0);
    assert_int_equal(sys_mkdir(name, 0755), -EEXIST);
    name[NAME_MAX] = 'n';
    name[NAME_MAX + 1] = 0;
    assert_int_equal(sys_mkdir(name, 0755), -ENAMETOOLONG);
    assert_int_equal(sys_rename(name, "x"), -ENAMETOOLONG);
    make_file("f");
    assert_int_equal(sys_rename("f", name), -ENAMETOOLONG);
    assert_int_equal(sys_link("f", name), -ENAMETOOLONG);
    assert_int_equal(sys_symlink("f", name), -ENAMETOOLONG);
    assert_non_null(find("f"));
    memset(path, '/', PATH_MAX);
    path[PATH_MAX] = 0;
    assert_int_equal(sys_mkdir(path, 0755), -ENAMETOOLONG);
    path[PATH_MAX - 1] = 0;
    assert_int_equal(sys_mkdir(path, 0755), -EEXIST);
    free(path);
    assert_int_equal(sys_mkdir("f/x", 0755), -ENOTDIR);
    assert_int_equal(sys_mkdir("f/", 0755), -EEXIST);
    assert_int_equal(sys_mkdir("none/x", 0755), -ENOENT);
    assert_int_equal(sys_mkdir(".", 0755), -EEXIST);
    assert_int_equal(sys_mkdir("/..", 0755), -EEXIST);
    assert_int_equal(sys_mkdirat(FDS, "x", 0755), -EBADF);
    assert_int_equal(sys_mkdirat(FDS, "/t/x/", 0755), 0);
}

/* ---------------------------------------------------------------- links */
static void links_are_counted(void **state)
{
    const struct node *n;

    (void)state;
    make_file("a");
    n = find("a");
    assert_int_equal(sys_link("a", "b"), 0);
    assert_int_equal(sys_mkdir("d", 0755), 0);
    assert_int_equal(sys_link("b", "d/c"), 0);
    assert_int_equal(n->stat.st_nlink, 3);
    assert_ptr_equal(find("d/c"), n);
    assert_int_equal(sys_link("a", "b"), -EEXIST);
    assert_int_equal(sys_link("a", "e/"), -ENOENT);
    assert_int_equal(sys_link("d", "e"), -EPERM);
    assert_int_equal(sys_link("none", "e"), -ENOENT);
    assert_int_equal(sys_unlink("a"), 0);
    assert_int_equal(n->stat.st_nlink, 2);
    assert_int_equal(sys_rename("b", "d/c"), 0);
    assert_non_null(find("b"));
    assert_int_equal(sys_unlink("b"), 0);
    assert_int_equal(n->stat.st_nlink, 1);
    assert_int_equal(sys_unlink("b"), -ENOENT);
}

static void symbolic_links_are_followed(void **state)
{
    struct node *n;

    (void)state;
    assert_int_equal(sys_symlink("", "s"), -ENOENT);
    assert_int_equal(sys_symlink("f", "s"), 0);
    assert_int_equal(find("s")->stat.st_size, 1);
    assert_int_equal(names_find(AT_FDCWD, "s", true, &n), -ENOENT);
    make_file("f");
    assert_int_equal(names_find(AT_FDCWD, "s", true, &n), 0);
    assert_ptr_equal(n, find("f"));
    assert_int_equal(sys_mkdir("d", 0755), 0);
    assert_int_equal(sys_symlink("../d", "d/self"), 0);
    assert_ptr_equal(find("d/self/self/self/"), find("d"));
    assert_int_equal(sys_rmdir("d/self"), -ENOTDIR);
    assert_int_equal(sys_unlink("d/self"), 0);
    assert_int_equal(sys_link("s", "hard"), 0);
    assert_int_equal(find("s")->stat.st_nlink, 2);
    assert_int_equal(
        sys_linkat(AT_FDCWD, "s", AT_FDCWD, "file", AT_SYMLINK_FOLLOW), 0);
    assert_ptr_equal(find("file"), find("f"));
    assert_int_equal(sys_linkat(AT_FDCWD, "f", AT_FDCWD, "g", 1), -EINVAL);
}

/* A slash behind a link's name does not make another file of it. */
static void names_with_a_slash_are_names(void **state)
{
    (void)state;
    make_file("f");
    assert_int_equal(sys_mkdir("d", 0755), 0);
    assert_int_equal(sys_symlink("d", "l"), 0);
    assert_int_equal(sys_symlink("none", "nowhere"), 0);
    assert_int_equal(sys_rmdir("l/"), -ENOTDIR);
    assert_int_equal(sys_unlink("l/"), -ENOTDIR);
    assert_int_equal(sys_mkdir("l/", 0755), -EEXIST);
    assert_int_equal(sys_mkdir("nowhere/", 0755), -EEXIST);
    assert_int_equal(sys_mknod("nowhere/", S_IFREG, 0), -EEXIST);
    assert_int_equal(sys_symlink("f", "nowhere/"), -EEXIST);
    assert_int_equal(sys_link("f", "l/"), -EEXIST);
    assert_int_equal(sys_rename("l/", "x"), -ENOTDIR);
    assert_int_equal(sys_rename("l", "f/"), -ENOTDIR);
    assert_int_equal(sys_rename("f", "f/"), -ENOTDIR);
    assert_int_equal(sys_rename("d", "l/"), -ENOTDIR);
    assert_int_equal(sys_rename("d", "nowhere/"), -ENOTDIR);
    assert_ptr_equal(find("l/"), find("d"));
}

static void links_in_a_circle_end(void **state)
{
    struct node *n;
    char to[16], from[16];

    (void)state;
    assert_int_equal(sys_symlink("loop", "loop"), 0);
    assert_int_equal(names_find(AT_FDCWD, "loop", true, &n), -ELOOP);
    assert_int_equal(sys_mkdir("loop/x", 0755), -ELOOP);
    assert_int_equal(sys_open("loop", O_RDONLY, 0), -ELOOP);
    make_file("l0");
    for (int i = 1; i <= 41; i++) {
        snprintf(to, sizeof(to), "l%d", i - 1);
        snprintf(from, sizeof(from), "l%d", i);
        assert_int_equal(sys_symlink(to, from), 0);
    }
    assert_int_equal(names_find(AT_FDCWD, "l40", true, &n), 0);
    assert_int_equal(names_find(AT_FDCWD, "l41", true, &n), -ELOOP);
}

/* --------------------------------------------------------------- removal */
static void removal_is_of_the_right_kind(void **state)
{
    (void)state;
    make_file("f");
    assert_int_equal(sys_mkdir("d", 0755), 0);
    assert_int_equal(sys_mkdir("d/e", 0755), 0);
    assert_int_equal(find("d")->stat.st_nlink, 3);
    assert_int_equal(sys_unlink("d"), -EISDIR);
    assert_int_equal(sys_rmdir("f"), -ENOTDIR);
    assert_int_equal(sys_unlink("f/"), -ENOTDIR);
    assert_int_equal(sys_rmdir("d"), -ENOTEMPTY);
    assert_int_equal(sys_rmdir("d/."), -EINVAL);
    assert_int_equal(sys_rmdir("d/e/.."), -ENOTEMPTY);
    assert_int_equal(sys_rmdir("/"), -EBUSY);
    assert_int_equal(sys_unlinkat(AT_FDCWD, "f", AT_REMOVEDIR | 1), -EINVAL);
    assert_int_equal(sys_rmdir("d/e/"), 0);
    assert_int_equal(find("d")->stat.st_nlink, 2);
    assert_int_equal(sys_unlinkat(AT_FDCWD, "d", AT_REMOVEDIR), 0);
    assert_null(find("d"));
}

static void nothing_is_made_in_what_is_gone(void **state)
{
    char out[PATH_MAX];

    (void)state;
    make_file("/t/f");
    assert_int_equal(sys_mkdir("d", 0755), 0);
    assert_int_equal(sys_chdir("d"), 0);
    assert_int_equal(sys_rmdir("../d"), 0);
    assert_int_equal(sys_mkdir("x", 0755), -ENOENT);
    assert_int_equal(sys_mknod("x", 0644, 0), -ENOENT);
    assert_int_equal(sys_symlink("x", "x"), -ENOENT);
    assert_int_equal(sys_open("x", O_CREAT | O_RDWR, 0644), -ENOENT);
    assert_int_equal(sys_link("/t/f", "x"), -ENOENT);
    assert_int_equal(sys_rename("/t/f", "x"), -ENOENT);
    assert_int_equal(sys_getcwd(out, sizeof(out)), -ENOENT);
    assert_int_equal(sys_chdir("/t"), 0);
    assert_int_equal(sys_getcwd(out, sizeof(out)), 3);
    assert_string_equal(out, "/t");
    assert_int_equal(sys_getcwd(out, 2), -ERANGE);
    assert_int_equal(sys_getcwd(NULL, 100), -EFAULT);
}

/* Too long is too long, however much room there is for it. */
static void paths_of_directories_end(void **state)
{
    enum { LEVELS = (PATH_MAX - 3) / 16 };
    static char out[2 * PATH_MAX];

    (void)state;
    for (int i = 0; i < LEVELS; i++) {
        assert_int_equal(sys_mkdir("fifteen-letters", 0755), 0);
        assert_int_equal(sys_chdir("fifteen-letters"), 0);
    }
    assert_int_equal(sys_getcwd(out, sizeof(out)), 3 + LEVELS * 16);
    assert_int_equal(sys_getcwd(out, 2 + LEVELS * 16), -ERANGE);
    assert_int_equal(sys_mkdir("fourteen-chars", 0755), 0);
    assert_int_equal(sys_chdir("fourteen-chars"), 0);
    assert_int_equal(sys_getcwd(out, sizeof(out)), -ENAMETOOLONG);
    assert_int_equal(sys_getcwd(out, 2), -ENAMETOOLONG);
    assert_int_equal(sys_chdir(".."), 0);
    assert_int_equal(sys_rmdir("fourteen-chars"), 0);
    for (int i = 0; i < LEVELS; i++) {
        assert_int_equal(sys_chdir(".."), 0);
        assert_int_equal(sys_rmdir("fifteen-letters"), 0);
    }
}

/* -------------------------------------------------------------- renaming */
static void names_move(void **state)
{
    const struct node *d, *f;

    (void)state;
    assert_int_equal(sys_mkdir("d", 0755), 0);
    assert_int_equal(sys_mkdir("d/e", 0755), 0);
    make_file("d/e/f");
    d = find("d/e");
    f = find("d/e/f");
    assert_int_equal(sys_rename("d/e", "g"), 0);
    assert_ptr_equal(find("g/f"), f);
    assert_ptr_equal(find("g/.."), find("/t"));
    assert_int_equal(find("d")->stat.st_nlink, 2);
    assert_int_equal(sys_rename("g", "d"), 0);
    assert_ptr_equal(find("d"), d);
    assert_int_equal(d->stat.st_nlink, 2);
    assert_int_equal(find("/t")->stat.st_nlink, 3);
    make_file("h");
    assert_int_equal(sys_rename("d/f", "h"), 0);
    assert_ptr_equal(find("h"), f);
    assert_int_equal(f->stat.st_nlink, 1);
    assert_true(directory_is_empty(find("d")));
}

static void impossible_moves_change_nothing(void **state)
{
    (void)state;
    assert_int_equal(sys_mkdir("d", 0755), 0);
    assert_int_equal(sys_mkdir("d/e", 0755), 0);
    assert_int_equal(sys_mkdir("o", 0755), 0);
    make_file("f");
    make_file("o/x");
    assert_int_equal(sys_rename("d", "d/e/g"), -EINVAL);
    assert_int_equal(sys_rename("d", "d/g"), -EINVAL);
    assert_int_equal(sys_rename("d", "d/e"), -EINVAL);
    assert_int_equal(sys_rename("d/e", "d"), -ENOTEMPTY);
    assert_int_equal(sys_rename("d", "o"), -ENOTEMPTY);
    assert_int_equal(sys_rename("d", "f"), -ENOTDIR);
    assert_int_equal(sys_rename("f", "d"), -EISDIR);
    assert_int_equal(sys_rename("f", "g/"), -ENOTDIR);
    assert_int_equal(sys_rename("none", "g"), -ENOENT);
    assert_int_equal(sys_rename("d/.", "g"), -EBUSY);
    assert_int_equal(sys_rename("d", "o/.."), -EBUSY);
    assert_int_equal(sys_rename("/", "g"), -EBUSY);
    assert_int_equal(sys_rename("d", "/"), -EBUSY);
    assert_int_equal(sys_renameat2(AT_FDCWD, "f", AT_FDCWD, "g", ~0U), -EINVAL);
    assert_int_equal(sys_rename("d", "d"), 0);
    assert_int_equal(sys_rename("d", "d/"), 0);
    assert_non_null(find("d/e"));
    assert_non_null(find("o/x"));
    assert_int_equal(find("/t")->stat.st_nlink, 4);
}

/* ------------------------------------------------------------- no memory */
/* Each call, with memory for fewer and fewer allocations: an error, and what
 * was there is there. */
static void no_memory_loses_nothing(void **state)
{
    long error;

    (void)state;
    make_file("old");
    make_file("new");
    for (long left = 0;; left++) {
        blocks_left = left;
        error = sys_symlink("target", "s");
        if (!error)
            break;
        assert_int_equal(error, -ENOSPC);
        assert_null(find("s"));
    }
    blocks_left = 0;
    assert_int_equal(sys_link("old", "more"), -ENOSPC);
    assert_int_equal(sys_mkdir("more", 0755), -ENOSPC);
    assert_int_equal(sys_open("old", O_RDONLY, 0), -ENOMEM);
    assert_int_equal(sys_open("more", O_CREAT | O_RDWR, 0), -ENOSPC);
    assert_int_equal(sys_rename("old", "new"), -ENOSPC);
    assert_int_equal(sys_rename("old", "more"), -ENOSPC);
    assert_non_null(find("old"));
    assert_non_null(find("new"));
    assert_int_equal(find("old")->stat.st_nlink, 1);
    assert_null(find("more"));
    assert_int_equal(sys_unlink("new"), 0);
}

/* --------------------------------------------------------------- opening */
static void opening_says_what_is_wrong(void **state)
{
    (void)state;
    make_file("f");
    assert_int_equal(sys_symlink("f", "s"), 0);
    assert_int_equal(sys_symlink("fresh", "dangling"), 0);
    assert_int_equal(sys_open("none", O_RDONLY, 0), -ENOENT);
    assert_int_equal(sys_open("f", O_CREAT | O_EXCL | O_RDWR, 0), -EEXIST);
    assert_int_equal(sys_open("s", O_CREAT | O_EXCL | O_RDWR, 0), -EEXIST);
    assert_int_equal(sys_open("s", O_NOFOLLOW | O_RDWR, 0), -ELOOP);
    assert_int_equal(sys_open("/t", O_RDWR, 0), -EISDIR);
    assert_int_equal(sys_open("f", O_DIRECTORY, 0), -ENOTDIR);
    assert_int_equal(sys_open("f/", O_RDONLY, 0), -ENOTDIR);
    assert_int_equal(sys_open("x/", O_CREAT | O_RDWR, 0), -EISDIR);
    assert_int_equal(sys_open("/t", O_TMPFILE | O_RDONLY, 0), -EINVAL);
    assert_int_equal(sys_open("f", O_TMPFILE | O_RDWR, 0), -ENOTDIR);
    assert_int_equal(sys_open("dangling", O_CREAT | O_RDWR, 0600), 0);
    assert_int_equal(find("fresh")->stat.st_mode, S_IFREG | 0600);
    assert_int_equal(fd_close(0), 0);
}

/* O_ACCMODE of musl has O_PATH in it. */
static void places_are_only_places(void **state)
{
    char out[64];

    (void)state;
    assert_int_equal(sys_mkdir("d", 0755), 0);
    make_file("f");
    assert_int_equal(sys_symlink("none", "s"), 0);
    assert_int_equal(sys_open("d", O_PATH | O_NOFOLLOW, 0), 0);
    assert_int_equal(sys_open("f", O_PATH | O_TRUNC | O_CREAT, 0), 1);
    assert_int_equal(sys_open("s", O_PATH | O_NOFOLLOW, 0), 2);
    assert_int_equal(sys_open("f", O_PATH | O_DIRECTORY, 0), -ENOTDIR);
    assert_int_equal(sys_open("new", O_PATH | O_CREAT, 0), -ENOENT);
    assert_int_equal(sys_mkdirat(0, "e", 0755), 0);
    assert_non_null(find("d/e"));
    assert_int_equal(sys_getdents64(0, out, sizeof(out)), -EBADF);
    for (int i = 0; i < 3; i++) {
        assert_non_null(fd_find(i));
        assert_null(fd_find_open(i));
        assert_int_equal(fd_close(i), 0);
    }
}

/* It lives as long as somebody has it open, and its memory with it. */
static void an_open_file_outlives_its_name(void **state)
{
    struct file *f;
    char c = 0;

    (void)state;
    assert_int_equal(sys_open("f", O_CREAT | O_RDWR, 0600), 0);
    f = fd_find(0);
    assert_int_equal(f->ops->write(f, "x", 1, 5000), 1);
    assert_int_equal(sys_open("f", O_TRUNC | O_RDONLY, 0), 1);
    assert_int_equal(f->node->stat.st_size, 5001);
    assert_int_equal(sys_unlink("f"), 0);
    assert_int_equal(f->node->stat.st_nlink, 0);
    assert_int_equal(f->ops->read(f, &c, 1, 5000), 1);
    assert_int_equal(c, 'x');
    assert_int_equal(frames.free, FRAMES - 1);
    assert_int_equal(fd_close(0), 0);
    assert_int_equal(frames.free, FRAMES - 1);
    assert_int_equal(fd_close(1), 0);
    assert_int_equal(frames.free, FRAMES);
    assert_int_equal(sys_open("/t", O_TMPFILE | O_RDWR, 0600), 0);
    assert_int_equal(fd_find(0)->node->stat.st_nlink, 0);
    assert_int_equal(fd_close(0), 0);
}

/* ------------------------------------------------------------ directories */
struct seen {
    uint64_t ino;
    int64_t offset;
    uint16_t size;
    uint8_t type;
    char name[];
};

/* Each entry once, though others come and go while it is read. */
static void directories_are_read_in_parts(void **state)
{
    enum { MANY = 50 };
    unsigned times[MANY] = {0};
    char out[64], path[16];
    long got;

    (void)state;
    for (int i = 0; i < MANY; i++) {
        snprintf(path, sizeof(path), "e%02d", i);
        make_file(path);
    }
    assert_int_equal(sys_open("/t", O_RDONLY | O_DIRECTORY, 0), 0);
    assert_int_equal(sys_getdents64(0, out, 23), -EINVAL);
    assert_int_equal(sys_getdents64(0, NULL, 64), -EFAULT);
    assert_int_equal(sys_getdents64(1, out, 64), -EBADF);
    while ((got = sys_getdents64(0, out, sizeof(out))) > 0)
        for (long at = 0; at < got;) {
            const struct seen *e = (const void *)(out + at);

            assert_true(e->size % 8 == 0 && at + e->size <= got);
            at += e->size;
            if (e->name[0] == '.')
                continue;
            assert_int_equal(e->type, S_IFREG >> 12);
            times[atoi(e->name + 1)]++;
            assert_int_equal(sys_unlink(e->name), 0);
        }
    assert_int_equal(got, 0);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(times[i], 1);
    assert_int_equal(fd_close(0), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(modes_are_masked),
        TEST(devices_cannot_be_made),
        TEST(paths_are_checked),
        TEST(links_are_counted),
        TEST(symbolic_links_are_followed),
        TEST(names_with_a_slash_are_names),
        TEST(links_in_a_circle_end),
        TEST(removal_is_of_the_right_kind),
        TEST(nothing_is_made_in_what_is_gone),
        TEST(paths_of_directories_end),
        TEST(names_move),
        TEST(impossible_moves_change_nothing),
        TEST(no_memory_loses_nothing),
        TEST(opening_says_what_is_wrong),
        TEST(places_are_only_places),
        TEST(an_open_file_outlives_its_name),
        TEST(directories_are_read_in_parts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
