/*
 * Every operation that hypercalls.def has of domctl, sysctl, platform_op,
 * event_channel_op, grant_table_op and memory_op, with arguments in which
 * nothing is right: all bits set, none set, cut off by the end of a page,
 * read-only; and domctls about domains that are not there, or dying. Each is
 * answered, what cannot be is an error, and nothing is lost or changed.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"

#define XEN_DOMCTL_soft_reset_cont 23 /* only Xen itself sees the name */
#include <xen/arch-x86/xen-mca.h>
#include <xen/hypfs.h>
#include <xen/nmi.h>
#include <xen/pmu.h>

static const struct op {
    const char *call, *name;
    unsigned cmd;
} ops[] = {
#define SUBOP(call, operation, state, note) {#call, #operation, operation},
#include "../../../hv/hypercall/hypercalls.def"
};

/* With all bits set these are fine: they only tell something, or it is each
 * element of their list that fails. */
static const char *const fine[] = {
    "XEN_DOMCTL_pausedomain",
    "XEN_DOMCTL_unpausedomain",
    "XEN_DOMCTL_getdomaininfo",
    "XEN_DOMCTL_max_mem",
    "XEN_DOMCTL_setdomainhandle",
    "XEN_DOMCTL_setdebugging",
    "XEN_DOMCTL_settimeoffset",
    "XEN_DOMCTL_resumedomain",
    "XEN_DOMCTL_subscribe",
    "XEN_DOMCTL_get_address_size",
    "XEN_DOMCTL_gettscinfo",
    "XEN_DOMCTL_set_access_required", /* on Xen */
    "XEN_DOMCTL_getnodeaffinity",     /* on Xen */
    "XENPF_settime32",
    "XENPF_get_cpu_version",
    "XENPF_get_cpuinfo",
    "XENMEM_increase_reservation",
    "XENMEM_decrease_reservation",
    "XENMEM_populate_physmap",
    "XENMEM_machphys_mapping",
    "XENMEM_maximum_ram_page",
    "XENMEM_get_sharing_freed_pages",
    "XENMEM_get_sharing_shared_pages",
    "GNTTABOP_map_grant_ref",
    "GNTTABOP_unmap_grant_ref",
    "GNTTABOP_setup_table",
    "GNTTABOP_transfer",
    "GNTTABOP_copy",
    "GNTTABOP_query_size",
    "GNTTABOP_unmap_and_replace",
    "GNTTABOP_get_status_frames",
    "GNTTABOP_swap_grant_ref",
    "XEN_SYSCTL_physinfo",
    "XEN_SYSCTL_sched_id",
    "XEN_SYSCTL_getdomaininfolist",
    "XEN_SYSCTL_availheap",
    "XEN_SYSCTL_get_cpu_levelling_caps",
};

static bool is_fine(const struct op *op)
{
    for (unsigned i = 0; i < ARRAY_SIZE(fine); i++)
        if (!strcmp(op->name, fine[i]))
            return true;
    return false;
}

static bool is_of(const struct op *op, const char *call)
{
    return !strcmp(op->call, call);
}

/* ------------------------------------------- with a header and a version */

static uint64_t *page; /* the next one is unmapped */
static domid_t live, dying;

static long ask(const struct op *op, void *arg)
{
    if (is_of(op, "domctl"))
        return domctl(arg);
    if (is_of(op, "sysctl"))
        return sysctl(arg);
    if (is_of(op, "platform_op"))
        return platform_op(arg);
    if (is_of(op, "event_channel_op"))
        return event_channel_op(op->cmd, arg);
    if (is_of(op, "grant_table_op"))
        return grant_table_op(op->cmd, arg, 1);
    return memory_op(op->cmd, arg);
}

static bool has_header(const struct op *op)
{
    return is_of(op, "domctl") || is_of(op, "sysctl") ||
           is_of(op, "platform_op");
}

