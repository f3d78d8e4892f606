/*
 * pv/l1tf.c - crashes a guest for absent entries that its CPU would follow.
 * Layer: pv. As Xen does when it has no shadow page tables to hide them in.
 */
#include "pv/l1tf.h"

static bool checks_dom0, checks_domu;

void __init l1tf_init(bool on_dom0, bool on_domu)
{
    checks_dom0 = on_dom0;
    checks_domu = on_domu;
}

bool l1tf_is_checked(bool privileged)
{
    return privileged ? checks_dom0 : checks_domu;
}

static void crash(struct domain *d, unsigned level, uint64_t pte)
{
    domain_crash(d, "L1TF-vulnerable L%ue %016lx", level, pte);
}

int l1tf_check_entry(struct domain *d, unsigned level, uint64_t pte)
{
    if (l1tf_entry_is_safe(pte, level, frame_limit << PAGE_SHIFT))
        return 0;
    if (d != current_domain) {
        crash(d, level, pte);
        return -EINVAL;
    }
    /* Not before the caller has given back what it holds. */
    current->l1tf_level = (uint8_t)level;
    current->l1tf_entry = pte;
    current->entry.exit_work = 1;
    return -EINVAL;
}

void l1tf_crash(const struct vcpu *v)
{
    crash(v->domain, v->l1tf_level, v->l1tf_entry);
}

int l1tf_check_table(struct domain *d, unsigned level, const uint64_t *table)
{
    int rc = 0;

    for (unsigned i = 0; !rc && i < PTES; i++)
        if (table[i] && !(table[i] & PTE_P))
            rc = l1tf_check_entry(d, level, table[i]);
    return rc;
}
