/*
 * debug/audit_machine.c - the machine as the audit sees it. Layer: debug.
 */
#include "console/symbols.h"
#include "debug/audit_internal.h"
#include "evtchn/evtchn.h"
#include "grant/grant.h"
#include "hypercall/memory.h"
#include "hypercall/pirq.h"
#include "lib/log.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "mm/map.h"

#define DOMAINS  256
#define PURPOSES 48

#define MAP_RAM    1           /* a type of the memory map */
#define LOW_MEMORY (1UL << 20) /* not ours: boot/memory.c */

static struct domain *domains[DOMAINS];
static uint32_t domain_count;

static struct {
    const char *name;
    uint64_t frames;
} purposes[PURPOSES];

static struct domain *find_domain(domid_t id)
{
    for (uint32_t i = 0; i < domain_count; i++)
        if (domains[i]->id == id)
            return domains[i];
    return NULL;
}

struct domain *audit_domain(uint32_t index)
{
    return index < domain_count ? domains[index] : NULL;
}

/* ---- records ---- */

static struct frame record(uint64_t n)
{
    return FRAMES[n];
}

static uint64_t m2p(uint64_t n)
{
    return M2P[n];
}

static const uint64_t *map(uint64_t n)
{
    return frame_map(mfn(n));
}

static void unmap(const uint64_t *table)
{
    frame_unmap(table);
}

static bool pages(domid_t id, uint64_t *count)
{
    const struct domain *d = find_domain(id);

    if (d)
        *count = d->pages;
    return d;
}

static uint64_t hv_slot(domid_t owner, unsigned i)
{
    const struct domain *d = find_domain(owner);

    if (i != pte_index(PERDOMAIN_START, 4))
        return hv_l4[i];
    return d ? pte_make(virt_to_mfn(d->perdomain_l3), HV_L4_FLAGS) : 0;
}

/* Our frames by the function that asked for them. */
static bool purpose(uint64_t n, uint64_t type)
{
    struct symbol symbol;

    (void)n;
    if (type >> 32 << 32 != TYPE_PURPOSE ||
        !symbol_lookup(IMAGE_START + (uint32_t)type, &symbol))
        return false;
    for (unsigned i = 0; i < PURPOSES; i++) {
        if (purposes[i].name && purposes[i].name != symbol.name)
            continue;
        purposes[i].name = symbol.name;
        purposes[i].frames++;
        break;
    }
    return true;
}

void audit_print_purposes(void)
{
    for (unsigned i = 0; i < PURPOSES && purposes[i].name; i++)
        printk(XENLOG_INFO "audit: %8lu by %s\n", purposes[i].frames,
               purposes[i].name);
}

/* ---- what tables may map ---- */

struct wanted {
    uint64_t n;
    bool write;
    bool found;
};

static void is_wanted(void *arg, mfn_t m, uint16_t flags)
{
    struct wanted *w = arg;

    w->found |= m.n == w->n && flags & GNTMAP_host_map &&
                (!w->write || !(flags & GNTMAP_readonly));
}

static bool may_reach(domid_t owner, uint64_t n, uint64_t pte)
{
    const struct domain *d = find_domain(owner);
    struct wanted w = {n, pte & PTE_RW, false};

    if (!d)
        return false;
    if (n >= frame_limit || frame_owner(frame_of(mfn(n))) == DOMID_IO)
        return range_set_contains(&d->iomem, n, n);
    if (frame_owner(frame_of(mfn(n))) >= DOMID_FIRST_RESERVED)
        return d->privileged && !w.write && map_is_m2p(mfn(n));
    if (d->privileged)
        return true;
    grant_visit_mappings(d, is_wanted, &w);
    return w.found;
}

/* ---- holds that are no entries ---- */

static void hold_writable(void *arg, mfn_t m)
{
    audit_hold(arg, m.n, FRAME_WRITABLE);
}

static void hold_granted(void *arg, mfn_t m, uint16_t flags)
{
    if (flags & GNTMAP_device_map)
        audit_hold(arg, m.n,
                   flags & GNTMAP_readonly ? FRAME_NONE : FRAME_WRITABLE);
}

static void hold_if(struct audit *a, uint64_t n, uint64_t type)
{
    if (n)
        audit_hold(a, n, type);
}

