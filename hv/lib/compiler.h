/*
 * lib/compiler.h - attributes and small compile-time helpers. Layer: lib.
 * Forced into every compilation of the hypervisor (-include).
 */
#ifndef LIB_COMPILER_H
#define LIB_COMPILER_H

#ifndef __ASSEMBLER__
/* Nothing is looked up at run time, so no access goes through a GOT. */
#if !__STDC_HOSTED__
#pragma GCC visibility push(hidden)
#endif

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#define __noinline      __attribute__((noinline))
#define __packed        __attribute__((packed))
#define __aligned(n)    __attribute__((aligned(n)))
#define __noreturn      __attribute__((noreturn))
#define __must_check    __attribute__((warn_unused_result))
#define __printf(f, a)  __attribute__((format(printf, f, a)))
#define __section(s)    __attribute__((section(s)))
#define __used          __attribute__((used))

/* Code and data that nobody uses once dom0 runs; the memory is freed then. */
#if __STDC_HOSTED__
#define __init
#define __initdata
#define __initconst
#else
#define __init      __section(".init.text") __attribute__((cold, noinline))
#define __initdata  __section(".init.data")
#define __initconst __section(".init.rodata")
#endif

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member)                                        \
    ((type *)(void *)((char *)(ptr)-offsetof(type, member)))
#define MIN(a, b)          ((a) < (b) ? (a) : (b))
#define MAX(a, b)          ((a) > (b) ? (a) : (b))
#define ROUND_UP(x, n)     (((x) + (n)-1) & ~((__typeof__(x))(n)-1))
#define ROUND_DOWN(x, n)   ((x) & ~((__typeof__(x))(n)-1))
#define DIV_ROUND_UP(x, n) (((x) + (n)-1) / (n))

#define READ_ONCE(x)     (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#define barrier()        __asm__ volatile("" ::: "memory")
#endif

#endif
