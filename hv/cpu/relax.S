/*
 * cpu/relax.S - waiting for a lock. Layer: cpu.
 */
#include "cpu/entry_macros.h"

    .text

/* cpu_relax() for spin_relax(): all registers stay. */
    .globl cpu_relax_saved
cpu_relax_saved:
    push %rbp
    mov %rsp, %rbp
    PUSH_ALL rdi, rsi, rdx, rcx, rax, r8, r9, r10, r11
    call cpu_relax
    POP_ALL r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi
    pop %rbp
    ret

    .section .note.GNU-stack, "", @progbits
