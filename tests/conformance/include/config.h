/* What gnulib's configure would find of musl and gcc. */
#ifndef CONFORMANCE_CONFIG_H
#define CONFORMANCE_CONFIG_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#define _GL_UNUSED           __attribute__((unused))
#define _GL_UNUSED_PARAMETER __attribute__((unused))
#define _GL_UNUSED_LABEL     __attribute__((unused))
#define _GL_INLINE           static inline
#define _GL_EXTERN_INLINE    static inline
#define _GL_INLINE_HEADER_BEGIN
#define _GL_INLINE_HEADER_END
#define _GL_CMP(a, b)   (((a) > (b)) - ((a) < (b)))
#define _GL_LIKELY(x)   (x)
#define _GL_UNLIKELY(x) (x)
#define _GL_ASYNC_SAFE
#define _GL_NORETURN_FUNC    __attribute__((noreturn))
#define _GL_NORETURN_FUNCPTR __attribute__((noreturn))
#define _GL_ARG_NONNULL(arguments)
#define _GL_EXTERN_C extern
#define _GL_ATTRIBUTE_ALLOC_SIZE(x)
#define _GL_ATTRIBUTE_ALWAYS_INLINE
#define _GL_ATTRIBUTE_ARTIFICIAL
#define _GL_ATTRIBUTE_COLD
#define _GL_ATTRIBUTE_CONST
#define _GL_ATTRIBUTE_DEALLOC(f, i)
#define _GL_ATTRIBUTE_DEALLOC_FREE
#define _GL_ATTRIBUTE_DEPRECATED
#define _GL_ATTRIBUTE_FALLTHROUGH ((void)0)
#define _GL_ATTRIBUTE_FORMAT(x)
#define _GL_ATTRIBUTE_FORMAT_PRINTF_STANDARD(a, b)
#define _GL_ATTRIBUTE_FORMAT_PRINTF_SYSTEM(a, b)
#define _GL_ATTRIBUTE_LEAF
#define _GL_ATTRIBUTE_MALLOC
#define _GL_ATTRIBUTE_MAYBE_UNUSED __attribute__((unused))
#define _GL_ATTRIBUTE_MAY_ALIAS    __attribute__((may_alias))
#define _GL_ATTRIBUTE_NODISCARD
#define _GL_ATTRIBUTE_NOINLINE __attribute__((noinline))
#define _GL_ATTRIBUTE_NONNULL(x)
#define _GL_ATTRIBUTE_NONSTRING
#define _GL_ATTRIBUTE_NOTHROW
#define _GL_ATTRIBUTE_PACKED __attribute__((packed))
#define _GL_ATTRIBUTE_PURE
#define _GL_ATTRIBUTE_RETURNS_NONNULL
#define _GL_ATTRIBUTE_SENTINEL(x)
#define _GL_ATTRIBUTE_SPEC_PRINTF_STANDARD printf
#define _GL_ATTRIBUTE_SPEC_PRINTF_SYSTEM   printf
#define FLEXIBLE_ARRAY_MEMBER
#define O_TEXT                 0
#define O_BINARY               0
#define GNULIB_TEST_GETOPT_GNU 1
#define PRAGMA_OFF
#define HAVE_DECL_ALARM              1
#define HAVE_UNISTD_H                1
#define HAVE_SYS_TIME_H              1
#define HAVE_SETLOCALE               1
#define HAVE_LANGINFO_H              1
#define HAVE_NL_LANGINFO             1
#define HAVE_PTHREAD_API             1
#define USE_POSIX_THREADS            1
#define HAVE_PTHREAD_MUTEX_RECURSIVE 1
#define HAVE_PTHREAD_RWLOCK          1
#define HAVE_THREADS_H               1
#define PACKAGE                      "gnulib"
#define VERSION                      "0"

#endif
