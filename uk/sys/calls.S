/*
 * calls.S - what entry.S calls through, made from syscalls.def: four bytes each,
 * for programs lie low. Layer: sys.
 */
#include <sys/syscall.h>

#define CALL(name, remark) SET(SYS_##name, sys_##name)
#define SAME(name, other)  SET(SYS_##name, sys_##other)
#define SET(number, to)    SET_NUMBER(number, to)
#define SET_NUMBER(n, to)  .set call_##n, to;
#include "sys/syscalls.def"

    .altmacro
    .macro entry n
    .ifdef call_\n
    .long call_\n
    .else
    .long sys_nosys
    .endif
    .endm

    .section .rodata
    .balign 4
    .globl uk_syscall_table
    .type uk_syscall_table, @object
uk_syscall_table:
    .set n, 0
    .rept UK_SYSCALLS
    entry %n
    .set n, n + 1
    .endr
    .size uk_syscall_table, . - uk_syscall_table

/* A call that is not in the list is not there. */
    .text
    .type sys_nosys, @function
sys_nosys:
    mov $-38, %rax
    ret

    .section .note.GNU-stack, "", @progbits
