/* link: uk/vfs/file.c uk/mm/limits.c */
/* file_test.c - descriptors: the lowest, the limit, uses, locks, sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <asm/prctl.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mm/heap.h"
#include "mm/limits.h"
#include "sched/signal.h"
#include "vfs/file.h"
#include "vfs/wait.h"

enum { ROUNDS = 30000, SOME = 40 };

static struct percpu cpu;
static struct thread me;
static struct node node;
static int made, released, sent;

void *heap_alloc(size_t size)
{
    made++;
    return calloc(1, size);
}

void heap_free(void *p, size_t size)
{
    (void)size;
    made -= p != NULL;
    free(p);
}

static int changes;

void files_changed(void)
{
    changes++;
}

void node_put(struct node *n)
{
    n->uses--;
}

void node_touch(struct node *n, unsigned what)
{
    (void)n, (void)what;
}

long node_read(struct node *n, void *to, size_t size, uint64_t at)
{
    (void)n, (void)to, (void)at;
    return (long)size;
}

long node_write(struct node *n, const void *from, size_t size, uint64_t at)
{
    (void)n, (void)from, (void)at;
    return (long)size;
}

void signal_send_simple(struct thread *to, int signal, int code)
{
    (void)code;
    assert_ptr_equal(to, &me);
    sent = signal;
}

static void release(struct file *f)
{
    (void)f;
    released++;
}

static const struct file_ops ops = {.release = release};

static int setup(void **state)
{
    (void)state;
    cpu = (struct percpu){.self = &cpu, .current = &me};
    limit_is_fixed(RLIMIT_NOFILE, FDS, FDS);
    node = (struct node){.uses = 1};
    made = released = sent = 0;
    return (int)syscall(SYS_arch_prctl, ARCH_SET_GS, &cpu);
}

static struct file *make_file(void)
{
    node.uses++;
    return file_create(&ops, &node, 0);
}

static void the_lowest_is_given(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(fd_add(make_file(), 0, i == 3), i);
    assert_true(*fd_close_on_exec(3) && !*fd_close_on_exec(2));
    assert_int_equal(fd_close(1), 0);
    assert_int_equal(fd_close(1), -EBADF);
    assert_int_equal(fd_add(make_file(), 3, false), 5);
    assert_int_equal(fd_add(make_file(), 0, false), 1);
    fd_replace(3, make_file());
    assert_false(*fd_close_on_exec(3));
    for (int i = 0; i < 6; i++)
        assert_int_equal(fd_close(i), 0);
    assert_int_equal(released, 8);
    assert_int_equal(made, 0);
    assert_int_equal(node.uses, 1);
}

static void others_are_none(void **state)
{
    (void)state;
    assert_null(fd_find(-1));
    assert_null(fd_find(FDS));
    assert_null(fd_find(INT32_MIN));
    assert_null(fd_find(INT32_MAX));
    assert_int_equal(fd_close(-1), -EBADF);
    assert_int_equal(fd_close(INT32_MAX), -EBADF);
}

static void the_limit_holds(void **state)
{
    struct rlimit few = {.rlim_cur = 3, .rlim_max = FDS};

    (void)state;
    assert_int_equal(limit_set(RLIMIT_NOFILE, &few, false), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(fd_add(make_file(), 0, false), i);
    assert_int_equal(fd_add(make_file(), 0, false), -EMFILE);
    assert_int_equal(fd_add(make_file(), 50, false), -EMFILE);
    assert_int_equal(made, 3);
    limit_is_fixed(RLIMIT_NOFILE, FDS, FDS);
    for (int i = 3; i < FDS; i++)
        assert_int_equal(fd_add(make_file(), 0, false), i);
    assert_int_equal(fd_add(make_file(), 0, false), -EMFILE);
    for (int i = 0; i < FDS; i++)
        assert_int_equal(fd_close(i), 0);
    assert_int_equal(made, 0);
}

static void a_file_goes_with_its_last_use(void **state)
{
    struct file *f = make_file();

    (void)state;
    f->uses++;
    assert_int_equal(fd_add(f, 0, false), 0);
    assert_int_equal(fd_add(f, 0, false), 1);
    assert_int_equal(fd_close(0), 0);
    assert_int_equal(released, 0);
    assert_int_equal(fd_close(1), 0);
    assert_int_equal(released, 1);
}

static void locks_exclude(void **state)
{
    struct file *a = make_file(), *b = make_file();

    (void)state;
    assert_false(file_lock_conflicts(a, LOCK_EX));
    file_set_lock(a, LOCK_SH);
    assert_false(file_lock_conflicts(b, LOCK_SH));
    assert_true(file_lock_conflicts(b, LOCK_EX));
    assert_false(file_lock_conflicts(a, LOCK_EX));
    file_set_lock(a, LOCK_EX);
    assert_true(file_lock_conflicts(b, LOCK_SH));
    changes = 0;
    file_put(a);
    assert_int_equal(changes, 1); /* who waits for it looks again */
    assert_false(file_lock_conflicts(b, LOCK_EX));
    file_put(b);
    assert_int_equal(node.locks, 0);
}

static void sizes_are_limited(void **state)
{
    struct rlimit hundred = {.rlim_cur = 100, .rlim_max = RLIM_INFINITY};

    (void)state;
    assert_int_equal(file_room(UINT64_MAX - 5, 3), 3);
    assert_int_equal(limit_set(RLIMIT_FSIZE, &hundred, false), 0);
    assert_int_equal(file_room(90, 5), 5);
    assert_int_equal(file_room(90, 50), 10);
    assert_int_equal(file_room(100, 0), 0);
    assert_int_equal(file_room(500, 0), 0);
    assert_int_equal(sent, 0);
    assert_int_equal(file_room(100, 1), -EFBIG);
    assert_int_equal(sent, SIGXFSZ);
    assert_int_equal(file_room(UINT64_MAX, SIZE_MAX), -EFBIG);
    hundred.rlim_cur = RLIM_INFINITY;
    assert_int_equal(limit_set(RLIMIT_FSIZE, &hundred, false), 0);
}

/* Any order of opening and closing, against a list of which are open. */
static void it_equals_a_list(void **state)
{
    bool open[SOME] = {false};

    (void)state;
    srand(11);
    for (int round = 0; round < ROUNDS; round++) {
        int fd = rand() % SOME, lowest = rand() % SOME;

        if (rand() % 2) {
            assert_int_equal(fd_close(fd), open[fd] ? 0 : -EBADF);
            open[fd] = false;
            continue;
        }
        while (lowest < SOME && open[lowest])
            lowest++;
        if (lowest == SOME)
            continue;
        assert_int_equal(fd_add(make_file(), lowest, false), lowest);
        open[lowest] = true;
    }
    for (int fd = 0; fd < SOME; fd++)
        fd_close(fd);
    assert_int_equal(made, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_lowest_is_given, setup),
        cmocka_unit_test_setup(others_are_none, setup),
        cmocka_unit_test_setup(the_limit_holds, setup),
        cmocka_unit_test_setup(a_file_goes_with_its_last_use, setup),
        cmocka_unit_test_setup(locks_exclude, setup),
        cmocka_unit_test_setup(sizes_are_limited, setup),
        cmocka_unit_test_setup(it_equals_a_list, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
