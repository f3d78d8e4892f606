/*
 * When memory ends anywhere while a saved domain is made again, -ENOMEM is the
 * answer and nothing is lost; with one page more than what was missing last it
 * goes on.
 */
/* not-as-guest: it gives a toolstack's orders */
/* cpu: max,-smap */
/* timeout: 60 */
#include "guest.h"
#include "move.h"

/* ------------------------------------------------------------ the domain */

static void use_xsave(void)
{
    uint64_t cr4;

    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("mov %0, %%cr4" : : "r"(cr4 | 1UL << 18));
    __asm__ volatile("xsetbv" : : "c"(0), "a"(7), "d"(0));
}

static void work(void)
{
    struct sched_shutdown op = {.reason = SHUTDOWN_suspend};

    use_xsave();
    (void)hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, U(&op),
                    va_to_mfn(start_info), 0, 0);
    shut_down(77);
}

/* ------------------------------------------------------------- the maker */

static struct sibling a, b;
static struct move m;
static domid_t hog;
static uint64_t frames[512];

static long take(unsigned n, unsigned order)
{
    struct xen_memory_reservation r = {
        .nr_extents = n, .extent_order = order, .domid = hog};

    set_xen_guest_handle(r.extent_start, frames);
    return memory_op(XENMEM_increase_reservation, &r);
}

/* Leaves so many pages. */
static void eat(uint64_t rest)
{
    domain_destroy(hog);
    hog = domain_new(1, 1 << 20);
    while (free_pages() > rest + 600 && take(1, 9) == 1)
        ;
    while (free_pages() > rest && take(1, 0) == 1)
        ;
}

/* A policy that is not what all have takes memory of its own. */
static void rename_cpu(struct move *of, enum move_part part, void *what,
                       unsigned bytes)
{
    xen_cpuid_leaf_t *leaves = what;

    (void)of;
    (void)bytes;
    if (part == MOVE_POLICY)
        leaves[1].a ^= 0x10;
}

static bool try_once(void)
{
    uint64_t before;
    long rc;

    before = free_pages();
    rc = move(&m);
    if (!rc)
        return true;
    CHECK_EQ(rc, -ENOMEM);
    if (b.id != DOMID_INVALID)
        domain_destroy(b.id);
    CHECK_EQ(free_pages(), before);
    return false;
}

static bool try_with(unsigned rest)
{
    eat(rest);
    return try_once();
}

/* With memory enough, but for one allocation each: of those before the domain's
 * pages, and of those after them. */
static void try_faults(void)
{
    unsigned faults = (unsigned)option_number("faults", 0);

    for (unsigned n = 1; n <= 2 * faults; n++) {
        fault_at(n <= faults ? n : SIBLING_PAGES - 2 * faults + n);
        if (try_once())
            domain_destroy(b.id);
    }
    fault_at(0);
}

void test(void)
{
    uint64_t before;
    unsigned rest, failed = 0;

    if (on_xen)
        skip("its caches hide where memory ends");
    sibling_make(&a, 2, work);
    sibling_start(&a);
    CHECK_EQ(sibling_wait(&a), SHUTDOWN_suspend);
    move_init(&m, &a, &b);
    m.alter = rename_cpu;
    try_faults();
    before = free_pages_settled();
    hog = domain_new(1, 8);
    for (rest = 0; rest < 64; rest += rest < 40 ? 1 : 8)
        failed += !try_with(rest);
    CHECK(failed > 40);
    for (rest = SIBLING_PAGES; !try_with(rest); rest++)
        CHECK(rest < SIBLING_PAGES + 100);
    domain_destroy(hog);
    sibling_unpause(&b);
    CHECK_EQ(sibling_wait(&b), 77);
    domain_destroy(b.id);
    CHECK_EQ(free_pages_settled(), before);
    domain_destroy(a.id);
}
