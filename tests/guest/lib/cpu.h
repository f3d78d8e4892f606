/* cpu.h - instructions that C has no words for. */
#ifndef CPU_H
#define CPU_H

#include "types.h"

#define RFLAGS_CF   (1UL << 0)
#define RFLAGS_MBS  (1UL << 1)
#define RFLAGS_TF   (1UL << 8)
#define RFLAGS_IF   (1UL << 9)
#define RFLAGS_DF   (1UL << 10)
#define RFLAGS_IOPL (3UL << 12)
#define RFLAGS_NT   (1UL << 14)
#define RFLAGS_RF   (1UL << 16)
#define RFLAGS_AC   (1UL << 18)

enum {
    VECTOR_DE = 0,
    VECTOR_DB = 1,
    VECTOR_NMI = 2,
    VECTOR_BP = 3,
    VECTOR_OF = 4,
    VECTOR_BR = 5,
    VECTOR_UD = 6,
    VECTOR_NM = 7,
    VECTOR_DF = 8,
    VECTOR_TS = 10,
    VECTOR_NP = 11,
    VECTOR_SS = 12,
    VECTOR_GP = 13,
    VECTOR_PF = 14,
    VECTOR_MF = 16,
    VECTOR_AC = 17,
    VECTOR_XM = 19,
};

static inline uint64_t rdtsc(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return low | (uint64_t)high << 32;
}

static inline uint64_t rdmsr(uint32_t msr)
{
    uint32_t low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return low | (uint64_t)high << 32;
}

static inline void wrmsr(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr"
                     :
                     : "c"(msr), "a"((uint32_t)value),
                       "d"((uint32_t)(value >> 32))
                     : "memory");
}

static inline uint8_t inb(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("in %1, %0" : "=a"(value) : "d"(port));
    return value;
}

static inline uint32_t inl(uint16_t port)
{
    uint32_t value;

    __asm__ volatile("in %1, %0" : "=a"(value) : "d"(port));
    return value;
}

static inline void outb(uint16_t port, uint8_t value)
{
    __asm__ volatile("out %0, %1" : : "a"(value), "d"(port));
}

static inline void outl(uint16_t port, uint32_t value)
{
    __asm__ volatile("out %0, %1" : : "a"(value), "d"(port));
}

struct cpuid {
    uint32_t a, b, c, d;
};

static inline struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid r = {leaf, 0, subleaf, 0};

    __asm__ volatile("cpuid" : "+a"(r.a), "=b"(r.b), "+c"(r.c), "=d"(r.d));
    return r;
}

/* CPUID as the hypervisor wants this domain to see it. */
static inline struct cpuid cpuid_forced(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid r = {leaf, 0, subleaf, 0};

    __asm__ volatile("ud2; .ascii \"xen\"; cpuid"
                     : "+a"(r.a), "=b"(r.b), "+c"(r.c), "=d"(r.d));
    return r;
}

static inline void pause(void)
{
    __asm__ volatile("pause" ::: "memory");
}

#define READ_SEGMENT(name)                                                     \
    ({                                                                         \
        uint16_t s_;                                                           \
        __asm__ volatile("mov %%" #name ", %0" : "=r"(s_));                    \
        s_;                                                                    \
    })
#define WRITE_SEGMENT(name, value)                                             \
    __asm__ volatile("mov %0, %%" #name : : "r"((uint32_t)(value)) : "memory")
#define READ_CONTROL(name)                                                     \
    ({                                                                         \
        uint64_t c_;                                                           \
        __asm__ volatile("mov %%" #name ", %0" : "=r"(c_));                    \
        c_;                                                                    \
    })
#define WRITE_CONTROL(name, value)                                             \
    __asm__ volatile("mov %0, %%" #name : : "r"((uint64_t)(value)) : "memory")

#endif
