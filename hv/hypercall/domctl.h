/*
 * hypercall/domctl.h - what the files of domctl share. Layer: hypercall,
 * internal.
 */
#ifndef HYPERCALL_DOMCTL_H
#define HYPERCALL_DOMCTL_H

#include "abi/toolstack.h"
#include "hypercall/hypercall.h"

/* One operation on d, which the caller has a reference of: 0 or -errno;
 * -ERESTART: to be issued again as it is. */
typedef int domctl_fn(struct domain *d, struct xen_domctl *op);

/* domctl_domain.c: lives, limits and names of domains. createdomain has no d.
 */
domctl_fn domctl_create, domctl_destroy, domctl_pause, domctl_unpause,
    domctl_resume, domctl_max_vcpus, domctl_max_mem, domctl_set_handle,
    domctl_set_time_offset, domctl_set_address_size, domctl_get_address_size,
    domctl_hypercall_page, domctl_frame_types, domctl_set_debugging,
    domctl_subscribe, domctl_set_target;

/* domctl_vcpu.c */
domctl_fn domctl_set_context, domctl_get_context, domctl_vcpu_info,
    domctl_trigger;

/* The vcpu, or NULL. */
struct vcpu *domctl_find_vcpu(const struct domain *d, uint32_t id);

/* domctl_state.c */
domctl_fn domctl_get_ext_context, domctl_set_ext_context, domctl_get_extstate,
    domctl_set_extstate, domctl_get_msrs, domctl_set_msrs, domctl_shadow;

/* domctl_rights.c */
domctl_fn domctl_irq_permission, domctl_iomem_permission,
    domctl_ioport_permission, domctl_memory_mapping, domctl_set_virq_handler;

/* domctl_sched.c */
domctl_fn domctl_set_affinity, domctl_get_affinity, domctl_set_nodes,
    domctl_get_nodes, domctl_scheduler, domctl_set_tsc, domctl_get_tsc;

/* policy.c */
domctl_fn domctl_get_policy, domctl_set_policy;

/* A mask to a guest's bitmap; the rest of a longer one is cleared. */
int domctl_put_mask(const struct xenctl_bitmap *to, uint64_t mask);

/* domctl_info.c: of the domain with the lowest number from `first` on; -ESRCH:
 * there is none. */
int domctl_describe(domid_t first, struct xen_domctl_getdomaininfo *info);

#endif
