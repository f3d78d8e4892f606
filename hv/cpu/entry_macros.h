/* clang-format off */
/*
 * cpu/entry_macros.h - what the assembly files of the entry path share.
 * Layer: cpu. Assembly only.
 */
#ifndef CPU_ENTRY_MACROS_H
#define CPU_ENTRY_MACROS_H

#include "cpu/entry.h"
#include "cpu/patch.h"

    .macro EXTABLE start, end, fixup
    .pushsection .extable, "a", @progbits
    .quad \start, \end, \fixup
    .popsection
    .endm

    .macro PUSH_REGS
    push %rdi
    push %rsi
    push %rdx
    push %rcx
    push %rax
    push %r8
    push %r9
    push %r10
    push %r11
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    .endm

    .macro POP_REGS_BUT_RCX_R11
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    add $8, %rsp
    pop %r10
    pop %r9
    pop %r8
    pop %rax
    add $8, %rsp
    pop %rdx
    pop %rsi
    pop %rdi
    .endm

    .macro POP_REGS
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    pop %r11
    pop %r10
    pop %r9
    pop %r8
    pop %rax
    pop %rcx
    pop %rdx
    pop %rsi
    pop %rdi
    .endm

#endif
