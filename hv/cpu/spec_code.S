/*
 * cpu/spec_code.S - what is executed at entry and exit, as pieces, and the
 * thunks of indirect branches. Layer: cpu.
 * Source: Intel's "Retpoline" and "Branch History Injection" papers; AMD's
 * "Software techniques for managing speculation".
 *
 * spec_ctrl_apply() copies the pieces that are wanted, one behind the other,
 * into spec_entry_code and spec_exit_code. So a piece may refer only to itself
 * (spec_piece_flags: its one reference is moved). All registers are kept, those
 * of spec_piece_save within the code; flags are not: no place of a PATCH_ENTRY
 * or PATCH_EXIT needs them. No string instruction: DF may be the guest's.
 */
#include "cpu/entry.h"
#include "cpu/spec_ctrl.h"

    .macro PIECE name
    .globl spec_piece_\name, spec_piece_\name\()_end
spec_piece_\name:
    .endm

    .macro PIECE_END name
spec_piece_\name\()_end:
    .endm

    .section .init.rodata, "a", @progbits

    PIECE save
    push %rax
    push %rcx
    push %rdx
    PIECE_END save

    PIECE restore
    pop %rdx
    pop %rcx
    pop %rax
    PIECE_END restore

/* Return-stack stuffing: 32 calls, none of which returns. */
    PIECE rsb
    .rept 32
    call 1f
    int3
1:
    .endr
    add $(32 * 8), %rsp
    PIECE_END rsb

/* Branch history: taken branches until nothing of the guest's is left. */
    .macro CLEAR_HISTORY outer, inner
    mov $\outer, %ecx
    call 1f
    jmp 5f
1:  call 2f
    ret
    int3
2:  mov $\inner, %eax
3:  jmp 4f
    nop
4:  sub $1, %eax
    jnz 3b
    sub $1, %ecx
    jnz 1b
    ret
    int3
5:  lfence
    .endm

    PIECE bhb_short
    CLEAR_HISTORY 5, 5
    PIECE_END bhb_short

    PIECE bhb_long
    CLEAR_HISTORY 12, 7
    PIECE_END bhb_long

/* The CPU's buffers. ZF is all that verw changes. */
    PIECE verw
    pushq $SEL_HV_DS
    verw (%rsp)
    add $8, %rsp
    PIECE_END verw

/* ZF unless this CPU runs a vcpu from whose entries a barrier keeps us. What
 * follows is skipped then: lfence ends the piece behind it. */
    .globl spec_piece_flags_reference
    PIECE flags
    mov %rsp, %rax
    or $STACK_MASK, %rax
    mov 1 - STACK_TOP_SIZE + STACK_cpu(%rax), %rax
    mov CPU_id(%rax), %eax
    lea spec_ibpb_flags(%rip), %rcx
spec_piece_flags_reference:
    cmpb $0, (%rcx,%rax)
    je 1f
    mov $0x49, %ecx /* MSR_PRED_CMD */
    mov $1, %eax    /* IBPB */
    xor %edx, %edx
    wrmsr
1:  lfence
    PIECE_END flags

    .text

    .globl spec_entry_code, spec_entry_code_end
    .globl spec_exit_code, spec_exit_code_end
    .balign 64
spec_entry_code:
    .skip 448, 0xcc
spec_entry_code_end:
spec_exit_code:
    .skip 64, 0xcc
spec_exit_code_end:

/* The compiler calls these for indirect branches; in the order of register
 * numbers, 32 bytes each. They are retpolines until patch_thunks(). */
    .macro RETPOLINE reg
    .balign 32
    .globl __x86_indirect_thunk_\reg
__x86_indirect_thunk_\reg:
    call 2f
1:  pause
    lfence
    jmp 1b
2:  mov %\reg, (%rsp)
    ret
    int3
    .endm

    .globl spec_thunks, spec_thunks_end
    .balign 32
spec_thunks:
    RETPOLINE rax
    RETPOLINE rcx
    RETPOLINE rdx
    RETPOLINE rbx
    .balign 32
    .skip 32, 0xcc /* rsp has none */
    RETPOLINE rbp
    RETPOLINE rsi
    RETPOLINE rdi
    RETPOLINE r8
    RETPOLINE r9
    RETPOLINE r10
    RETPOLINE r11
    RETPOLINE r12
    RETPOLINE r13
    RETPOLINE r14
    RETPOLINE r15
    .balign 32
spec_thunks_end:

    .section .note.GNU-stack, "", @progbits
