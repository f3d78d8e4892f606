/* link: uk/sched/futex.c */
/*
 * futex_test.c - who is woken, moved and inherits. A thread that waits is one
 * in a queue here; which one runs is said by the GS base, as in the kernel.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <asm/prctl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mm/space.h"
#include "sched/futex.h"
#include "sched/thread.h"

enum { THREADS = 12, WORDS = 4, ROUNDS = 20000, QUEUED = 4711 };

static struct percpu cpu;
static struct thread threads[THREADS];
static uint32_t words[WORDS];

static int setup(void **state)
{
    (void)state;
    memset(threads, 0, sizeof(threads));
    memset(words, 0, sizeof(words));
    for (int i = 0; i < THREADS; i++)
        threads[i].tid = i + 1;
    for (int i = 1; i < THREADS; i++)
        threads[i - 1].next_of_all = &threads[i];
    cpu.self = &cpu;
    return (int)syscall(SYS_arch_prctl, ARCH_SET_GS, &cpu);
}

static void enqueue(struct wait_queue *q, struct thread *t)
{
    t->queue = q;
    t->next = NULL;
    if (q->last)
        q->last->next = t;
    else
        q->first = t;
    q->last = t;
}

static void dequeue(struct thread *t)
{
    struct wait_queue *q = t->queue;
    struct thread **at = &q->first, *before = NULL;

    for (; *at != t; at = &before->next) {
        assert_non_null(*at);
        before = *at;
    }
    *at = t->next;
    if (q->last == t)
        q->last = before;
    t->queue = NULL;
}

/* Who waits stays where it is, unless its time is over at once. */
static jmp_buf another_runs;
static bool in_lock;

long sched_wait(struct wait_queue *q, uint64_t deadline_ns)
{
    if (deadline_ns == 0)
        return -ETIMEDOUT;
    enqueue(q, cpu.current);
    if (in_lock)
        longjmp(another_runs, 1);
    return QUEUED;
}

void sched_wake(struct thread *t, long result)
{
    t->wait_result = result;
    dequeue(t);
}

void sched_move(struct thread *t, struct wait_queue *to)
{
    dequeue(t);
    enqueue(to, t);
}

int sched_rank(const struct thread *t)
{
    return t->priority > t->inherited ? t->priority : t->inherited;
}

void sched_inherit(struct thread *t, int priority)
{
    t->inherited = priority;
}

struct thread *threads_all(void)
{
    return threads;
}

struct thread *thread_find(int tid)
{
    return tid >= 1 && tid <= THREADS ? &threads[tid - 1] : NULL;
}

static bool mapped = true;
bool space_allows(const void *start, uint64_t length, uint32_t prot)
{
    (void)start;
    (void)length;
    (void)prot;
    return mapped;
}

static long wait(int thread, int word, uint32_t bits)
{
    cpu.current = &threads[thread];
    return futex_wait(&words[word], &words[word], words[word], bits, NEVER);
}

static bool waits(int thread)
{
    return threads[thread].queue != NULL;
}

static void the_longest_waiting_is_woken(void **state)
{
    (void)state;
    cpu.current = &threads[0];
    assert_int_equal(futex_wait(&words[0], &words[0], 1, 1, NEVER), -EAGAIN);
    for (int i = 0; i < 4; i++)
        assert_int_equal(wait(i, 0, UINT32_MAX), QUEUED);
    wait(4, 1, UINT32_MAX);
    assert_int_equal(futex_wake(&words[0], 2, UINT32_MAX), 2);
    assert_true(!waits(0) && !waits(1) && waits(2) && waits(3) && waits(4));
    assert_int_equal(futex_wake(&words[0], UINT32_MAX, UINT32_MAX), 2);
    assert_int_equal(futex_wake(&words[0], 1, UINT32_MAX), 0);
    assert_int_equal(futex_wake(&words[1], 1, UINT32_MAX), 1);
}

