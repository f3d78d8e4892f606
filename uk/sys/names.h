/*
 * names.h - from a descriptor and a path to a node, for the calls. Layer: sys.
 * Errors are negative errno values.
 */
#ifndef UK_SYS_NAMES_H
#define UK_SYS_NAMES_H

#include "vfs/file.h"

/* The current directory. */
struct node *names_here(void);

long names_walk(int fd, const char *path, bool follow, struct place *p);

/* A node that must be there. */
long names_find(int fd, const char *path, bool follow, struct node **n);

/* By AT_* flags; with AT_EMPTY_PATH, also the descriptor's own. */
long names_find_at(int fd, const char *path, int flags, struct node **n);

#endif
