/*
 * System time, as each vcpu computes it from its own vcpu_info, never goes back
 * from one CPU to another by more than the clocks' tolerance.
 */
/* hv-args: dom0_max_vcpus=4 tsc=stable */
/* smp: 4 */
/* timeout: 30 */
#include "guest.h"

#define ROUNDS 4000
/* ns; Xen measures the clock of each CPU by itself. */
#define TOLERANCE (on_xen ? 200000 : 2000)

static volatile unsigned lock, done;
static uint64_t latest, worst;

static void look(unsigned id)
{
    uint64_t now;

    while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE))
        pause();
    now = time_of(&vcpu_info(id)->time);
    if (now < latest && latest - now > worst)
        worst = latest - now;
    if (now > latest)
        latest = now;
    __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
}

static void work(unsigned id)
{
    for (unsigned i = 0; i < ROUNDS; i++)
        look(id);
    __atomic_add_fetch(&done, 1, __ATOMIC_SEQ_CST);
}

static void other(void *arg)
{
    work((unsigned)(uint64_t)arg);
    for (;;)
        sched_op(SCHEDOP_block, NULL);
}

void test(void)
{
    uint64_t end;

    events_init();
    for (unsigned i = 1; i < VCPUS; i++)
        vcpu_launch(i, other, (void *)(uint64_t)i);
    work(0);
    end = now_ns() + 5000 * MS;
    while (done < VCPUS && now_ns() < end)
        pause();
    CHECK_EQ(done, VCPUS);
    if (worst > TOLERANCE)
        fail("back by %lu ns", worst);
}
