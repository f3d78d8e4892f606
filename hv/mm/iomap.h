/*
 * mm/iomap.h - device memory for the hypervisor. Layer: mm.
 */
#ifndef MM_IOMAP_H
#define MM_IOMAP_H

#include "lib/types.h"

/* Maps device memory uncached, for good. NULL when the window is full. */
void *io_map(paddr_t paddr, size_t bytes);

#endif
