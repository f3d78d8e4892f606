/* What tests of others take from glibc's <sys/cdefs.h>. */
#ifndef CONFORMANCE_SYS_CDEFS_H
#define CONFORMANCE_SYS_CDEFS_H

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <time.h>
#include <sys/types.h>

#define __BEGIN_DECLS
#define __END_DECLS
#define __THROW
#define __THROWNL
#define __nonnull(args)
#define __wur
#define __attribute_malloc__ __attribute__((malloc))
#define __attribute_alloc_size__(args)
#define __attr_dealloc(f, i)
#define __attr_dealloc_free
#define __attribute_noinline__ __attribute__((noinline))
#define __attribute_nonstring__
#define __attribute_format_arg__(i)
#define __attribute_maybe_unused__     __attribute__((unused))
#define __always_inline                inline __attribute__((always_inline))
#define __glibc_likely(x)              __builtin_expect(!!(x), 1)
#define __glibc_unlikely(x)            __builtin_expect(!!(x), 0)
#define __CONCAT(a, b)                 a##b
#define __STRING(a)                    #a
#define __REDIRECT(name, proto, alias) name proto __asm__(#alias)
#define __returns_nonnull
#define __attribute_alloc_align__(args)
#define __attribute_const__
#define __attribute_pure__
#define __time_t     time_t
#define __off_t      off_t
#define __off64_t    off_t
#define loff_t       off_t
#define off64_t      off_t
#define ino64_t      ino_t
#define stat64       stat
#define fstat64      fstat
#define lstat64      lstat
#define fstatat64    fstatat
#define dirent64     dirent
#define readdir64    readdir
#define __timespec64 timespec
#define attribute_hidden
#define weak_alias(a, b)
#define libc_hidden_def(a)
#define libc_hidden_proto(a)
#define strong_alias(a, b)
#define __attribute_nonnull__(x)
#define __attribute_warn_unused_result__
#define TIMEOUTFACTOR        1
#define SRCDIR_PATH          "/tmp"
#define OBJDIR_PATH          "/tmp"
#define OBJDIR_ELF_LDSO_PATH "/tmp"
#define INSTDIR_PATH         "/tmp"
#define LIBDIR_PATH          "/tmp"
#define SLIBDIR_PATH         "/tmp"
#define BINDIR_PATH          "/tmp"
#define SBINDIR_PATH         "/tmp"
#define ROOTSBINDIR_PATH     "/tmp"
#define COMPLOCALEDIR_PATH   "/tmp"
#define SYSCONFDIR_PATH      "/tmp"
/* As musl keeps them. */
#define PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP                                 \
    {                                                                          \
        {                                                                      \
            {                                                                  \
                1                                                              \
            }                                                                  \
        }                                                                      \
    }
#define PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP                                \
    {                                                                          \
        {                                                                      \
            {                                                                  \
                2                                                              \
            }                                                                  \
        }                                                                      \
    }
#define PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP                                  \
    {                                                                          \
        {                                                                      \
            {                                                                  \
                0                                                              \
            }                                                                  \
        }                                                                      \
    }
#define PTHREAD_MUTEX_TIMED_NP      0
#define PTHREAD_MUTEX_ADAPTIVE_NP   0
#define PTHREAD_MUTEX_RECURSIVE_NP  1
#define PTHREAD_MUTEX_ERRORCHECK_NP 2
#define M_PERTURB                   (-6)
#define TEMP_FAILURE_RETRY(call)                                               \
    ({                                                                         \
        long result_;                                                          \
        do                                                                     \
            result_ = (long)(call);                                            \
        while (result_ == -1L && errno == EINTR);                              \
        result_;                                                               \
    })

/* Not there in musl, and asked for weakly. */
extern int mallopt(int, int);

#endif
