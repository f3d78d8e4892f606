/*
 * domain/domain.c - the table of domains, births, crashes, ends. Layer: domain.
 * Lock: domains_lock for the table; domain->lock for one domain's state.
 */
#include "domain/domain.h"
#include "abi/errno.h"
#include "domain/domain_internal.h"
#include "lib/log.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/alloc.h"

struct domain *dom0;

static struct domain *domains;
static struct spinlock domains_lock = SPINLOCK_INIT;
static void (*machine_end)(uint32_t reason);

void domain_init(void)
{
    frame_release_register(domain_frame_released);
}

struct sched_vcpu *vcpu_sched(struct vcpu *v)
{
    return &v->sched;
}

struct domain *domain_get(domid_t id)
{
    struct domain *d;

    spin_lock(&domains_lock);
    for (d = domains; d; d = d->next)
        if (d->id == id) {
            __atomic_add_fetch(&d->refs, 1, __ATOMIC_RELAXED);
            break;
        }
    spin_unlock(&domains_lock);
    return d;
}

void domain_put(struct domain *d)
{
    __atomic_sub_fetch(&d->refs, 1, __ATOMIC_RELEASE);
}

struct domain *domain_get_target(domid_t id, int *error)
{
    struct domain *self = current_domain, *d;

    if (id == DOMID_SELF || id == self->id) {
        __atomic_add_fetch(&self->refs, 1, __ATOMIC_RELAXED);
        return self;
    }
    if (!self->privileged) {
        *error = -EPERM;
        return NULL;
    }
    d = domain_get(id);
    if (!d)
        *error = -ESRCH;
    return d;
}

static int run_births(struct domain *d)
{
    for (unsigned i = 0; domain_units[i]; i++) {
        int rc = domain_units[i]->create ? domain_units[i]->create(d) : 0;

        if (!rc)
            continue;
        while (i-- > 0)
            if (domain_units[i]->destroy)
                domain_units[i]->destroy(d);
        return rc;
    }
    return 0;
}

static void domain_free(struct domain *d)
{
    domain_shared_page_free(d->shared_info);
    pages_free(d->perdomain_l3, 0);
    pages_free(d, 1);
}

_Static_assert(sizeof(struct domain) <= 2 * PAGE_SIZE, "struct domain");
_Static_assert(sizeof(struct vcpu) <= 2 * PAGE_SIZE, "struct vcpu");

/* What a guest finds there from the start. */
static void fill_shared_info(struct domain *d)
{
    for (unsigned i = 0; i < XEN_LEGACY_MAX_VCPUS; i++)
        d->shared_info->vcpu_info[i].evtchn_upcall_mask = 1;
    domain_update_wallclock(d);
}

struct domain *domain_create(domid_t id, uint32_t vcpus, bool privileged,
                             int *error)
{
    struct domain *d = pages_alloc(1);

    *error = -ENOMEM;
    if (!d)
        return NULL;
    d->id = id;
    d->privileged = privileged;
    d->vcpu_count = vcpus;
    d->refs = 1;
    d->perdomain_l3 = pages_alloc(0);
    d->shared_info = domain_shared_page_alloc(d);
    if (d->perdomain_l3 && d->shared_info) {
        d->shared_info_mfn = virt_to_mfn(d->shared_info);
        fill_shared_info(d);
        *error = run_births(d);
    }
    if (*error) {
        domain_free(d);
        return NULL;
    }
    spin_lock(&domains_lock);
    d->next = domains;
    domains = d;
    spin_unlock(&domains_lock);
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

struct vcpu *vcpu_create(struct domain *d, uint32_t id)
{
    struct vcpu *v = pages_alloc(1);

    if (!v)
        return NULL;
    v->id = id;
    v->domain = d;
    v->down = true;
    v->sched.cpu = this_cpu();
    v->entry.info = &d->shared_info->vcpu_info[id];
    v->runstate.state = RUNSTATE_offline;
    v->runstate.state_entry_time = time_now_ns();
    v->stack = pages_alloc(3); /* STACK_SIZE */
    if (!v->stack || perdomain_create_vcpu(v) || vcpu_births(v))
        return NULL;
    sched_init_stack(v, v->stack);
    d->vcpu[id] = v;
    return v;
}

void domain_pause(struct domain *d)
{
    for (unsigned i = 0; i < d->vcpu_count; i++)
        if (d->vcpu[i])
            sched_pause(d->vcpu[i]);
}

void domain_unpause(struct domain *d)
{
    for (unsigned i = 0; i < d->vcpu_count; i++)
        if (d->vcpu[i])
            sched_unpause(d->vcpu[i]);
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
    d->shutdown = DOMAIN_SHUT_DOWN;
    if (d->shutdown_code_set)
        reason = d->shutdown_code;
    d->shutdown_code = reason;
    spin_unlock(&d->lock);
    domain_pause(d);
    if (d == current_domain) {
        current->entry.exit_work = 1;
        softirq_raise(this_cpu(), SOFTIRQ_SCHEDULE);
    }
    if (d->privileged && machine_end)
        machine_end(reason);
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
