/* check.h - how the programs here say what is wrong. */
#ifndef CHECK_H
#define CHECK_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

#define CHECK(what)                                                            \
    ((what) ? (void)0                                                          \
            : (void)(failures++, printf("FAIL %s:%d: %s (errno %d)\n",         \
                                        __FILE__, __LINE__, #what, errno)))
/* The call fails with this error. */
#define FAILS(what, error)                                                     \
    do {                                                                       \
        errno = 0;                                                             \
        CHECK((long)(what) == -1 && errno == (error));                         \
    } while (0)

static inline int done(void)
{
    printf("%d failures\n", failures);
    return failures > 0;
}

#endif
