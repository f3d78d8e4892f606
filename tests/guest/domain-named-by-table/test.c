/*
 * Every operation that hypercalls.def has of event_channel_op, grant_table_op
 * and memory_op and in which a domain is named, about domains that are not
 * there and a dying one, all else being right: none is served, the dying one
 * gets nothing, and goes when nobody holds it any more.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"
#include <xen/arch-x86/xen-mca.h>
#include <xen/hypfs.h>
#include <xen/nmi.h>
#include <xen/pmu.h>

#define XEN_DOMCTL_soft_reset_cont 23 /* only Xen itself sees the name */
#define AT(type, member)           offsetof(struct type, member)
#define NO_NAME                    (-1)

static const struct op {
    const char *call, *name;
    unsigned cmd;
} ops[] = {
#define SUBOP(call, operation, state, note) {#call, #operation, operation},
#include "../../../hv/hypercall/hypercalls.def"
};

enum answer {
    REFUSES, /* any error, of a dying one as well */
    NOBODY,  /* -ESRCH, or of a dying one what it says */
    MAKES,   /* -ESRCH, or of a dying one any error */
    LISTS,   /* GNTST_bad_domain, or of a dying one any status */
    TAKES,   /* the same; of a dying one an error */
    FAILS,   /* each element, whatever it names */
    EXTENTS, /* none is done */
};

