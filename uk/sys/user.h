/*
 * user.h - what a program hands to a call is looked at before it is used: may
 * the program itself reach it? Layer: sys.
 */
#ifndef UK_SYS_USER_H
#define UK_SYS_USER_H

#include <sys/mman.h>
#include <sys/uio.h>

#include "mm/space.h"

static inline bool user_reads(const void *at, size_t n)
{
    return space_allows(at, n, PROT_READ);
}

static inline bool user_writes(void *at, size_t n)
{
    return space_allows(at, n, PROT_READ | PROT_WRITE);
}

/* Takes a copy of what another thread may change at any time. */
bool user_take(void *to, const void *from, size_t n);

/* A list of parts as it was when the call was made, which may wait while the
 * program takes it away. */
enum { PARTS_HERE = 8 };
struct user_parts {
    struct iovec here[PARTS_HERE], *list;
    int count;
};
long user_take_parts(struct user_parts *p, const struct iovec *from, int count);
/* May all be read, or written? */
bool user_parts_allowed(const struct user_parts *p, bool to_write);
void user_drop_parts(struct user_parts *p);

/* The same of a string of at most PATH_MAX bytes: 0, -EFAULT or -ENAMETOOLONG.
 * It is overwritten by the next but one. */
long user_take_string(const char *from, const char **copy);

#endif
