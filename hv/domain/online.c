/*
 * domain/online.c - taking a vcpu offline and back; with which code the domain
 * will go. Layer: domain.
 * Locks: domain->lock for the flags. A vcpu that is down is not woken by
 * events; what it was doing goes on when it is up again.
 */
#include "abi/errno.h"
#include "domain/domain.h"

void vcpu_up(struct vcpu *v)
{
    struct domain *d = v->domain;
    bool was_down;

    spin_lock(&d->lock);
    was_down = v->down;
    WRITE_ONCE(v->down, false);
    spin_unlock(&d->lock);
    if (was_down)
        sched_wake(v);
}

static bool others_are_down(const struct vcpu *v)
{
    const struct domain *d = v->domain;

    for (uint32_t i = 0; i < d->vcpu_count; i++)
        if (d->vcpu[i] && d->vcpu[i] != v && !d->vcpu[i]->down)
            return false;
    return true;
}

bool vcpu_down(struct vcpu *v)
{
    struct domain *d = v->domain;
    bool stays = false;

    spin_lock(&d->lock);
    if (others_are_down(v))
        stays = true;
    else
        WRITE_ONCE(v->down, true);
    spin_unlock(&d->lock);
    if (stays)
        return false;
    __atomic_store_n(&v->entry.exit_work, 1, __ATOMIC_SEQ_CST);
    if (v != current)
        sched_kick(v);
    return true;
}

void vcpu_wait_while_down(void)
{
    while (READ_ONCE(current->down))
        sched_block();
}

void vcpu_send_nmi(struct vcpu *v)
{
    if (__atomic_exchange_n(&v->nmi_pending, true, __ATOMIC_SEQ_CST))
        return;
    __atomic_store_n(&v->entry.exit_work, 1, __ATOMIC_SEQ_CST);
    if (v != current && !READ_ONCE(v->down)) {
        sched_wake(v);
        sched_kick(v);
    }
}

int domain_set_shutdown_code(struct domain *d, uint32_t code)
{
    int rc = -EBUSY;

    spin_lock(&d->lock);
    if (d->shutdown == DOMAIN_RUNNING) {
        /* The first one stays; as in Xen, others are told nothing. */
        if (!d->shutdown_code_set)
            d->shutdown_code = code;
        d->shutdown_code_set = true;
        rc = 0;
    }
    spin_unlock(&d->lock);
    return rc;
}
