/*
 * debug/audit.c - when the audit runs, and what it says. Layer: debug.
 * Nobody may change a frame meanwhile: all vcpus are paused, and none is inside
 * of long work, which holds references between its items.
 */
#include "debug/audit.h"
#include "abi/errno.h"
#include "debug/audit_internal.h"
#include "lib/log.h"
#include "lib/option.h"
#include "lib/string.h"
#include "mm/alloc.h"

#define RETRY_NS    1000000UL
#define PATIENCE_NS 2000000000UL
#define SHOWN       20

/* Where nothing can be allocated: so many frames in a pass. */
static struct audit_count small_counts[2048];
static uint64_t shown;
static bool at_end;

static int __init parse_audit(const char *value)
{
    at_end = value && !strcmp(value, "end");
    return !value || at_end ? 0 : -EINVAL;
}

OPTION_DEFINE_CUSTOM("audit", parse_audit);

void audit_report(const struct audit_finding *f)
{
    if (shown++ >= SHOWN)
        return;
    printk(XENLOG_ERR "audit: frame %#lx: %s: kept %#lx, counted %#lx",
           f->frame, audit_error_text(f->error), f->kept, f->found);
    if (f->by != AUDIT_NOBODY)
        printk(" (table %#lx)", f->by);
    printk("\n");
}

static void print_outcome(const struct audit *a)
{
    uint64_t frames = 0;

    for (unsigned i = 0; i < AUDIT_STATES; i++)
        frames += i == AUDIT_IS_DEVICE ? 0 : a->frames[i];
    printk(XENLOG_INFO "audit: %lu domains', %lu shared, %lu free, "
                       "%lu since boot, %lu allocated:\n",
           a->frames[AUDIT_IS_DOMAINS], a->frames[AUDIT_IS_SHARED],
           a->frames[AUDIT_IS_FREE], a->frames[AUDIT_IS_BOOT],
           a->frames[AUDIT_IS_OURS]);
    audit_print_purposes();
    if (a->errors)
        printk(XENLOG_ERR "audit: %lu frames, %lu tables, %lu errors\n", frames,
               a->tables, a->errors);
    else
        printk(XENLOG_WARNING "audit: %lu frames, %lu tables, no error\n",
               frames, a->tables);
}

/* Of the room that a vcpu's stack has, a quarter is to spare. */
#define STACK_ENOUGH ((STACK_SIZE - STACK_OTHER) / 4 * 3)

static void check_stacks(struct audit *a)
{
    uint64_t used = audit_deepest_stack();

    printk(XENLOG_INFO "audit: %lu bytes of a vcpu's stack were used\n", used);
    if (used > STACK_ENOUGH) {
        printk(XENLOG_ERR "audit: that is too much\n");
        a->errors++;
    }
}

static void run(const struct audit_source *source, struct audit_count *counts,
                uint64_t capacity)
{
    struct audit a = {.source = source, .counts = counts, .capacity = capacity};
    struct domain *d;

    shown = 0;
    audit_run(&a);
    audit_check_free(&a, frames_free_count());
    audit_check_total(&a, audit_ram_frames());
    for (uint32_t i = 0; (d = audit_domain(i)); i++)
        audit_check_domain(&a, d->id);
    check_stacks(&a);
    print_outcome(&a);
}

/* With the largest array that can be had, up to one for all frames. */
static void audit(void)
{
    const struct audit_source *source = audit_machine_begin();
    uint64_t bytes = source->frames * sizeof(struct audit_count);
    struct audit_count *counts = NULL;
    unsigned order = 0;

    while (PAGE_SIZE << order < bytes && order < ALLOC_ORDER_MAX)
        order++;
    while (order && !(counts = pages_alloc(order)))
        order--;
    frames_hold_scrub(true);
    if (counts)
        run(source, counts, (PAGE_SIZE << order) / sizeof(*counts));
    else
        run(source, small_counts, ARRAY_SIZE(small_counts));
    frames_hold_scrub(false);
    pages_free(counts, order);
    audit_machine_end();
}

/* ---- a quiet moment ---- */

static bool vcpu_is_quiet(const struct vcpu *v)
{
    return v == current ||
           !(READ_ONCE(v->sched.running) || READ_ONCE(v->sched.in_long_work));
}

static bool all_quiet(void)
{
    struct domain *d;
    bool quiet = true;

    audit_machine_begin();
    for (uint32_t i = 0; (d = audit_domain(i)); i++)
        for (uint32_t v = 0; v < d->vcpu_count; v++)
            quiet &= !d->vcpu[v] || vcpu_is_quiet(d->vcpu[v]);
    audit_machine_end();
    return quiet;
}

static void pause(struct domain *d)
{
    for (uint32_t i = 0; i < d->vcpu_count; i++) {
        struct vcpu *v = d->vcpu[i];

        if (!v)
            continue;
        __atomic_store_n(&v->entry.exit_work, 1, __ATOMIC_SEQ_CST);
    }
    domain_pause(d);
}

static void for_each_domain(void (*fn)(struct domain *d))
{
    struct domain *d;

    audit_machine_begin();
    for (uint32_t i = 0; (d = audit_domain(i)); i++)
        fn(d);
    audit_machine_end();
}

static struct timer quiet_timer;
static uint64_t deadline;
static bool requested;

/* A timer's function: from the idle vcpu, once all others have stopped. */
static void look_for_quiet(void *arg)
{
    bool quiet = current->sched.idle && all_quiet();

    if (!quiet && time_now_ns() < deadline) {
        timer_set(&quiet_timer, time_now_ns() + RETRY_NS);
        return;
    }
    if (quiet)
        audit();
    else
        printk(XENLOG_WARNING "audit: there was no quiet moment\n");
    for_each_domain(domain_unpause);
    requested = false;
    (void)arg;
}

void audit_request(void)
{
    if (__atomic_exchange_n(&requested, true, __ATOMIC_SEQ_CST))
        return;
    deadline = time_now_ns() + PATIENCE_NS;
    timer_init(&quiet_timer, look_for_quiet, NULL);
    for_each_domain(pause);
    timer_set(&quiet_timer, time_now_ns());
}

void audit_at_end(void)
{
    uint64_t until = time_now_ns() + PATIENCE_NS;

    if (!at_end)
        return;
    for_each_domain(pause);
    while (!current->sched.idle && !all_quiet() && time_now_ns() < until)
        sched_wait();
    if (all_quiet() && !current->sched.in_long_work)
        audit();
    else
        printk(XENLOG_WARNING "audit: there was no quiet moment\n");
    for_each_domain(domain_unpause);
}