static const struct named {
    const char *name;
    int at;
    enum answer answer;
    int status; /* where a list's element has it */
} named[] = {
    {"EVTCHNOP_bind_interdomain", AT(evtchn_bind_interdomain, remote_dom),
     MAKES, 0},
    {"EVTCHNOP_bind_virq", NO_NAME, 0, 0},
    {"EVTCHNOP_bind_pirq", NO_NAME, 0, 0},
    {"EVTCHNOP_close", NO_NAME, 0, 0},
    {"EVTCHNOP_send", NO_NAME, 0, 0},
    {"EVTCHNOP_status", AT(evtchn_status, dom), NOBODY, 0},
    {"EVTCHNOP_alloc_unbound", AT(evtchn_alloc_unbound, dom), MAKES, 0},
    {"EVTCHNOP_bind_ipi", NO_NAME, 0, 0},
    {"EVTCHNOP_bind_vcpu", NO_NAME, 0, 0},
    {"EVTCHNOP_unmask", NO_NAME, 0, 0},
    {"EVTCHNOP_reset", AT(evtchn_reset, dom), NOBODY, 0},
    {"EVTCHNOP_init_control", NO_NAME, 0, 0},
    {"EVTCHNOP_expand_array", NO_NAME, 0, 0},
    {"EVTCHNOP_set_priority", NO_NAME, 0, 0},
    {"GNTTABOP_map_grant_ref", AT(gnttab_map_grant_ref, dom), TAKES,
     AT(gnttab_map_grant_ref, status)},
    {"GNTTABOP_unmap_grant_ref", NO_NAME, 0, 0},
    {"GNTTABOP_setup_table", AT(gnttab_setup_table, dom), LISTS,
     AT(gnttab_setup_table, status)},
    {"GNTTABOP_dump_table", AT(gnttab_dump_table, dom), REFUSES, 0},
    {"GNTTABOP_transfer", AT(gnttab_transfer, domid), FAILS,
     AT(gnttab_transfer, status)},
    {"GNTTABOP_copy", AT(gnttab_copy, source.domid), TAKES,
     AT(gnttab_copy, status)},
    {"GNTTABOP_copy", AT(gnttab_copy, dest.domid), TAKES,
     AT(gnttab_copy, status)},
    {"GNTTABOP_query_size", AT(gnttab_query_size, dom), LISTS,
     AT(gnttab_query_size, status)},
    {"GNTTABOP_unmap_and_replace", NO_NAME, 0, 0},
    {"GNTTABOP_set_version", NO_NAME, 0, 0},
    {"GNTTABOP_get_status_frames", AT(gnttab_get_status_frames, dom), LISTS,
     AT(gnttab_get_status_frames, status)},
    {"GNTTABOP_get_version", AT(gnttab_get_version, dom), NOBODY, 0},
    {"GNTTABOP_swap_grant_ref", NO_NAME, 0, 0},
    {"GNTTABOP_cache_flush", NO_NAME, 0, 0},
    {"XENMEM_increase_reservation", AT(xen_memory_reservation, domid), EXTENTS,
     0},
    {"XENMEM_decrease_reservation", AT(xen_memory_reservation, domid), EXTENTS,
     0},
    {"XENMEM_maximum_ram_page", NO_NAME, 0, 0},
    {"XENMEM_current_reservation", 0, NOBODY, 0},
    {"XENMEM_maximum_reservation", 0, NOBODY, 0},
    {"XENMEM_machphys_mfn_list", NO_NAME, 0, 0},
    {"XENMEM_populate_physmap", AT(xen_memory_reservation, domid), EXTENTS, 0},
    {"XENMEM_add_to_physmap", AT(xen_add_to_physmap, domid), REFUSES, 0},
    {"XENMEM_memory_map", NO_NAME, 0, 0},
    {"XENMEM_machine_memory_map", NO_NAME, 0, 0},
    {"XENMEM_exchange", AT(xen_memory_exchange, in.domid), MAKES, 0},
    {"XENMEM_machphys_mapping", NO_NAME, 0, 0},
    {"XENMEM_set_memory_map", AT(xen_foreign_memory_map, domid), NOBODY, 0},
    {"XENMEM_maximum_gpfn", 0, NOBODY, 0},
    {"XENMEM_remove_from_physmap", AT(xen_remove_from_physmap, domid), REFUSES,
     0},
    {"XENMEM_set_pod_target", AT(xen_pod_target, domid), REFUSES, 0},
    {"XENMEM_get_pod_target", AT(xen_pod_target, domid), REFUSES, 0},
    {"XENMEM_get_sharing_freed_pages", NO_NAME, 0, 0},
    {"XENMEM_get_sharing_shared_pages", NO_NAME, 0, 0},
    {"XENMEM_paging_op", AT(xen_mem_paging_op, domain), REFUSES, 0},
    {"XENMEM_access_op", AT(xen_mem_access_op, domid), REFUSES, 0},
    {"XENMEM_sharing_op", AT(xen_mem_sharing_op, domain), REFUSES, 0},
    {"XENMEM_add_to_physmap_batch", AT(xen_add_to_physmap_batch, domid),
     REFUSES, 0},
    {"XENMEM_claim_pages", AT(xen_memory_reservation, domid), REFUSES, 0},
    {"XENMEM_machphys_compat_mfn_list", NO_NAME, 0, 0},
    {"XENMEM_get_vnumainfo", AT(xen_vnuma_topology_info, domid), REFUSES, 0},
    {"XENMEM_reserved_device_memory_map", NO_NAME, 0, 0},
    {"XENMEM_acquire_resource", AT(xen_mem_acquire_resource, domid), NOBODY, 0},
};

static uint64_t list[2], *scratch;
static domid_t dying;

/* What is right in an operation but for the name. */
static void fill_memory(unsigned cmd, void *arg)
{
    struct xen_memory_reservation *r = arg;
    struct xen_memory_exchange *x = arg;
    struct xen_mem_acquire_resource *a = arg;

    list[0] = va_to_mfn(scratch);
    switch (cmd) {
    case XENMEM_exchange:
        x->in.nr_extents = x->out.nr_extents = 1;
        set_xen_guest_handle(x->in.extent_start, list);
        set_xen_guest_handle(x->out.extent_start, list + 1);
        break;
    case XENMEM_increase_reservation:
    case XENMEM_decrease_reservation:
    case XENMEM_populate_physmap:
        set_xen_guest_handle(r->extent_start, list);
        __attribute__((fallthrough));
    case XENMEM_claim_pages:
        r->nr_extents = 1;
        break;
    case XENMEM_acquire_resource:
        a->type = XENMEM_resource_grant_table;
        a->nr_frames = 1;
        set_xen_guest_handle(a->frame_list, list);
        break;
    }
}

