/*
 * hypercall/interface.c - see interface.h. Layer: hypercall; pure.
 */
#include "hypercall/interface.h"

static const struct interface_op *find_op(const struct interface *v,
                                          uint32_t theirs)
{
    for (uint32_t i = 0; i < v->count; i++)
        if (v->ops[i].theirs == theirs)
            return &v->ops[i];
    return NULL;
}

const struct interface *interface_find(const struct interface *all, uint32_t n,
                                       uint32_t version)
{
    for (uint32_t i = 0; i < n; i++)
        if (all[i].version == version)
            return &all[i];
    return NULL;
}

uint32_t interface_decode(const struct interface *v, uint32_t theirs,
                          void *body)
{
    const struct interface_op *op = find_op(v, theirs);

    if (op && op->decode)
        op->decode(body);
    return op ? op->ours : theirs;
}

void interface_encode(const struct interface *v, uint32_t theirs, void *body)
{
    const struct interface_op *op = find_op(v, theirs);

    if (op && op->encode)
        op->encode(body);
}
