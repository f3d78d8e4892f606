/* node_internal.h - what node.c and data.c share. Layer: vfs. */
#ifndef UK_VFS_NODE_INTERNAL_H
#define UK_VFS_NODE_INTERNAL_H

#include "vfs/node.h"

void node_free_data(struct node *n);
uint32_t node_get_frame(struct backing *b, uint64_t index);

#endif
