/*
 * domain/domain.c - the table of domains, births, crashes, ends. Layer: domain.
 * Locks: domains_lock for the table; domain->lock for one domain's state.
 */
#include "domain/domain.h"
#include "abi/errno.h"
#include "domain/domain_internal.h"
#include "lib/log.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/alloc.h"

struct domain *dom0;

static struct domain *domains; /* by number */
static struct spinlock domains_lock = SPINLOCK_INIT(LOCK_DOMAINS);
static void (*machine_end)(uint32_t reason);
static void (*exception_hook)(struct domain *suspended);

void __init domain_init(void)
{
    frame_release_register(domain_frame_released);
    domain_reap_init();
}

_Static_assert(offsetof(struct vcpu, sched) == sizeof(struct vcpu_entry),
               "vcpu_sched()");

bool domain_ref(struct domain *d)
{
    uint32_t refs = READ_ONCE(d->refs);

    do {
        if (!refs)
            return false;
    } while (!__atomic_compare_exchange_n(&d->refs, &refs, refs + 1, true,
                                          __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
    return true;
}

void domain_put(struct domain *d)
{
    if (!__atomic_sub_fetch(&d->refs, 1, __ATOMIC_ACQ_REL))
        domain_reap_later(d);
}

struct domain *domain_get(domid_t id)
{
    struct domain *d;

    spin_lock(&domains_lock);
    for (d = domains; d; d = d->next)
        if (d->id == id)
            break;
    if (d && !domain_ref(d))
        d = NULL;
    spin_unlock(&domains_lock);
    return d;
}

struct domain *domain_find(domid_t first)
{
    struct domain *d;

    spin_lock(&domains_lock);
    for (d = domains; d && d->id < first; d = d->next)
        ;
    if (d)
        __atomic_add_fetch(&d->holds, 1, __ATOMIC_RELAXED);
    spin_unlock(&domains_lock);
    return d;
}

/* Whoever takes a hold without having one does so while it is in the table: so
 * the last goes, and it leaves the table, in one step. */
void domain_release(struct domain *d)
{
    uint32_t holds = READ_ONCE(d->holds);
    bool last;

    while (likely(holds > 1))
        if (__atomic_compare_exchange_n(&d->holds, &holds, holds - 1, true,
                                        __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            return;
    spin_lock(&domains_lock);
    last = !__atomic_sub_fetch(&d->holds, 1, __ATOMIC_ACQ_REL);
    if (last)
        for (struct domain **at = &domains; *at; at = &(*at)->next)
            if (*at == d) {
                *at = d->next;
                break;
            }
    spin_unlock(&domains_lock);
    if (last)
        domain_reap_later(d);
}

struct domain *domain_get_target(domid_t id, int *error)
{
    struct domain *self = current_domain, *d;

    if (id == DOMID_SELF || id == self->id) {
        domain_ref_again(self);
        return self;
    }
    d = domain_get(id);
    if (d && self->privileged)
        return d;
    *error = d ? -EPERM : -ESRCH;
    if (d)
        domain_put(d);
    return NULL;
}

struct domain *domain_get_foreign(domid_t id, int *error)
{
    /* Neither owns a frame of RAM: the latter has our number of none. */
    static struct domain io = {.id = DOMID_IO, .refs = 1};
    static struct domain xen = {.id = DOMID_COW, .refs = 1};

    if (id == DOMID_IO || (id == DOMID_XEN && current_domain->privileged)) {
        struct domain *special = id == DOMID_IO ? &io : &xen;

        (void)domain_ref(special);
        return special;
    }
    if (id != DOMID_XEN && id != current_domain->id)
        return domain_get_target(id, error);
    *error = id == DOMID_XEN ? -EPERM : -ESRCH;
    return NULL;
}

static int run_births(struct domain *d)
{
    int rc = 0;

    for (unsigned i = 0; !rc && domain_units[i]; i++)
        if (domain_units[i]->create)
            rc = domain_units[i]->create(d);
    return rc;
}

#define DOMAIN_BYTES (2 * PAGE_SIZE)

_Static_assert(sizeof(struct domain) <= DOMAIN_BYTES, "struct domain");
_Static_assert(sizeof(struct vcpu) <= 2 * PAGE_SIZE, "struct vcpu");

void *domain_part_alloc(struct domain *d, size_t bytes)
{
    size_t at = ROUND_UP(sizeof(*d), 64UL) + d->parts_bytes;

    bytes = ROUND_UP(bytes, 64UL);
    if (bytes > DOMAIN_BYTES - at)
        return NULL;
    d->parts_bytes += (uint32_t)bytes;
    return (char *)d + at;
}

/* What a guest finds there from the start. */
static void fill_shared_info(struct domain *d)
{
    for (unsigned i = 0; i < XEN_LEGACY_MAX_VCPUS; i++)
        d->shared_info->vcpu_info[i].evtchn_upcall_mask = 1;
    domain_update_wallclock(d);
}

/* Into the table, if its number is free. */
static int insert(struct domain *d)
{
    struct domain **at = &domains;
    int rc = 0;

    spin_lock(&domains_lock);
    while (*at && (*at)->id < d->id)
        at = &(*at)->next;
    if (*at && (*at)->id == d->id) {
        rc = -EEXIST;
    } else {
        d->next = *at;
        *at = d;
    }
    spin_unlock(&domains_lock);
    return rc;
}

static void init_state(struct domain *d, domid_t id, uint32_t vcpus,
                       bool privileged)
{
    spin_init(&d->lock, LOCK_DOMAIN);
    sched_init_domain(&d->sched);
    d->id = id;
    d->privileged = privileged;
    d->vcpu_count = vcpus;
    d->holds = 1;
    d->first_frame = UINT64_MAX;
    d->shutdown_code = SHUTDOWN_CODE_NONE;
    d->pauses = d->toolstack_pauses = !privileged;
}

/* It is in the table before it has shared pages, whose release looks for it,
 * but has no user before it is complete. */
struct domain *domain_create(domid_t id, uint32_t vcpus, bool privileged,
                             int *error)
{
    struct domain *d = pages_alloc(1);

    *error = -ENOMEM;
    if (!d)
        return NULL;
    init_state(d, id, vcpus, privileged);
    *error = insert(d);
    if (*error) {
        pages_free(d, 1);
        return NULL;
    }
    *error = -ENOMEM;
    d->perdomain_l3 = pages_alloc(0);
    d->shared_info = domain_shared_page_alloc(d);
    if (d->perdomain_l3 && d->shared_info) {
        d->shared_info_mfn = virt_to_mfn(d->shared_info);
        fill_shared_info(d);
        *error = run_births(d);
    }
    if (*error) {
        domain_reap_later(d);
        return NULL;
    }
    __atomic_store_n(&d->refs, 1, __ATOMIC_RELEASE);
    return d;
}

static int vcpu_births(struct vcpu *v)
{
    int rc = 0;

    for (unsigned i = 0; !rc && domain_units[i]; i++)
        if (domain_units[i]->create_vcpu)
            rc = domain_units[i]->create_vcpu(v);
    return rc;
}

void vcpu_destroy(struct vcpu *v)
{
    for (unsigned i = 0; domain_units[i]; i++)
        if (domain_units[i]->destroy_vcpu)
            domain_units[i]->destroy_vcpu(v);
    pages_free(v->stack, STACK_ORDER);
    pages_free(v, 1);
}

/* The domain has it from here on, paused as often as the others. */
static void publish_vcpu(struct domain *d, struct vcpu *v)
{
    spin_lock(&d->lock);
    v->sched.pause_count = d->pauses;
    __atomic_store_n(&d->vcpu[v->id], v, __ATOMIC_RELEASE);
    spin_unlock(&d->lock);
}

struct vcpu *vcpu_create(struct domain *d, uint32_t id)
{
    struct vcpu *v = pages_alloc(1);

    if (!v)
        return NULL;
    v->id = id;
    v->domain = d;
    v->down = true;
    v->sched.cpu = this_cpu();
    v->sched.domain = &d->sched;
    v->entry.info = &d->shared_info->vcpu_info[id];
    v->runstate.state = RUNSTATE_offline;
    v->runstate.state_entry_time = time_now_ns();
    v->stack = pages_alloc(STACK_ORDER);
    if (!v->stack || perdomain_create_vcpu(v) || vcpu_births(v)) {
        vcpu_destroy(v);
        return NULL;
    }
    sched_init_stack(v, v->stack);
    publish_vcpu(d, v);
    return v;
}

/* Lock held: so pauses and unpauses are seen in the order of their causes. */
static void pause_locked(struct domain *d)
{
    d->pauses++;
    for (unsigned i = 0; i < d->vcpu_count; i++)
        if (d->vcpu[i])
            sched_pause(d->vcpu[i]);
}

static void unpause_locked(struct domain *d)
{
    d->pauses--;
    for (unsigned i = 0; i < d->vcpu_count; i++)
        if (d->vcpu[i])
            sched_unpause(d->vcpu[i]);
}

void domain_pause(struct domain *d)
{
    spin_lock(&d->lock);
    pause_locked(d);
    spin_unlock(&d->lock);
}

void domain_unpause(struct domain *d)
{
    spin_lock(&d->lock);
    unpause_locked(d);
    spin_unlock(&d->lock);
}

void domain_pause_and_wait(struct domain *d)
{
    domain_pause(d);
    for (unsigned i = 0; i < d->vcpu_count; i++)
        if (d->vcpu[i])
            sched_wait_off(d->vcpu[i]);
}

void domain_exception_register(void (*fn)(struct domain *suspended))
{
    exception_hook = fn;
}

void domain_exception(struct domain *suspended)
{
    if (exception_hook)
        exception_hook(suspended);
}

void machine_end_register(void (*fn)(uint32_t reason))
{
    machine_end = fn;
}

void domain_shutdown(struct domain *d, uint32_t reason)
{
    spin_lock(&d->lock);
    if (d->shutdown != DOMAIN_RUNNING) {
        spin_unlock(&d->lock);
        return;
    }
    if (d->shutdown_code_set)
        reason = d->shutdown_code;
    d->shutdown_code = reason;
    /* Whoever sees that it is, without the lock, sees how. */
    barrier();
    WRITE_ONCE(d->shutdown, DOMAIN_SHUT_DOWN);
    pause_locked(d);
    spin_unlock(&d->lock);
    if (d == current_domain) {
        current->entry.exit_work = 1;
        softirq_raise(this_cpu(), SOFTIRQ_SCHEDULE);
    }
    if (d->privileged && machine_end)
        machine_end(reason);
    domain_exception(reason == SHUTDOWN_suspend ? d : NULL);
}

void domain_resume(struct domain *d)
{
    spin_lock(&d->lock);
    if (d->shutdown != DOMAIN_RUNNING)
        unpause_locked(d);
    d->shutdown = DOMAIN_RUNNING;
    d->shutdown_code = SHUTDOWN_CODE_NONE;
    d->shutdown_code_set = false;
    spin_unlock(&d->lock);
}

void domain_crash(struct domain *d, const char *fmt, ...)
{
    char text[160];
    va_list args;

    va_start(args, fmt);
    str_vformat(text, sizeof(text), fmt, args);
    va_end(args);
    printk(XENLOG_ERR "d%u crashed: %s\n", d->id, text);
    if (current && current->domain == d)
        printk(XENLOG_ERR "d%uv%u rip %#lx cs %#lx rsp %#lx\n", d->id,
               current->id, guest_regs()->rip, guest_regs()->cs,
               guest_regs()->rsp);
    domain_shutdown(d, SHUTDOWN_crash);
}
