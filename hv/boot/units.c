/*
 * boot/units.c - the order in which a domain's parts are made. Reversed, it is
 * that of its teardown. Layer: boot.
 */
#include "domain/domain.h"
#include "evtchn/evtchn.h"
#include "grant/grant.h"
#include "hypercall/pirq.h"
#include "pv/pv.h"

const struct domain_unit *const domain_units[] = {
    &pirq_unit, &evtchn_unit, &grant_unit, &pv_unit, NULL,
};
