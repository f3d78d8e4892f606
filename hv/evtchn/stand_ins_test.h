/*
 * evtchn/stand_ins_test.h - for table_test.c only: what the room calls below
 * it, as one thread on the host can have it. Layer: none; a test's.
 */
#ifndef EVTCHN_STAND_INS_TEST_H
#define EVTCHN_STAND_INS_TEST_H

struct domain *dom0;
uint64_t frame_limit = 64;
struct time_scale time_scale;

static int allocations, memory_left = 1 << 20;
static int wakes, kicks;
static int frame_users[64];
static bool preempt;

static char *test_frame(mfn_t m)
{
    static char frames[64][PAGE_SIZE] __aligned(4096);

    return frames[m.n];
}

void *pages_alloc(unsigned order)
{
    if (memory_left-- <= 0)
        return NULL;
    allocations++;
    return calloc(1, PAGE_SIZE << order);
}

void pages_free(void *p, unsigned order)
{
    (void)order;
    allocations--;
    free(p);
}

/* As if it came with the domain. */
void *domain_part_alloc(struct domain *dom, size_t bytes)
{
    static uint64_t parts[2][512];

    assert_true(bytes <= sizeof(parts[0]));
    return memset(parts[dom->id], 0, bytes);
}

bool domain_ref(struct domain *d)
{
    (void)d;
    return true;
}

void cpu_relax(void)
{
    fail_msg("a deadlock");
}

bool preempt_point(void)
{
    return preempt;
}

void sched_wake(struct vcpu *v)
{
    (void)v;
    wakes++;
}

void sched_kick(struct vcpu *v)
{
    (void)v;
    kicks++;
}

uint64_t time_now_ns(void)
{
    return 1000;
}

void timer_init(struct timer *t, void (*fn)(void *arg), void *arg)
{
    *t = (struct timer){.fn = fn, .arg = arg};
}

void timer_set(struct timer *t, uint64_t expires_ns)
{
    static struct cpu somewhere;

    t->node.expires_ns = expires_ns;
    t->cpu = &somewhere;
}

void timer_cancel(struct timer *t)
{
    t->cpu = NULL;
}

void timer_kill(struct timer *t)
{
    t->cpu = NULL;
}

void printk(const char *fmt, ...)
{
    (void)fmt;
}

#endif
