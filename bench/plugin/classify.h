/*
 * classify.h - which of hvprof's classes an x86-64 instruction belongs to, and
 * what it puts into eax.  Pure.
 */
#ifndef BENCH_CLASSIFY_H
#define BENCH_CLASSIFY_H

#include <stddef.h>
#include <stdint.h>

enum insn_class {
    INSN_SYSCALL,
    INSN_SYSRET,
    INSN_IRET,
    INSN_CR3_WRITE,
    INSN_CR_WRITE,
    INSN_CR_READ,
    INSN_WRMSR,
    INSN_RDMSR,
    INSN_INVLPG,
    INSN_IO,
    INSN_HLT,
    INSN_LOCK,
    INSN_CPUID,
    INSN_REP,
    INSN_SWAPGS,
    INSN_DESCRIPTOR,
    INSN_SEGMENT,
    INSN_STI_CLI,
    INSN_STAC_CLAC,
    INSN_FENCE,
    INSN_FPU_SAVE,
    INSN_RDTSC,
    INSN_PUSHF,
    INSN_CLASSES,
    INSN_OTHER = -1
};

extern const char *const insn_class_names[INSN_CLASSES];

/* EAX_NONE: eax is untouched; EAX_UNKNOWN: it gets a value not seen here. */
enum { EAX_NONE = -1, EAX_UNKNOWN = 999 };

enum insn_class insn_classify(const uint8_t *bytes, size_t count);

/* The number that the instruction puts into eax: below 64, or EAX_*. */
int insn_eax_value(const uint8_t *bytes, size_t count);

#endif
