/* link: uk/vfs/pipe.c uk/vfs/file.c uk/vfs/node.c uk/vfs/data.c
 * uk/mm/frames.c uk/mm/limits.c */
/* pipe_test.c - pipes and eventfd without memory: nothing is lost, nor freed
 * twice. */
#include "vfs/memory_test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include "vfs/pipe.h"

enum { MOST = 16 }; /* blocks that anything here takes */

bool space_allows(const void *start, uint64_t length, uint32_t prot)
{
    (void)start, (void)length, (void)prot;
    return true;
}

bool space_still_allows(const void *start, uint64_t length, uint32_t prot)
{
    return space_allows(start, length, prot);
}

long files_wait(uint64_t deadline_ns)
{
    (void)deadline_ns;
    fail_msg("waits");
    return 0;
}

long file_wait(struct file *f, short events)
{
    return f->ops->poll(f) & (events | POLLHUP) ? 0 : files_wait(0);
}

static void unnamed(void **state)
{
    struct file *ends[2];
    long left = 0;

    (void)state;
    for (; left < MOST; left++) {
        blocks_left = left;
        if (pipe_create(O_NONBLOCK, ends) == 0)
            break;
        assert_int_equal(blocks, 0);
    }
    assert_int_equal(left, 5); /* a node, a pipe, its bytes, two ends */
    file_put(ends[0]);
    file_put(ends[1]);
    assert_int_equal(blocks, 0);
}

static void named(void **state)
{
    struct node *n = node_create(S_IFIFO | 0600);
    struct file *f, *other;
    long left = 0;

    (void)state;
    for (; left < MOST; left++) {
        blocks_left = left;
        if (pipe_open(n, O_RDONLY | O_NONBLOCK, &f) == 0)
            break;
        assert_int_equal(blocks, 1);
        assert_null(n->pipe);
    }
    assert_int_equal(left, 3);
    assert_int_equal(f->ops->poll(f), 0);
    blocks_left = 0;
    assert_int_equal(pipe_open(n, O_WRONLY, &other), -ENOMEM);
    assert_non_null(n->pipe); /* its reader has it */
    file_put(f);
    blocks_left = LONG_MAX;
    node_put(n);
    assert_int_equal(blocks, 0);
}

static void counters(void **state)
{
    struct file *f;
    long left = 0;

    (void)state;
    for (; left < MOST; left++) {
        blocks_left = left;
        if (eventfd_create(1, false, O_NONBLOCK, &f) == 0)
            break;
        assert_int_equal(blocks, 0);
    }
    file_put(f);
    assert_int_equal(blocks, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(unnamed, memory_setup),
        cmocka_unit_test_setup(named, memory_setup),
        cmocka_unit_test_setup(counters, memory_setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
