/*
 * A saved domain of which something was altered at random - page types, tables,
 * registers of any kind, its CPU - is refused, or runs as well as it can, or
 * crashes. Nobody else is harmed, and nothing of it is left.
 */
/* not-as-guest: it gives a toolstack's orders */
/* cpu: max,-smap */
/* memory: 256M */
/* smp: 2 */
#include "guest.h"
#include "move.h"

/* ------------------------------------------------------------ the domain */

static volatile bool second_waits;
static uint64_t *gdt;

ASM_FUNCTION(user_code, "mov $0x1234, %eax; syscall");

static void set_osxsave(void)
{
    uint64_t cr4;

    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("mov %0, %%cr4" : : "r"(cr4 | 1UL << 18));
    __asm__ volatile("xsetbv" : : "c"(0), "a"(7), "d"(0));
    __asm__ volatile("vpcmpeqb %ymm0, %ymm0, %ymm0");
    wrmsr(0xc0000103, 11);
}

static void second(void *arg)
{
    (void)arg;
    set_osxsave();
    second_waits = true;
    for (;;)
        pause();
}

static void work(void)
{
    struct sched_shutdown op = {.reason = SHUTDOWN_suspend};
    struct frame start = user_start(user_code);
    uint64_t frame;

    gdt = page_alloc();
    gdt[2] = 0x00cff3000000ffff; /* a data segment */
    REQUIRE_EQ(page_protect(gdt, false), 0);
    frame = va_to_mfn(gdt);
    REQUIRE_EQ(set_gdt(&frame, 16), 0);
    WRITE_SEGMENT(ds, 0x13UL);
    user_init();
    set_osxsave();
    events_init();
    vcpu_launch(1, second, NULL);
    while (!second_waits)
        pause();
    page_unmap(shared_info);
    (void)hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, U(&op),
                    va_to_mfn(start_info), 0, 0);
    REQUIRE_EQ(page_map(shared_info, start_info->shared_info | PTE_RW_FLAGS),
               0);
    user_run(&start);
    shut_down(77);
}

/* ---------------------------------------------------------- its alterers */

static struct sibling a, b;
static struct move m;
static struct random r;
/* Which of all the parts that pass is meant, and how many passed. */
static unsigned chosen, passed;

static uint64_t odd_word(uint64_t was)
{
    switch (random_below(&r, 8)) {
    case 0:
        return random_next(&r);
    case 1:
        return was ^ 1UL << random_below(&r, 64);
    case 2:
        return pte_make(random_foreign_mfn(&r), PTE_RW_FLAGS);
    case 3: /* one of its own frames, in some way */
        return pte_make(b.mfn[random_below(&r, SIBLING_PAGES)],
                        random_next(&r) & 0xfff) |
               PTE_P;
    case 4:
        return HV_START + random_next(&r) % (HV_END - HV_START);
    case 5:
        return 0x800000000000UL | random_next(&r);
    case 6:
        return 0;
    default:
        return was + random_below(&r, 3) - 1;
    }
}

/* Some words of a part, or some bytes. */
static void spoil(void *what, unsigned bytes)
{
    unsigned n = 1 + random_below(&r, 4);

    while (n-- && bytes >= 8) {
        uint64_t *word = (uint64_t *)what + random_below(&r, bytes / 8);

        if (random_once_in(&r, 3))
            *((uint8_t *)word + random_below(&r, 8)) ^=
                (uint8_t)random_next(&r);
        else
            *word = odd_word(*word);
    }
}

static void alter(struct move *of, enum move_part part, void *what,
                  unsigned bytes)
{
    (void)of;
    (void)part;
    if (passed++ == chosen)
        spoil(what, bytes);
}

/* Policy, types, 9 tables or so, and four things of each vcpu. */
#define PASSES 22

static unsigned refused, ran;

static void once(void)
{
    static struct vcpu_guest_context ctx;
    struct xen_domctl_getdomaininfo info;
    uint64_t end;

    chosen = random_below(&r, PASSES);
    passed = 0;
    if (move(&m)) {
        refused++;
    } else {
        ran++;
        sibling_unpause(&b);
        for (end = rdtsc() + (8UL << 20); rdtsc() < end;)
            yield();
        (void)move_context(XEN_DOMCTL_getvcpucontext, b.id, 0, &ctx);
        CHECK(domain_info(b.id, &info));
    }
    (void)mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0); /* see domain-save */
    domain_destroy(b.id);
}

void test(void)
{
    unsigned rounds = (unsigned)option_number("rounds", 24);
    uint64_t pages;

    random_seed(&r, option_number("seed", 1));
    sibling_make(&a, 2, work);
    sibling_start(&a);
    CHECK_EQ(sibling_wait(&a), SHUTDOWN_suspend);
    move_init(&m, &a, &b);
    m.alter = alter;
    pages = free_pages_settled();
    while (rounds--)
        once();
    if (!on_xen) /* whose heap grows */
        CHECK_EQ(free_pages_settled(), pages);
    CHECK(refused > 0);
    CHECK(ran > 0);
    print("%u were refused, %u ran\n", refused, ran);
    /* The saved one is as it was. */
    m.alter = NULL;
    REQUIRE_EQ(move(&m), 0);
    sibling_unpause(&b);
    CHECK_EQ(sibling_wait(&b), 77);
    domain_destroy(b.id);
    domain_destroy(a.id);
}
