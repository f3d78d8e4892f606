/*
 * names.h - from a descriptor and a path to a node, for the calls. Layer: sys.
 * Errors are negative errno values.
 */
#ifndef UK_SYS_NAMES_H
#define UK_SYS_NAMES_H

#include "vfs/file.h"

long names_walk(int fd, const char *path, enum path_end end, struct place *p);

/* A node that must be there. */
long names_find(int fd, const char *path, bool follow, struct node **n);

/* By AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH: also the descriptor's own. -EINVAL
 * with others. */
long names_find_at(int fd, const char *path, int flags, struct node **n);

/* A name for the node; -ENOENT in /proc and in a directory that was removed. */
long names_add(const struct place *p, struct node *n);

#endif
