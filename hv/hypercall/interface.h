/*
 * hypercall/interface.h - versions of the toolstack's interface: what another
 * one calls otherwise than we do. Layer: hypercall, internal; pure.
 *
 * domctl and sysctl serve one form, that of the headers we are built with.
 * Another version is one more row in their tables of versions: the operations
 * whose number or body differs in it, each with functions that change one form
 * of the body into the other in place. Bodies have room for 128 bytes in all
 * versions. Elements of lists that a body points to are not looked at here.
 */
#ifndef HYPERCALL_INTERFACE_H
#define HYPERCALL_INTERFACE_H

#include "lib/types.h"

#define INTERFACE_NO_OP (~0U) /* we have nothing like it */

struct interface_op {
    uint32_t theirs, ours;
    /* Theirs to ours, and back for the answer; NULL: both are the same. */
    void (*decode)(void *body);
    void (*encode)(void *body);
};

struct interface {
    uint32_t version;
    const struct interface_op *ops; /* any other is as ours */
    uint32_t count;
};

/* NULL: it is not spoken here. */
const struct interface *interface_find(const struct interface *all, uint32_t n,
                                       uint32_t version);
/* Makes the body of their operation ours; its number here. */
uint32_t interface_decode(const struct interface *v, uint32_t theirs,
                          void *body);
/* Makes our answer to their operation theirs. */
void interface_encode(const struct interface *v, uint32_t theirs, void *body);

#endif
