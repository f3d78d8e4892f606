/*
 * A guest of a toolstack with front ends of its own that lie: in the store, in
 * each field of their rings, in the grant table, and last in the rings of the
 * store and the console. It says nothing of what comes of it: it is for those
 * who look at everybody else (tests/system/xl/lies.sh). An initial
 * domain has no back ends.
 */
/* run-by: tests/system/xl-lies.test */
#include "guest.h"
#include <xen/io/console.h>
#undef EINVAL /* or it has a table of all errors */
#include <xen/io/xs_wire.h>

#define REFS      512
#define FIRST_REF 8 /* those before are the toolstack's */

static struct random r;
static struct grant_entry_v1 *grants;
static uint8_t *ring, *other_ring;

/* ------------------------------------------------------------- the store */

static struct xenstore_domain_interface *store;
static char answer[4096];

static void put(const void *from, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        while (store->req_prod - READ_ONCE(store->req_cons) ==
               XENSTORE_RING_SIZE)
            yield();
        store->req[MASK_XENSTORE_IDX(store->req_prod)] =
            ((const char *)from)[i];
        barrier();
        WRITE_ONCE(store->req_prod, store->req_prod + 1);
    }
}

static void get(void *to, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        while (store->rsp_cons == READ_ONCE(store->rsp_prod))
            yield();
        ((char *)to)[i] = store->rsp[MASK_XENSTORE_IDX(store->rsp_cons)];
        barrier();
        WRITE_ONCE(store->rsp_cons, store->rsp_cons + 1);
    }
    event_send(start_info->store_evtchn);
}

/* False: an error. What is answered is in `answer`. */
static bool ask(uint32_t type, const char *path, const char *value,
                unsigned bytes)
{
    unsigned name = (unsigned)strlen(path) + 1;
    struct xsd_sockmsg m = {.type = type, .len = name + bytes};

    put(&m, sizeof(m));
    put(path, name);
    put(value, bytes);
    event_send(start_info->store_evtchn);
    get(&m, sizeof(m));
    REQUIRE(m.len < sizeof(answer));
    get(answer, m.len);
    answer[m.len] = 0;
    return m.type != XS_ERROR;
}

static char *join(const char *a, const char *b)
{
    static char path[256];
    unsigned n = (unsigned)strlen(a);

    memcpy(path, a, n);
    path[n] = '/';
    memcpy(path + n + 1, b, strlen(b) + 1);
    return path;
}

static void write_text(const char *device, const char *key, const char *value)
{
    ask(XS_WRITE, join(device, key), value, (unsigned)strlen(value));
}

static void write_number(const char *device, const char *key, uint32_t n)
{
    char digits[12], *p = digits + 11;

    *p = 0;
    do {
        *--p = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    write_text(device, key, p);
}

/* Waits a while until the back end says so. */
static bool backend_is(const char *device, char state)
{
    static char backend[128];
    uint64_t end = now_ns() + 300 * MS;

    if (!ask(XS_READ, join(device, "backend"), "", 0))
        return false;
    memcpy(backend, answer, strlen(answer) + 1);
    while (now_ns() < end) {
        if (ask(XS_READ, join(backend, "state"), "", 0) && answer[0] == state)
            return true;
        wait_ns(5 * MS);
    }
    return false;
}

/* ------------------------------------------------------------ the grants */

static void grants_init(void)
{
    struct gnttab_setup_table s = {.dom = DOMID_SELF, .nr_frames = 1};
    uint64_t frame;

    set_xen_guest_handle(s.frame_list, (xen_pfn_t *)&frame);
    REQUIRE_EQ(grant_table_op(GNTTABOP_setup_table, &s, 1), 0);
    grants = page_alloc();
    REQUIRE_EQ(page_map(grants, pte_make(frame, PTE_RW_FLAGS)), 0);
}

static void grant(unsigned ref, void *page)
{
    grants[ref].domid = 0;
    grants[ref].frame = (uint32_t)va_to_mfn(page);
    barrier();
    WRITE_ONCE(grants[ref].flags, GTF_permit_access);
}

static void lie_in_grants(void)
{
    for (unsigned n = random_below(&r, 64); n; n--) {
        struct grant_entry_v1 *g =
            &grants[FIRST_REF + random_below(&r, REFS - FIRST_REF)];

        switch (random_below(&r, 4)) {
        case 0:
            g->flags = (uint16_t)random_next(&r);
            break;
        case 1:
            g->frame = (uint32_t)random_foreign_mfn(&r);
            break;
        case 2:
            g->domid = (domid_t)random_below(&r, 4);
            break;
        default:
            grant((unsigned)(g - grants),
                  ring + PAGE_SIZE * random_below(&r, 8));
        }
    }
}

/* ------------------------------------------------------------- the rings */

/* Some words are numbers that could be right, so that some lies are believed.
 */
static void lie_in_ring(uint8_t *page, unsigned entry)
{
    uint32_t *head = (uint32_t *)page;

    for (unsigned i = 64; i + entry <= PAGE_SIZE; i += entry) {
        for (unsigned k = 0; k < entry; k++)
            page[i + k] = random_once_in(&r, 2) ? (uint8_t)random_below(&r, 12)
                                                : (uint8_t)random_next(&r);
        if (random_once_in(&r, 2)) /* a request of ours, with fair grants */
            for (unsigned k = 24; k + 8 <= entry; k += 8)
                *(uint64_t *)(page + i + k) =
                    FIRST_REF + random_below(&r, REFS - FIRST_REF);
    }
    barrier();
    if (random_once_in(&r, 4))
        head[1] = (uint32_t)random_next(&r);
    if (random_once_in(&r, 4))
        head[2] = (uint32_t)random_next(&r);
    if (random_once_in(&r, 4))
        head[3] = (uint32_t)random_next(&r);
    WRITE_ONCE(head[0], random_once_in(&r, 8)
                            ? (uint32_t)random_next(&r)
                            : head[0] + 1 + random_below(&r, 32));
}

static evtchn_port_t new_port(void)
{
    struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = 0};

    REQUIRE_EQ(event_channel_op(EVTCHNOP_alloc_unbound, &op), 0);
    return op.port;
}

