/*
 * domain/domain_internal.h - what this room's files share. Layer: domain.
 */
#ifndef DOMAIN_DOMAIN_INTERNAL_H
#define DOMAIN_DOMAIN_INTERNAL_H

#include "domain/domain.h"

/* For frame_release_register(): the domain owns one frame less. */
void domain_frame_released(struct frame *f, domid_t owner);
/* Makes the tables of the vcpu's window: 0 or -ENOMEM. */
int perdomain_create_vcpu(struct vcpu *v);
/* Frees all tables of the area. */
void perdomain_free(struct domain *d);
/* Frees what vcpu_create() made of it. */
void vcpu_destroy(struct vcpu *v);

/* Tells whoever registered for exceptions. */
void domain_exception(struct domain *suspended);
/* No user, or no hold, is left: the rest follows at the next softirq. */
void domain_reap_later(struct domain *d);
void domain_reap_init(void);

#endif
