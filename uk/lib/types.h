/*
 * types.h - the words the Unix layer is written with. Layer: lib.
 * Included before everything else by the build.
 */
#ifndef UK_LIB_TYPES_H
#define UK_LIB_TYPES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_BYTES    4096UL
#define PAGE_MASK     (PAGE_BYTES - 1)
#define page_down(x)  ((uint64_t)(x) & ~PAGE_MASK)
#define page_up(x)    (((uint64_t)(x) + PAGE_MASK) & ~PAGE_MASK)
#define array_size(a) (sizeof(a) / sizeof((a)[0]))
#define minimum(a, b) ((a) < (b) ? (a) : (b))
#define barrier()     __asm__ volatile("" ::: "memory")
#define read_once(x)  (*(const volatile __typeof__(x) *)&(x))
#define noreturn_     _Noreturn
#define format_(f, a) __attribute__((format(printf, f, a)))
#define aligned_(n)   __attribute__((aligned(n)))

#endif
