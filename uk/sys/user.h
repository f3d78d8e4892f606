/*
 * user.h - what a program hands to a call is looked at before it is used: may
 * the program itself reach it? Layer: sys.
 */
#ifndef UK_SYS_USER_H
#define UK_SYS_USER_H

#include <sys/mman.h>

#include "mm/space.h"

static inline bool user_reads(const void *at, size_t n)
{
    return space_allows(at, n, PROT_READ);
}

static inline bool user_writes(void *at, size_t n)
{
    return space_allows(at, n, PROT_READ | PROT_WRITE);
}

/* Is it a string of at most PATH_MAX bytes? 0, -EFAULT or -ENAMETOOLONG. */
long user_check_path(const char *path);

#endif
