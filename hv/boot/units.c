/*
 * boot/units.c - the order of births: of the machine's rooms, and of a
 * domain's parts. Reversed, a domain's parts are its teardown. Layer: boot.
 */
#include "domain/domain.h"
#include "evtchn/evtchn.h"
#include "grant/grant.h"
#include "hypercall/pirq.h"
#include "pv/pv.h"

const struct domain_unit *const domain_units[] = {
    &pirq_unit, &evtchn_unit, &grant_unit, &pv_unit, NULL,
};
