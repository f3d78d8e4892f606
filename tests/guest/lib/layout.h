/* layout.h - numbers that assembly and C share. */
#ifndef LAYOUT_H
#define LAYOUT_H

/* A vcpu's block: struct cpu, the stack for traps from user mode, its own
 * stack. Aligned, so that a stack pointer tells the vcpu. */
#define STACK_SIZE 0x8000
#define TRAP_STACK 0x4000
#define VCPUS      4

/* Ways in that are no vectors of the CPU. */
#define VECTOR_SYSCALL   0x100
#define VECTOR_SYSCALL32 0x101
#define VECTOR_SYSENTER  0x102
#define VECTOR_EVENT     0x103
#define VECTOR_FAILSAFE  0x104

#endif
