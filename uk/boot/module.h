/* module.h - the domain's module: the archive of its files. Layer: boot. */
#ifndef UK_BOOT_MODULE_H
#define UK_BOOT_MODULE_H

#include "lib/types.h"

/*
 * Unpacks cpio (newc) or tar, also packed by gzip, and gives the module's
 * memory back. What is broken ends the domain with a message.
 */
void module_unpack(const char *data, size_t size);

#endif
