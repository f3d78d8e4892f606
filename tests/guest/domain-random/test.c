/*
 * Orders of the toolstack with random arguments, from two vcpus: about domains
 * that are there, dead or not, with handles and numbers good and bad. At the
 * end all domains are destroyed and as much memory is free as was.
 */
/* not-as-guest: it gives a toolstack's orders */
/* hv-args: dom0_max_vcpus=2 */
/* smp: 2 */
#include "guest.h"

#define ROUNDS  1000
#define DOMAINS 6

static struct sibling s;
static uint8_t buffer[2][4 * PAGE_SIZE] __aligned(4096);
static volatile bool done;

/* 1000 to 1005 are ours. */
static unsigned some_domain(struct random *r)
{
    static const unsigned others[] = {0, 7, DOMID_SELF, DOMID_IO,
                                      DOMID_INVALID};

    if (random_below(r, 16) == 0)
        return others[random_below(r, ARRAY_SIZE(others))];
    return 1000 + random_below(r, DOMAINS);
}

static uint64_t some_address(struct random *r, unsigned who)
{
    switch (random_below(r, 8)) {
    case 0:
        return 0;
    case 1:
        return HV_START + random_below(r, PAGE_SIZE);
    case 2:
        return 0x1000;
    case 3:
        return (uint64_t)&buffer[who][PAGE_SIZE - 1 - random_below(r, 64)];
    default:
        return (uint64_t)buffer[who];
    }
}

static uint64_t some_number(struct random *r)
{
    switch (random_below(r, 6)) {
    case 0:
        return random_next(r);
    case 1:
        return ~0UL >> random_below(r, 64);
    case 2:
        return s.mfn[random_below(r, SIBLING_PAGES)];
    default:
        return random_below(r, 40);
    }
}

static void some_order(struct random *r, unsigned who)
{
    static const unsigned cmds[] = {XEN_DOMCTL_pausedomain,
                                    XEN_DOMCTL_unpausedomain,
                                    XEN_DOMCTL_resumedomain,
                                    XEN_DOMCTL_max_mem,
                                    XEN_DOMCTL_max_vcpus,
                                    XEN_DOMCTL_setdomainhandle,
                                    XEN_DOMCTL_settimeoffset,
                                    XEN_DOMCTL_hypercall_init,
                                    XEN_DOMCTL_getpageframeinfo3,
                                    XEN_DOMCTL_setdebugging,
                                    XEN_DOMCTL_subscribe,
                                    XEN_DOMCTL_memory_mapping,
                                    XEN_DOMCTL_set_target,
                                    XEN_DOMCTL_setvcpucontext,
                                    XEN_DOMCTL_getvcpucontext,
                                    XEN_DOMCTL_getvcpuinfo,
                                    XEN_DOMCTL_sendtrigger,
                                    XEN_DOMCTL_irq_permission,
                                    XEN_DOMCTL_iomem_permission,
                                    XEN_DOMCTL_ioport_permission,
                                    XEN_DOMCTL_setvcpuaffinity,
                                    XEN_DOMCTL_getvcpuaffinity,
                                    XEN_DOMCTL_setnodeaffinity,
                                    XEN_DOMCTL_getnodeaffinity,
                                    XEN_DOMCTL_settscinfo,
                                    XEN_DOMCTL_gettscinfo,
                                    XEN_DOMCTL_scheduler_op,
                                    XEN_DOMCTL_getdomaininfo,
                                    XEN_DOMCTL_get_address_size,
                                    XEN_DOMCTL_set_address_size,
                                    XEN_DOMCTL_get_cpu_policy,
                                    XEN_DOMCTL_set_cpu_policy,
                                    XEN_DOMCTL_get_ext_vcpucontext,
                                    XEN_DOMCTL_set_ext_vcpucontext,
                                    XEN_DOMCTL_getvcpuextstate,
                                    XEN_DOMCTL_setvcpuextstate,
                                    XEN_DOMCTL_get_vcpu_msrs,
                                    XEN_DOMCTL_set_vcpu_msrs,
                                    XEN_DOMCTL_shadow_op};
    struct xen_domctl op;
    uint64_t *words = (uint64_t *)&op.u;
    unsigned domid = some_domain(r), cmd;

    if (domid < 1000 || domid >= DOMID_FIRST_RESERVED)
        domid = random_below(r, 2) ? 7 : DOMID_INVALID;
    for (unsigned i = 0; i < sizeof(op.u) / 8; i++)
        words[i] = random_below(r, 3) ? some_number(r) : some_address(r, who);
    cmd = cmds[random_below(r, ARRAY_SIZE(cmds))];
    /* As many bits as these say Xen writes, in all of our memory. */
    if (cmd == XEN_DOMCTL_getvcpuaffinity || cmd == XEN_DOMCTL_setvcpuaffinity)
        op.u.vcpuaffinity.cpumap_hard.nr_bits =
            op.u.vcpuaffinity.cpumap_soft.nr_bits = random_below(r, 300);
    if (cmd == XEN_DOMCTL_getnodeaffinity)
        op.u.nodeaffinity.nodemap.nr_bits = random_below(r, 300);
    domain_op(cmd, domid, &op);
}

