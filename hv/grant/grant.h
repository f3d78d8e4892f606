/*
 * grant/grant.h - grant tables. Layer: grant.
 */
#ifndef GRANT_GRANT_H
#define GRANT_GRANT_H

#include "domain/domain.h"

extern const struct domain_unit grant_unit;

/*
 * GNTTABOP_*: *arg is the guest's address of *count structures. Each has its
 * own status; the result is 0, -EFAULT, -EINVAL or -ENOSYS. -ERESTART: to be
 * issued again with *arg and *count as they are now.
 */
long grant_op(uint32_t cmd, uint64_t *arg, uint32_t *count);

/* The limits of a new domain: frames of its table, frames of handles; negative:
 * the most that there can be. -EINVAL beyond that, or below what it has. */
int grant_set_limits(struct domain *d, int32_t frames, int32_t handle_frames,
                     uint32_t max_version);

/* How many frames the domain's table may have; one of them, by its index, which
 * is there then: -EINVAL, -ENOMEM. */
uint32_t grant_table_limit(const struct domain *d);
int grant_table_frame(struct domain *d, uint64_t index, mfn_t *m);

/* What d grants is its own business; what it has mapped goes to the log. */
void grant_print(struct domain *d);

/* What d has mapped of others: the frame, and GNTMAP_* that hold. No vcpu
 * runs. */
void grant_visit_mappings(const struct domain *d,
                          void (*fn)(void *arg, mfn_t m, uint16_t flags),
                          void *arg);

#endif
