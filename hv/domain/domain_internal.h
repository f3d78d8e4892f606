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

#endif