static void create(struct random *r)
{
    struct xen_domctl op = domain_config(1 + random_below(r, 4));
    unsigned id = 1000 + random_below(r, DOMAINS);

    if (random_below(r, 8) == 0)
        op.u.createdomain.flags = (uint32_t)some_number(r);
    if (random_below(r, 8) == 0)
        op.u.createdomain.max_vcpus = (uint32_t)some_number(r);
    if (random_below(r, 8) == 0)
        op.u.createdomain.max_grant_frames = (int32_t)some_number(r);
    if (domain_op(XEN_DOMCTL_createdomain, id, &op))
        return;
    memset(&op, 0, sizeof(op));
    op.u.max_vcpus.max = 1 + random_below(r, 4);
    domain_op(XEN_DOMCTL_max_vcpus, id, &op);
    op.u.max_mem.max_memkb = 400;
    domain_op(XEN_DOMCTL_max_mem, id, &op);
}

static void some_memory(struct random *r, unsigned who)
{
    static const unsigned cmds[] = {XENMEM_populate_physmap,
                                    XENMEM_increase_reservation,
                                    XENMEM_decrease_reservation,
                                    XENMEM_claim_pages,
                                    XENMEM_exchange,
                                    XENMEM_set_memory_map,
                                    XENMEM_acquire_resource,
                                    XENMEM_maximum_reservation};
    union {
        struct xen_memory_reservation r;
        struct xen_memory_exchange x;
        struct xen_foreign_memory_map m;
        struct xen_mem_acquire_resource a;
        uint64_t word[20];
    } u;
    unsigned cmd = cmds[random_below(r, ARRAY_SIZE(cmds))];
    unsigned domid = 1000 + random_below(r, DOMAINS);

    for (unsigned i = 0; i < ARRAY_SIZE(u.word); i++)
        u.word[i] = random_below(r, 3) ? some_number(r) : some_address(r, who);
    for (unsigned i = 0; i < PAGE_SIZE / 8; i++)
        ((uint64_t *)buffer[who])[i] = random_below(r, 2) ? some_number(r) : 0;
    if (cmd == XENMEM_exchange) {
        u.x.in.domid = u.x.out.domid = (domid_t)domid;
        u.x.in.extent_order = u.x.out.extent_order = random_below(r, 3);
        u.x.in.nr_extents = u.x.out.nr_extents = random_below(r, 4);
        u.x.nr_exchanged = 0;
    } else if (cmd >= XENMEM_set_memory_map) {
        u.m.domid = (domid_t)domid;
    } else {
        u.r.domid = (domid_t)domid;
        u.r.nr_extents = random_below(r, 30);
        u.r.extent_order = random_below(r, 3);
        u.r.mem_flags = 0;
    }
    if (cmd == XENMEM_acquire_resource)
        u.a.domid = (domid_t)domid;
    memory_op(cmd, &u);
}

static void some_frames(struct random *r)
{
    uint64_t frame = s.mfn[random_below(r, SIBLING_PAGES)];
    struct mmuext_op op = {.cmd = random_below(r, 20)};
    struct mmu_update u = {
        frame * PAGE_SIZE + random_below(r, 512) * 8U + random_below(r, 4),
        pte_make(s.mfn[random_below(r, SIBLING_PAGES)], random_next(r) & 0x7f)};

    op.arg1.mfn = frame;
    op.arg2.src_mfn = s.mfn[random_below(r, SIBLING_PAGES)];
    mmuext_op(&op, 1, NULL, s.id);
    mmu_update(&u, 1, NULL, (s.id + 1U) << 16 | s.id);
}

static void play(void *arg)
{
    unsigned who = (unsigned)(uint64_t)arg;
    struct random r = {0x9e3779b97f4a7c15 + who};

    for (unsigned i = 0; i < ROUNDS; i++) {
        switch (random_below(&r, 8)) {
        case 0:
            create(&r);
            break;
        case 1:
            if (random_below(&r, 3) == 0)
                domain_do(XEN_DOMCTL_destroydomain,
                          1000 + random_below(&r, DOMAINS));
            break;
        case 2:
        case 3:
            some_memory(&r, who);
            break;
        case 4:
            some_frames(&r);
            break;
        default:
            some_order(&r, who);
        }
    }
    if (who)
        done = true;
}

static void destroy_all(void)
{
    for (unsigned id = 1000; id < 1000 + DOMAINS; id++)
        while (domain_do(XEN_DOMCTL_destroydomain, id) == 0 &&
               domain_exists(id))
            yield();
}

static void nothing(void)
{
}

void test(void)
{
    uint64_t before;

    events_init();
    sibling_make(&s, 1, nothing);
    domain_destroy(s.id);
    before = free_pages_settled();
    sibling_make(&s, 1, nothing);
    vcpu_launch(1, play, (void *)1);
    play(NULL);
    while (!done)
        yield();
    destroy_all();
    domain_destroy(s.id);
    if (on_xen)
        CHECK(free_pages_settled() + 1024 > before);
    else
        CHECK_EQ(free_pages_settled(), before);
}
