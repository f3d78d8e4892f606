/* node_internal.h - what node.c and data.c share. Layer: vfs. */
#ifndef UK_VFS_NODE_INTERNAL_H
#define UK_VFS_NODE_INTERNAL_H

#include "vfs/node.h"

void node_free_data(struct node *n);

/* A regular file's struct backing. */
uint32_t node_get_frame(struct backing *b, uint64_t index);
bool node_read_page(struct backing *b, uint64_t index, void *to);
uint64_t node_next_page(struct backing *b, uint64_t index);

#endif
