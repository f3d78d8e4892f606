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

    .macro PUSH_ALL regs:vararg
    .irp reg, \regs
    push %\reg
    .endr
    .endm

    .macro POP_ALL regs:vararg
    .irp reg, \regs
    pop %\reg
    .endr
    .endm

    .macro PUSH_REGS
    PUSH_ALL rdi, rsi, rdx, rcx, rax, r8, r9, r10, r11, rbx, rbp, r12, r13, r14, r15
    .endm

    .macro POP_REGS_BUT_RCX_R11
    POP_ALL r15, r14, r13, r12, rbp, rbx
    add $8, %rsp
    POP_ALL r10, r9, r8, rax
    add $8, %rsp
    POP_ALL rdx, rsi, rdi
    .endm

    .macro POP_REGS
    POP_ALL r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi
    .endm

/* One gate a vector, 16 bytes each: those with a stack of their own go to \ist,
 * the others to \rest. An error code that the CPU does not push is 0. */
    .macro GATES ist, rest
    .set vector, 0
    .rept 256
    .balign 16
    .if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30
    .else
    pushq $0
    .endif
    movl $vector, 4(%rsp)
    .if vector == 1 || vector == 2 || vector == 8 || vector == 18
    jmp \ist
    .else
    jmp \rest
    .endif
    .set vector, vector + 1
    .endr
    .endm

#endif