static void visit_vcpu(struct audit *a, const struct vcpu *v)
{
    hold_if(a, v->kernel_l4, FRAME_L4);
    hold_if(a, v->user_l4, FRAME_L4);
    if (v->info_frame)
        audit_hold(a, frame_mfn(v->info_frame).n, FRAME_WRITABLE);
    for (unsigned i = 0; i < ARRAY_SIZE(v->gdt_frames); i++)
        hold_if(a, v->gdt_frames[i], FRAME_SEGDESC);
    for (unsigned i = 0; i < ARRAY_SIZE(v->ldt_frames); i++)
        hold_if(a, v->ldt_frames[i], FRAME_SEGDESC);
}

static void visit_domain(struct audit *a, const struct domain *d)
{
    mfn_t page;

    for (uint32_t i = 0; i < d->vcpu_count; i++)
        if (d->vcpu[i])
            visit_vcpu(a, d->vcpu[i]);
    evtchn_visit_frames(d, hold_writable, a);
    grant_visit_mappings(d, hold_granted, a);
    if (pirq_eoi_page(d, &page))
        hold_writable(a, page);
}

/* ---- frames of ours since boot ---- */

static bool is_direct_map(unsigned slot)
{
    return slot >= pte_index(DIRECT_START, 4);
}

/* Everything that our own tables map is ours, but for the direct map; and the
 * tables are. */
static void visit_table(struct audit *a, const uint64_t *table, unsigned level,
                        bool leaves)
{
    audit_boot_frame(a, virt_to_mfn(table).n);
    for (unsigned i = 0; i < PTES; i++) {
        uint64_t pte = table[i], n = pte_mfn(pte).n;

        if (!(pte & PTE_P))
            continue;
        if (level == 4)
            visit_table(a, mfn_to_virt(mfn(n)), 3, !is_direct_map(i));
        else if (level > 1 && !(pte & PTE_PSE))
            visit_table(a, mfn_to_virt(mfn(n)), level - 1, leaves);
        else
            for (uint64_t j = 0; leaves && j < (level == 2 ? PTES : 1); j++)
                audit_boot_frame(a, n + j);
    }
}

static void visit(struct audit *a)
{
    /* Counted while the passes compare. */
    if (!a->first)
        memset(purposes, 0, sizeof(purposes));
    visit_table(a, hv_l4, 4, false);
    for (uint32_t i = 0; i < domain_count; i++)
        visit_domain(a, domains[i]);
}

/* It was zero when the vcpu was made. */
static uint64_t stack_use(const struct vcpu *v)
{
    const uint64_t *stack = v->stack;
    unsigned i = STACK_OTHER / sizeof(*stack);

    while (i < STACK_SIZE / sizeof(*stack) && !stack[i])
        i++;
    return STACK_SIZE - i * sizeof(*stack);
}

uint64_t audit_deepest_stack(void)
{
    uint64_t most = 0;

    for (uint32_t i = 0; i < domain_count; i++)
        for (uint32_t v = 0; v < domains[i]->vcpu_count; v++)
            if (domains[i]->vcpu[v])
                most = MAX(most, stack_use(domains[i]->vcpu[v]));
    return most;
}

uint64_t audit_ram_frames(void)
{
    uint64_t frames = 0;

    for (uint32_t i = 0; i < machine_map_entries; i++) {
        const struct xen_e820entry *e = &machine_map[i];
        uint64_t start = MAX(ROUND_UP(e->addr, PAGE_SIZE), LOW_MEMORY);
        uint64_t end = ROUND_DOWN(e->addr + e->size, PAGE_SIZE);

        if (e->type == MAP_RAM && end > start)
            frames += (end - start) >> PAGE_SHIFT;
    }
    return frames;
}

/* ---- the whole ---- */

static struct audit_source machine = {
    .record = record,
    .m2p = m2p,
    .map = map,
    .unmap = unmap,
    .visit = visit,
    .may_reach = may_reach,
    .hv_slot = hv_slot,
    .pages = pages,
    .purpose = purpose,
    .report = audit_report,
};

const struct audit_source *audit_machine_begin(void)
{
    struct domain *d;

    domain_count = 0;
    for (domid_t id = 0; domain_count < DOMAINS && (d = domain_find(id));
         id = d->id + 1)
        domains[domain_count++] = d;
    machine.frames = frame_limit;
    return &machine;
}

void audit_machine_end(void)
{
    while (domain_count)
        domain_release(domains[--domain_count]);
}