static void bits_choose(void **state)
{
    (void)state;
    wait(0, 0, 1);
    wait(1, 0, 2);
    wait(2, 0, 3);
    assert_int_equal(futex_wake(&words[0], 9, 4), 0);
    assert_int_equal(futex_wake(&words[0], 9, 2), 2);
    assert_true(waits(0) && !waits(1) && !waits(2));
    assert_int_equal(futex_wake(&words[0], 9, 1), 1);
}

static void others_are_moved(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        wait(i, 0, UINT32_MAX);
    assert_int_equal(futex_requeue(&words[0], 1, 2, &words[1]), 3);
    assert_true(!waits(0) && waits(1));
    assert_int_equal(futex_wake(&words[0], 9, UINT32_MAX), 2);
    assert_true(waits(1) && waits(2) && !waits(3) && !waits(4));
    assert_int_equal(futex_wake(&words[1], 9, UINT32_MAX), 2);
}

static long lock_word(int thread, int word, bool waits_for_it,
                      uint64_t deadline)
{
    volatile long result = QUEUED;

    cpu.current = &threads[thread];
    in_lock = true;
    if (!setjmp(another_runs))
        result = futex_lock(&words[word], &words[word], waits_for_it, deadline);
    in_lock = false;
    return result;
}

static long lock(int thread, bool waits_for_it)
{
    return lock_word(thread, 0, waits_for_it, NEVER);
}

static long unlock(int thread, int word)
{
    cpu.current = &threads[thread];
    return futex_unlock(&words[word], &words[word]);
}

static void an_owner_inherits(void **state)
{
    (void)state;
    threads[1].priority = 5;
    threads[2].priority = 9;
    assert_int_equal(lock(0, true), 0);
    assert_int_equal(words[0], 1);
    assert_int_equal(lock(0, true), -EDEADLK);
    assert_int_equal(lock(1, false), -EAGAIN);
    assert_int_equal(lock(1, true), QUEUED);
    assert_int_equal(sched_rank(&threads[0]), 5);
    assert_int_equal(lock(2, true), QUEUED);
    assert_int_equal(sched_rank(&threads[0]), 9);
    cpu.current = &threads[1];
    assert_int_equal(futex_unlock(&words[0], &words[0]), -EPERM);
    cpu.current = &threads[0];
    assert_int_equal(futex_unlock(&words[0], &words[0]), 0);
    assert_int_equal(sched_rank(&threads[0]), 0);
    assert_int_equal(words[0] & 0x3fffffff, 2);
    assert_true(words[0] >> 31 && !waits(1) && waits(2));
    cpu.current = &threads[1];
    assert_int_equal(futex_unlock(&words[0], &words[0]), 0);
    assert_int_equal(words[0], 3);
    cpu.current = &threads[2];
    assert_int_equal(futex_unlock(&words[0], &words[0]), 0);
    assert_int_equal(words[0], 0);
}

static void it_inherits_from_who_still_waits(void **state)
{
    (void)state;
    threads[1].priority = 5;
    threads[2].priority = 9;
    for (int word = 0; word < 2; word++)
        assert_int_equal(lock_word(0, word, true, NEVER), 0);
    assert_int_equal(lock_word(1, 0, true, NEVER), QUEUED);
    assert_int_equal(lock_word(2, 1, true, 0), -ETIMEDOUT);
    assert_int_equal(sched_rank(&threads[0]), 5);
    assert_int_equal(lock_word(2, 1, true, NEVER), QUEUED);
    assert_int_equal(sched_rank(&threads[0]), 9);
    assert_int_equal(unlock(0, 1), 0);
    assert_int_equal(sched_rank(&threads[0]), 5);
    assert_int_equal(unlock(0, 0), 0);
    assert_int_equal(sched_rank(&threads[0]), 0);
    assert_true(!waits(1) && !waits(2));
}

