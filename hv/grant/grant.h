/*
 * grant/grant.h - grant tables. Layer: grant.
 */
#ifndef GRANT_GRANT_H
#define GRANT_GRANT_H

#include "domain/domain.h"

extern const struct domain_unit grant_unit;

/* GNTTABOP_*: `arg` is the guest's address of `count` structures. */
long grant_op(uint32_t cmd, uint64_t arg, uint32_t count);

#endif