static void fill_grant(unsigned cmd, void *arg, const struct named *n)
{
    struct gnttab_map_grant_ref *m = arg;
    struct gnttab_copy *c = arg;

    *(int16_t *)((char *)arg + n->status) = 0x55;
    if (cmd == GNTTABOP_map_grant_ref) {
        m->host_addr = (uint64_t)scratch;
        m->flags = GNTMAP_host_map;
        m->ref = 8;
    } else if (cmd == GNTTABOP_copy) {
        c->source.domid = c->dest.domid = DOMID_SELF;
        c->source.u.gmfn = c->dest.u.gmfn = va_to_mfn(scratch);
        c->len = 8;
    }
}

static long ask(const struct op *op, const struct named *n, domid_t id,
                int16_t *status)
{
    static uint64_t arg[32];
    long rc;

    memset(arg, 0, sizeof(arg));
    if (!strcmp(op->call, "memory_op"))
        fill_memory(op->cmd, arg);
    else if (!strcmp(op->call, "grant_table_op"))
        fill_grant(op->cmd, arg, n);
    memcpy((char *)arg + n->at, &id, sizeof(id));
    if (!strcmp(op->call, "memory_op")) {
        if (op->cmd == XENMEM_exchange)
            ((struct xen_memory_exchange *)arg)->out.domid = id;
        rc = memory_op(op->cmd, arg);
    } else if (!strcmp(op->call, "grant_table_op")) {
        rc = grant_table_op(op->cmd, arg, 1);
    } else {
        rc = event_channel_op(op->cmd, arg);
    }
    *status = *(int16_t *)((char *)arg + n->status);
    return rc;
}

static bool is_right(enum answer answer, bool exists, long rc, int16_t status)
{
    switch (answer) {
    case REFUSES:
        return rc < 0;
    case NOBODY:
        return exists ? rc != -ESRCH : rc == -ESRCH;
    case MAKES:
        return exists ? rc < 0 : rc == -ESRCH;
    case LISTS:
        return rc == 0 && (exists ? status <= 0 : status == GNTST_bad_domain);
    case TAKES:
        return rc == 0 && (exists ? status < 0 : status == GNTST_bad_domain);
    case FAILS:
        return rc == 0 && status < 0;
    case EXTENTS:
        return rc == 0;
    }
    return false;
}

static void try(const struct op *op, const struct named *n, domid_t id)
{
    int16_t status;
    long rc = ask(op, n, id, &status);
    bool right = is_right(n->answer, id == dying, rc, status);

    if (!right)
        print("%s of %u: %ld, status %d\n", op->name, id, rc, status);
    CHECK(right);
}

static void attack(const struct op *op, const struct named *n)
{
    static const domid_t nobody[] = {77, DOMID_IO, DOMID_XEN, DOMID_COW,
                                     DOMID_INVALID};

    for (unsigned i = 0; i < ARRAY_SIZE(nobody); i++)
        try(op, n, nobody[i]);
    try(op, n, dying);
}

static bool is_asked(const struct op *op)
{
    return !strcmp(op->call, "event_channel_op") ||
           !strcmp(op->call, "grant_table_op") ||
           !strcmp(op->call, "memory_op");
}

/* An operation that is not in our table is a hole in it. */
static void attack_all(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(ops); i++) {
        bool found = false;

        if (!is_asked(&ops[i]))
            continue;
        for (unsigned j = 0; j < ARRAY_SIZE(named); j++) {
            if (strcmp(named[j].name, ops[i].name))
                continue;
            found = true;
            if (named[j].at != NO_NAME)
                attack(&ops[i], &named[j]);
        }
        if (!found)
            print("%s is not in the table\n", ops[i].name);
        CHECK(found);
    }
}

void test(void)
{
    struct xen_domctl_getdomaininfo before, after;
    void *window;

    events_init();
    scratch = page_alloc();
    dying = domain_new_dying(&window);
    REQUIRE(domain_info(dying, &before));
    CHECK(before.flags & XEN_DOMINF_dying);
    attack_all();
    REQUIRE(domain_info(dying, &after));
    CHECK_EQ(after.tot_pages, before.tot_pages);
    foreign_unmap(window);
    CHECK(EVENTUALLY(!domain_exists(dying)));
}
