/*
 * While one vcpu gives its domain long and short memory maps in turn, another
 * reads the map: what it gets is one of them, whole.
 */
/* hv-args: dom0_max_vcpus=2 */
/* smp: 2 */
/* timeout: 30 */
#include "guest.h"

struct entry {
    uint64_t addr, size;
    uint32_t type;
} __attribute__((packed));

#define LONG_MAP  (on_xen ? 100U : 1000U) /* Xen takes as many as a PC has */
#define SHORT_MAP 2
#define MARK      0x5a5a0000UL
#define RUN       (3000 * MS)

static struct entry given[1000], got[1024];
static volatile bool ready, over;

static long set_map(unsigned entries)
{
    struct xen_foreign_memory_map m = {.domid = DOMID_SELF,
                                       .map.nr_entries = entries};

    set_xen_guest_handle(m.map.buffer, (void *)given);
    return memory_op(XENMEM_set_memory_map, &m);
}

static void change(void *arg)
{
    (void)arg;
    while (!over) {
        REQUIRE_EQ(set_map(LONG_MAP), 0);
        REQUIRE_EQ(set_map(SHORT_MAP), 0);
        ready = true;
    }
    for (;;)
        sched_op(SCHEDOP_block, NULL);
}

/* How many of its entries are not those that were given. */
static unsigned strangers(unsigned entries)
{
    unsigned n = 0;

    for (unsigned i = 0; i < entries; i++)
        n += got[i].addr != MARK + i || got[i].size != i || got[i].type != 1;
    return n;
}

static unsigned read_once(void)
{
    struct xen_memory_map m = {.nr_entries = ARRAY_SIZE(got)};

    memset(got, 0, sizeof(got));
    set_xen_guest_handle(m.buffer, (void *)got);
    REQUIRE_EQ(memory_op(XENMEM_memory_map, &m), 0);
    CHECK(m.nr_entries == SHORT_MAP || m.nr_entries == LONG_MAP);
    return strangers(m.nr_entries);
}

void test(void)
{
    unsigned torn = 0;
    uint64_t end;

    events_init();
    for (unsigned i = 0; i < ARRAY_SIZE(given); i++)
        given[i] = (struct entry){MARK + i, i, 1};
    vcpu_launch(1, change, NULL);
    end = now_ns() + RUN;
    while (!ready)
        pause();
    while (now_ns() < end)
        torn += read_once() != 0;
    over = true;
    CHECK_EQ(torn, 0);
}
