/*
 * Every operation that hypercalls.def has of a call for dom0 alone is refused
 * to a domain without privilege, whatever it asks and of whom; and nothing of
 * dom0 or of the machine is another.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"
#include <xen/arch-x86/xen-mca.h>
#include <xen/hypfs.h>
#include <xen/nmi.h>
#include <xen/pmu.h>

#define XEN_DOMCTL_soft_reset_cont 23 /* only Xen itself sees the name */

enum who { ANY, DOM0 };

static const struct {
    unsigned number;
    const char *name;
    enum who who;
} calls[] = {
#define HYPERCALL(number, name, arguments, who) {number, #name, who},
#include "../../../hv/hypercall/hypercalls.def"
};

static const struct {
    const char *call, *name;
    unsigned cmd;
} ops[] = {
#define SUBOP(call, operation, state, note) {#call, #operation, operation},
#include "../../../hv/hypercall/hypercalls.def"
};

struct op {
    uint32_t cmd, interface_version;
    domid_t domain;
    uint16_t pad[3];
    uint8_t rest[1024];
};

/* Xen looks at some arguments, and says what is wrong with them, first. */
static bool is_refused(long rc)
{
    return rc == -EPERM ||
           (on_xen && (rc == -EINVAL || rc == -EOPNOTSUPP || rc == -ENODEV ||
                       rc == -ENOSYS || rc == -EFAULT || rc == -ESRCH));
}

static uint32_t version_of(unsigned call)
{
    switch (call) {
    case __HYPERVISOR_domctl:
        return XEN_DOMCTL_INTERFACE_VERSION;
    case __HYPERVISOR_sysctl:
        return XEN_SYSCTL_INTERFACE_VERSION;
    case __HYPERVISOR_platform_op:
        return XENPF_INTERFACE_VERSION;
    default:
        return XEN_MCA_INTERFACE_VERSION;
    }
}

static void ask(unsigned call, const char *name, unsigned cmd)
{
    static const domid_t of[] = {0, 1, DOMID_SELF, DOMID_XEN, DOMID_IO, 77};
    static const uint8_t bytes[] = {0, 1, 0xff};
    static struct op op;

    for (unsigned i = 0; i < ARRAY_SIZE(of) * ARRAY_SIZE(bytes); i++) {
        long rc;

        memset(&op, bytes[i % ARRAY_SIZE(bytes)], sizeof(op));
        op.cmd = cmd;
        op.interface_version = version_of(call);
        op.domain = of[i / ARRAY_SIZE(bytes)];
        if (call == __HYPERVISOR_hypfs_op)
            rc = hypercall(call, cmd, U(&op), 8, U(&op), 8);
        else
            rc = hypercall(call, U(&op), 0, 0, 0, 0);
        if (!is_refused(rc))
            print("%s of domain %u, bytes %u: %ld\n", name, op.domain,
                  bytes[i % ARRAY_SIZE(bytes)], rc);
        CHECK(is_refused(rc));
    }
}

/* Whatever the table says of these. */
static const char *const dom0s[] = {"platform_op", "sysctl", "domctl",
                                    "hypfs_op", "mca"};

static bool is_dom0s(const char *call, enum who who)
{
    for (unsigned i = 0; i < ARRAY_SIZE(dom0s); i++)
        if (!strcmp(dom0s[i], call))
            return true;
    return who == DOM0;
}

static unsigned asked __attribute__((section(".data")));

static void attack(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(ops); i++)
        for (unsigned c = 0; c < ARRAY_SIZE(calls); c++)
            if (is_dom0s(calls[c].name, calls[c].who) &&
                !strcmp(calls[c].name, ops[i].call)) {
                ask(calls[c].number, ops[i].name, ops[i].cmd);
                asked++;
            }
}

/* What an order could change. */
struct state {
    struct xen_domctl_getdomaininfo dom0;
    uint64_t pages;
    uint32_t wallclock;
};

static struct state look(void)
{
    struct state s;

    REQUIRE(domain_info(0, &s.dom0));
    s.dom0.cpu_time = 0;
    s.pages = free_pages_settled();
    s.wallclock = shared_info->wc_version;
    return s;
}

void test(void)
{
    static struct sibling s;
    static struct state before, after;
    unsigned *count;

    events_init();
    sibling_make(&s, 1, attack);
    before = look();
    sibling_start(&s);
    CHECK_EQ(sibling_wait(&s), SHUTDOWN_poweroff);
    count = sibling_at(&s, &asked);
    CHECK(*count > 100);
    foreign_unmap(count);
    after = look();
    CHECK_EQ(memcmp(&before.dom0, &after.dom0, sizeof(before.dom0)), 0);
    CHECK_EQ(after.wallclock, before.wallclock);
    if (!on_xen)
        CHECK_EQ(after.pages, before.pages);
    domain_destroy(s.id);
}