/* 3 waits for 2, that for 1, and that for 0. */
static void a_rank_goes_along_a_chain(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(lock_word(i, i, true, NEVER), 0);
    for (int i = 1; i < 3; i++)
        assert_int_equal(lock_word(i, i - 1, true, NEVER), QUEUED);
    threads[3].priority = 9;
    assert_int_equal(lock_word(3, 2, true, 0), -ETIMEDOUT);
    assert_int_equal(sched_rank(&threads[0]), 0);
    assert_int_equal(lock_word(3, 2, true, NEVER), QUEUED);
    for (int i = 0; i < 3; i++)
        assert_int_equal(sched_rank(&threads[i]), 9);
    threads[3].priority = 4;
    futex_rank_changed(&threads[3]);
    for (int i = 0; i < 3; i++)
        assert_int_equal(sched_rank(&threads[i]), 4);
    assert_int_equal(unlock(0, 0), 0);
    assert_int_equal(sched_rank(&threads[0]), 0);
    assert_int_equal(sched_rank(&threads[1]), 4);
    for (int i = 1; i < 3; i++)
        assert_int_equal(unlock(i, i), 0);
    assert_int_equal(sched_rank(&threads[2]), 0);
}

/* What one that ended has left is its next owner's, with who waits. */
static void a_new_owner_inherits(void **state)
{
    (void)state;
    threads[2].priority = 9;
    assert_int_equal(lock(0, true), 0);
    assert_int_equal(lock(2, true), QUEUED);
    words[0] = 1U << 30;
    assert_int_equal(lock(1, true), 0);
    assert_int_equal(sched_rank(&threads[1]), 9);
    assert_int_equal(unlock(1, 0), 0);
    assert_int_equal(sched_rank(&threads[1]), 0);
    assert_int_equal(words[0], 3);
}

/* It is given a mutex that is not there any more when it runs. */
static void a_word_that_goes_meanwhile(void **state)
{
    (void)state;
    mapped = false;
    assert_int_equal(lock(0, true), -EFAULT);
    mapped = true;
}

static void an_owner_that_is_not_there(void **state)
{
    (void)state;
    words[0] = 4242;
    assert_int_equal(lock(0, true), -ESRCH);
    words[0] = 1U << 30;
    assert_int_equal(lock(0, true), 0);
    assert_int_equal(words[0], 1U << 30 | 1);
}

/* Against a plain list of who waits for which word, the longest first. */
static void it_equals_a_list(void **state)
{
    int list[THREADS], word_of[THREADS], n = 0;

    (void)state;
    srand(9);
    for (int round = 0; round < ROUNDS; round++) {
        int t = rand() % THREADS, w = rand() % WORDS, want = rand() % 4;
        int woken = 0;

        if (!waits(t)) {
            wait(t, w, UINT32_MAX);
            list[n] = t;
            word_of[n++] = w;
            continue;
        }
        for (int i = 0; i < n;) {
            if (word_of[i] != w || woken == want) {
                i++;
                continue;
            }
            woken++;
            n--;
            memmove(&list[i], &list[i + 1], (size_t)(n - i) * sizeof(*list));
            memmove(&word_of[i], &word_of[i + 1],
                    (size_t)(n - i) * sizeof(*list));
        }
        assert_int_equal(futex_wake(&words[w], (uint32_t)want, UINT32_MAX),
                         woken);
        for (int i = 0; i < n; i++)
            assert_true(waits(list[i]));
    }
    for (int w = 0; w < WORDS; w++)
        futex_wake(&words[w], UINT32_MAX, UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_longest_waiting_is_woken, setup),
        cmocka_unit_test_setup(bits_choose, setup),
        cmocka_unit_test_setup(others_are_moved, setup),
        cmocka_unit_test_setup(an_owner_inherits, setup),
        cmocka_unit_test_setup(it_inherits_from_who_still_waits, setup),
        cmocka_unit_test_setup(a_rank_goes_along_a_chain, setup),
        cmocka_unit_test_setup(a_new_owner_inherits, setup),
        cmocka_unit_test_setup(a_word_that_goes_meanwhile, setup),
        cmocka_unit_test_setup(an_owner_that_is_not_there, setup),
        cmocka_unit_test_setup(it_equals_a_list, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
