/*
 * hypercall/policy.c - CPU policies: what CPUID and MSRs tell of a CPU, of the
 * machine (sysctl) and of a domain (domctl). Layer: hypercall. There is nothing
 * in the MSRs that are part of it: they are zero.
 */
#include "hypercall/domctl.h"
#include "hypercall/policy.h"
#include "pv/policy.h"

#define MSR_PLATFORM_INFO 0xceU
#define MSR_ARCH_CAPS     0x10aU

static const uint32_t msr_numbers[] = {MSR_PLATFORM_INFO, MSR_ARCH_CAPS};
#define POLICY_MSRS ARRAY_SIZE(msr_numbers)

#define NOWHERE (~0U)

static int put_leaves(const struct cpu_policy *p, uint64_t to, uint32_t *n)
{
    uint32_t done = 0;

    for (unsigned i = 0; i < POLICY_SLOTS; i++) {
        struct xen_cpuid_leaf leaf = policy_leaf(p, i);

        if (!policy_shows(p, i))
            continue;
        if (done == *n)
            return -ENOBUFS;
        if (guest_put(to + done++ * sizeof(leaf), &leaf))
            return -EFAULT;
    }
    *n = done;
    return 0;
}

static int put_msrs(uint64_t to, uint32_t *n)
{
    for (uint32_t i = 0; i < POLICY_MSRS; i++) {
        struct xen_msr_entry msr = {.idx = msr_numbers[i]};

        if (i == *n)
            return -ENOBUFS;
        if (guest_put(to + i * sizeof(msr), &msr))
            return -EFAULT;
    }
    *n = POLICY_MSRS;
    return 0;
}

/* Without a place for them: how many there are at most. */
static int put(const struct cpu_policy *p, uint64_t leaves, uint32_t *nr_leaves,
               uint64_t msrs, uint32_t *nr_msrs)
{
    int rc = 0;

    if (leaves)
        rc = put_leaves(p, leaves, nr_leaves);
    else
        *nr_leaves = POLICY_LEAVES_MAX;
    if (rc)
        return rc;
    if (msrs)
        return put_msrs(msrs, nr_msrs);
    *nr_msrs = POLICY_MSRS;
    return 0;
}

int sysctl_cpu_policy(struct xen_sysctl_cpu_policy *op)
{
    const struct cpu_policy *p;

    if (op->_rsvd || op->index > XEN_SYSCTL_cpu_policy_hvm_default)
        return -EINVAL;
    p = cpuid_system_policy(op->index);
    if (!p)
        return -EOPNOTSUPP;
    return put(p, guest_handle_address(op->leaves), &op->nr_leaves,
               guest_handle_address(op->msrs), &op->nr_msrs);
}

int sysctl_cpu_featureset(struct xen_sysctl_cpu_featureset *op)
{
    /* The names of feature sets are others than those of policies. */
    static const uint8_t policies[] = {
        [XEN_SYSCTL_cpu_featureset_raw] = XEN_SYSCTL_cpu_policy_raw,
        [XEN_SYSCTL_cpu_featureset_host] = XEN_SYSCTL_cpu_policy_host,
        [XEN_SYSCTL_cpu_featureset_pv] = XEN_SYSCTL_cpu_policy_pv_default,
        [XEN_SYSCTL_cpu_featureset_hvm] = XEN_SYSCTL_cpu_policy_hvm_default,
        [XEN_SYSCTL_cpu_featureset_pv_max] = XEN_SYSCTL_cpu_policy_pv_max,
        [XEN_SYSCTL_cpu_featureset_hvm_max] = XEN_SYSCTL_cpu_policy_hvm_max,
    };
    uint64_t to = guest_handle_address(op->features);
    uint32_t asked = op->nr_features;
    const struct cpu_policy *p;

    op->nr_features = to ? MIN(asked, (uint32_t)POLICY_WORDS) : POLICY_WORDS;
    if (!to)
        return 0;
    if (op->index >= ARRAY_SIZE(policies))
        return -EINVAL;
    p = cpuid_system_policy(policies[op->index]);
    if (!p)
        return -EOPNOTSUPP;
    for (uint32_t i = 0; i < op->nr_features; i++) {
        uint32_t word = policy_word(p, i);

        if (guest_put(to + i * sizeof(word), &word))
            return -EFAULT;
    }
    return asked < POLICY_WORDS ? -ENOBUFS : 0;
}

void sysctl_host_features(uint32_t *words, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        words[i] =
            policy_word(cpuid_system_policy(XEN_SYSCTL_cpu_policy_host), i);
}

int domctl_get_policy(struct domain *d, struct xen_domctl *op)
{
    struct xen_domctl_cpu_policy *c = &op->u.cpu_policy;

    return put(d->policy, guest_handle_address(c->leaves), &c->nr_leaves,
               guest_handle_address(c->msrs), &c->nr_msrs);
}

static int merge_leaves(struct cpu_policy *p, struct xen_domctl_cpu_policy *c)
{
    uint64_t from = guest_handle_address(c->leaves);
    struct xen_cpuid_leaf leaf;

    if (c->nr_leaves > POLICY_LEAVES_MAX)
        return -E2BIG;
    for (uint32_t i = 0; i < c->nr_leaves; i++) {
        if (guest_get(&leaf, from + i * sizeof(leaf)))
            return -EFAULT;
        if (policy_merge(p, &leaf)) {
            c->err_leaf = leaf.leaf;
            c->err_subleaf = leaf.subleaf;
            return -ERANGE;
        }
    }
    return 0;
}

/* What says that CPUID faults is refused; what the CPU is proof against needs
 * nothing done, and is not told. */
static int check_msr(const struct xen_msr_entry *msr)
{
    if (msr->flags)
        return -EINVAL;
    if (msr->idx == MSR_ARCH_CAPS)
        return 0;
    if (msr->idx != MSR_PLATFORM_INFO)
        return -ERANGE;
    return msr->val >> 32 ? -EOVERFLOW : msr->val ? -EINVAL : 0;
}

static int check_msrs(struct xen_domctl_cpu_policy *c)
{
    uint64_t from = guest_handle_address(c->msrs);
    struct xen_msr_entry msr;
    int rc = 0;

    if (c->nr_msrs > POLICY_MSRS)
        return -E2BIG;
    for (uint32_t i = 0; !rc && i < c->nr_msrs; i++) {
        if (guest_get(&msr, from + i * sizeof(msr)))
            return -EFAULT;
        rc = check_msr(&msr);
        if (rc)
            c->err_msr = msr.idx;
    }
    return rc;
}

static int set(struct domain *d, struct cpu_policy *p,
               struct xen_domctl_cpu_policy *c)
{
    struct xen_cpuid_leaf leaf;
    int rc = merge_leaves(p, c);

    if (!rc)
        rc = check_msrs(c);
    if (rc)
        return rc;
    rc = cpuid_set_policy(d, p, &leaf);
    if (rc) {
        c->err_leaf = leaf.leaf;
        c->err_subleaf = leaf.subleaf;
    }
    return rc;
}

int domctl_set_policy(struct domain *d, struct xen_domctl *op)
{
    struct xen_domctl_cpu_policy c = op->u.cpu_policy;
    struct cpu_policy *p;
    int rc;

    if (d->started)
        return -EEXIST;
    p = cpuid_copy_policy(d);
    if (!p)
        return -ENOMEM;
    c.err_leaf = c.err_subleaf = c.err_msr = NOWHERE;
    rc = set(d, p, &c);
    if (rc) {
        cpuid_free_policy(p);
        op->u.cpu_policy = c;
    }
    return rc;
}
