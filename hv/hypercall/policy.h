/*
 * hypercall/policy.h - the machine's CPU policies. Layer: hypercall, internal.
 */
#ifndef HYPERCALL_POLICY_H
#define HYPERCALL_POLICY_H

#include "abi/toolstack.h"

int sysctl_cpu_policy(struct xen_sysctl_cpu_policy *op);
/* -ENOBUFS: these are not all. */
int sysctl_cpu_featureset(struct xen_sysctl_cpu_featureset *op);
/* The first n words of the machine's own. */
void sysctl_host_features(uint32_t *words, unsigned n);

#endif
