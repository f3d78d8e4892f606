/*
 * pv/descriptor.h - which segment descriptors a guest may have. Layer: pv.
 * Pure. Source: Intel SDM volume 3A, chapter 5.8.3 and 3.4.5; docs/abi.md.
 */
#ifndef PV_DESCRIPTOR_H
#define PV_DESCRIPTOR_H

#include "lib/types.h"

/*
 * Checks one descriptor of a GDT or LDT, and changes it so that it is safe: a
 * segment gets DPL 3, a call gate DPL 0, whose use then faults. False: refused.
 */
bool descriptor_check(uint64_t *desc);

#endif