static void fill(const struct op *op, void *arg, int byte, domid_t id,
                 unsigned bytes)
{
    struct xen_domctl head = {.cmd = op->cmd, .domain = id};

    memset(arg, byte, bytes);
    if (!has_header(op))
        return;
    head.interface_version = is_of(op, "domctl") ? XEN_DOMCTL_INTERFACE_VERSION
                             : is_of(op, "sysctl")
                                 ? XEN_SYSCTL_INTERFACE_VERSION
                                 : XENPF_INTERFACE_VERSION;
    memcpy(arg, &head, is_of(op, "domctl") && bytes >= 16 ? 16 : 8);
}

static void say(const struct op *op, const char *how, long rc, bool right)
{
    if (!right)
        print("%s %s, %s: %ld\n", op->call, op->name, how, rc);
    CHECK(right);
}

static void all_set(const struct op *op)
{
    long rc;

    fill(op, page, 0xff, live, PAGE_SIZE);
    rc = ask(op, page);
    say(op, "all bits set", rc, rc < 0 || is_fine(op));
    page_protect(page, false);
    rc = ask(op, page);
    say(op, "read-only", rc, rc < 0 || is_fine(op));
    page_protect(page, true);
}

/* Names that stand for no domain here, though other calls know some. */
static const domid_t nobody[] = {77,        DOMID_SELF,    DOMID_IO,
                                 DOMID_XEN, DOMID_INVALID, 0xffff};

/* Who asks about a domain gets the next one, and devices may be nobody's. */
static bool is_refused(const struct op *op, domid_t id, long rc)
{
    if (op->cmd == XEN_DOMCTL_getdomaininfo && id >= DOMID_FIRST_RESERVED)
        return rc == -EINVAL;
    if ((op->cmd == XEN_DOMCTL_test_assign_device ||
         op->cmd == XEN_DOMCTL_assign_device ||
         op->cmd == XEN_DOMCTL_deassign_device) &&
        (id == DOMID_INVALID || id == DOMID_IO))
        return rc < 0;
    return rc == -ESRCH;
}

static void of_none(const struct op *op)
{
    if (!is_of(op, "domctl") || op->cmd == XEN_DOMCTL_createdomain)
        return;
    for (unsigned byte = 0; byte < 0x100; byte += 0xff) {
        long rc;

        for (unsigned i = 0; i < ARRAY_SIZE(nobody); i++) {
            fill(op, page, (int)byte, nobody[i], PAGE_SIZE);
            rc = ask(op, page);
            say(op, "of none", rc, is_refused(op, nobody[i], rc));
        }
        fill(op, page, (int)byte, dying, PAGE_SIZE);
        rc = ask(op, page);
        say(op, "of a dying one", rc, rc <= 0);
    }
}

/* What is no longer than eight bytes is wrong otherwise. */
static void cut_off(const struct op *op)
{
    char *end = (char *)page + PAGE_SIZE;
    unsigned bytes = has_header(op) || is_of(op, "event_channel_op") ? 8 : 1;
    long rc;

    fill(op, end - bytes, 0xff, live, bytes);
    rc = ask(op, end - bytes);
    say(op, "cut off", rc,
        has_header(op) ? rc == -EFAULT : rc < 0 || is_fine(op));
}

/* The domain is destroyed, whatever else is said. */
static bool does_much(const struct op *op)
{
    return is_of(op, "domctl") && op->cmd == XEN_DOMCTL_destroydomain;
}

static void attack(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(ops); i++) {
        const struct op *op = &ops[i];

        if (!has_header(op) && !is_of(op, "event_channel_op") &&
            !is_of(op, "grant_table_op") && !is_of(op, "memory_op"))
            continue;
        if (!does_much(op))
            all_set(op);
        of_none(op);
        cut_off(op);
    }
}

void test(void)
{
    struct xen_domctl_getdomaininfo before, after;
    void *window;

    events_init();
    page = pages_alloc(2);
    page_unmap((char *)page + PAGE_SIZE);
    live = domain_new(1, 8);
    dying = domain_new_dying(&window);
    REQUIRE(domain_info(live, &before));
    attack();
    CHECK(domain_info(live, &after));
    CHECK_EQ(after.tot_pages, before.tot_pages);
    CHECK_EQ(after.max_vcpu_id, before.max_vcpu_id);
    foreign_unmap(window);
    domain_destroy(live);
}
