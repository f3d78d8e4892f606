/* balloon.h - gives memory back to the hypervisor and takes it again. */
#ifndef UK_MM_BALLOON_H
#define UK_MM_BALLOON_H

#include "lib/types.h"

/*
 * As near to so many pages as free memory allows; never more than the domain
 * was made with. Layer: mm. Locks: events are masked.
 */
void balloon_set_target(uint64_t pages);

#endif
