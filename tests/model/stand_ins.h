/*
 * tests/model/stand_ins.h - for real.c only: what the hypervisor's files call
 * and the model has no use for.
 */
#ifndef MODEL_STAND_INS_H
#define MODEL_STAND_INS_H

#include "mm/map.h"

static uint64_t idle_l4[PAGE_SIZE / 8];
uint64_t *hv_l4 = idle_l4;

void *pages_alloc(unsigned order)
{
    (void)order;
    return NULL;
}

void pages_free(void *p, unsigned order)
{
    (void)p;
    (void)order;
}

struct domain *domain_get(domid_t id)
{
    return id < ARRAY_SIZE(domain) ? &domain[id] : NULL;
}

void domain_put(struct domain *d)
{
    (void)d;
}

struct domain *domain_find(domid_t first)
{
    return domain_get(first);
}

void domain_release(struct domain *d)
{
    (void)d;
}

uint64_t frames_free_count(void)
{
    return 0;
}

void tlb_period_ended(void)
{
}

/* invlpg is no flush of what the model looks at. */
void tlb_flush_page(cpu_mask_t mask, vaddr_t va)
{
    (void)mask;
    (void)va;
}

struct domain *domain_get_target(domid_t id, int *error)
{
    *error = -ESRCH;
    return id == DOMID_SELF ? &domain[0] : domain_get(id);
}

struct domain *domain_get_foreign(domid_t id, int *error)
{
    return domain_get_target(id, error);
}

bool range_set_contains(const struct range_set *s, uint64_t first,
                        uint64_t last)
{
    (void)s;
    (void)first;
    (void)last;
    return false;
}

void map_fill_l4(uint64_t *l4, const uint64_t *perdomain_l3)
{
    (void)l4;
    (void)perdomain_l3;
}

bool map_is_m2p(mfn_t m)
{
    (void)m;
    return false;
}

void map_show_m2p(uint64_t *l4)
{
    (void)l4;
}

bool descriptor_validate_frame(mfn_t m)
{
    (void)m;
    return true;
}

void pv_invalidate_ldt(struct vcpu *v)
{
    (void)v;
}

long pv_set_ldt(struct vcpu *v, vaddr_t base, uint32_t entries)
{
    (void)v;
    (void)base;
    (void)entries;
    return -EINVAL;
}

long hypercall_continue(unsigned args, const uint64_t *arg)
{
    (void)args;
    (void)arg;
    complain("left unfinished");
    return -ERESTART;
}

long hypercall_unknown(const char *call, uint64_t op)
{
    (void)call;
    (void)op;
    return -ENOSYS;
}

unsigned memory_max_order(const struct domain *caller)
{
    (void)caller;
    return 0;
}

bool preempt_point(void)
{
    return false;
}

void sched_preempt(void)
{
}

/* The model's guests are not isolated. */
bool isolation_enabled, isolation_pcid;

void isolation_invalidate(vaddr_t va)
{
    (void)va;
}

void pv_isolation_new_l4_slow(struct vcpu *v, bool kernel)
{
    (void)v;
    (void)kernel;
}

void pv_isolation_changed_slow(struct domain *d, mfn_t l4, unsigned index)
{
    (void)d;
    (void)l4;
    (void)index;
}

/* Nor are they checked. */
int l1tf_check_entry(struct domain *d, unsigned level, uint64_t pte)
{
    (void)d;
    (void)level;
    (void)pte;
    return 0;
}

int l1tf_check_table(struct domain *d, unsigned level, const uint64_t *table)
{
    (void)d;
    (void)level;
    (void)table;
    return 0;
}

#endif
