/* control.h - what the tools ask of the domain through xenstore. Layer: boot.
 */
#ifndef UK_BOOT_CONTROL_H
#define UK_BOOT_CONTROL_H

#include "lib/types.h"
#include <xen/xen.h>

/* Last of all: from now on it may be asked for. `start` is the page itself. */
void control_init(struct start_info *start);

#endif