struct device {
    const char *path, *refs[2];
    char state; /* in which it says that it is ready */
    unsigned entry;
};

static uint32_t lie_or(uint32_t truth)
{
    return random_once_in(&r, 6) ? (uint32_t)random_next(&r) >> 1 : truth;
}

static void reset_ring(uint8_t *page)
{
    memset(page, 0, PAGE_SIZE);
    ((uint32_t *)page)[1] = ((uint32_t *)page)[3] = 1;
}

/* Connects once, lies, and closes. */
static void lie_as(const struct device *d)
{
    evtchn_port_t port = new_port();

    reset_ring(ring);
    reset_ring(other_ring);
    grant(FIRST_REF, ring);
    grant(FIRST_REF + 1, other_ring);
    write_text(d->path, "state", "1");
    backend_is(d->path, '2');
    write_number(d->path, d->refs[0], lie_or(FIRST_REF));
    if (d->refs[1])
        write_number(d->path, d->refs[1], lie_or(FIRST_REF + 1));
    write_number(d->path, "event-channel", lie_or(port));
    write_text(d->path, "protocol",
               random_once_in(&r, 8) ? "x86_32-abi" : "x86_64-abi");
    write_number(d->path, "request-rx-copy", 1);
    write_number(d->path, "feature-sg", random_below(&r, 2));
    write_number(d->path, "feature-persistent", random_below(&r, 2));
    write_text(d->path, "state", d->state == '3' ? "3" : "4");
    if (backend_is(d->path, '4')) {
        write_text(d->path, "state", "4");
        for (unsigned n = 10; n; n--) {
            lie_in_grants();
            lie_in_ring(ring, d->entry);
            if (d->refs[1])
                lie_in_ring(other_ring, 8);
            event_send(port);
            wait_ns(MS);
        }
    }
    write_text(d->path, "state", "5");
    backend_is(d->path, '5');
    write_text(d->path, "state", "6");
    backend_is(d->path, '6');
    event_close(port);
}

static void scribble(void *page)
{
    for (unsigned i = 0; i < PAGE_SIZE / 8; i++)
        ((uint64_t *)page)[i] = random_next(&r);
}

void test(void)
{
    static const struct device disk = {
        "device/vbd/51712", {"ring-ref", NULL}, '3', 112};
    static const struct device card = {
        "device/vif/0", {"tx-ring-ref", "rx-ring-ref"}, '4', 12};
    unsigned rounds = (unsigned)option_number("rounds", 40);

    if (start_info->flags & SIF_INITDOMAIN)
        skip("there is no back end");
    random_seed(&r, option_number("seed", 1));
    events_init();
    events_mask();
    store = mfn_to_va(start_info->store_mfn);
    ring = pages_alloc(8);
    other_ring = page_alloc();
    grants_init();
    for (unsigned i = 0; i < rounds; i++)
        lie_as(random_once_in(&r, 2) ? &card : &disk);
    print("PASS %s\nEND %s\n", test_name, test_name);
    print_finish();
    for (unsigned i = 0; i < 50; i++) {
        scribble(store);
        event_send(start_info->store_evtchn);
        scribble(mfn_to_va(start_info->console.domU.mfn));
        event_send(start_info->console.domU.evtchn);
        wait_ns(20 * MS);
    }
    shut_down(SHUTDOWN_poweroff);
}
