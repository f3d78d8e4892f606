/*
 * store.h - the domain's xenstore, if it has one: values written, and values
 * watched. Layer: xen. Locks: events are masked. Source:
 * xen/public/io/xs_wire.h. Paths are relative to the domain's own.
 */
#ifndef UK_XEN_STORE_H
#define UK_XEN_STORE_H

#include "lib/types.h"
#include <xen/xen.h>

/* Called with each value of a watched path: now, and whenever it changes. */
struct store_watch {
    const char *path;
    void (*changed)(const char *value);
};

/* The table is kept. Again after the domain was restored. */
void store_init(const struct start_info *start);
void store_watch(const struct store_watch *table, unsigned n);

/* The value, until the next is read; empty without one, or after a second. */
const char *store_read(const char *path);
/* Waits until it is written, up to a second. */
void store_write(const char *path, const char *value);

#endif
