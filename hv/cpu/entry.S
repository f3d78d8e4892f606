/*
 * cpu/entry.S - page faults, traps and interrupts, and the way out to a guest.
 * Layer: cpu. Source: Intel SDM 3A chapter 6; docs/abi.md. What cpu/syscall.S
 * says of interrupts, GS, guest stacks and patches holds here too.
 */
#include "cpu/entry_macros.h"

    .text

/* ----------------------------------------------------------- page fault --
 * From guest user mode it is the guest's, unless it is in our range (LDT).
 * Stack: error code, rip cs rflags rsp ss.
 */
    .balign 64
    .globl page_fault_entry
page_fault_entry:
    testb $3, 16(%rsp)
    jz .Lpf_full
    push %rbx
    mov 56 + STACK_vcpu(%rsp), %rbx
    cmpb $MODE_USER, VCPU_mode(%rbx)
    jne .Lpf_full_rbx
    push %rax
    push %rdx
    mov VCPU_info(%rbx), %rdx
    cmpb $0, INFO_mask(%rdx)
    jne .Lpf_full_rdx
    mov %cr2, %rax
    push %rcx
    mov %rax, %rcx
    shr $43, %rcx
    cmp $HV_RANGE_TOP, %ecx
    je .Lpf_full_rcx
    PATCH_ENTRY
    cld

    mov %rax, INFO_cr2(%rdx)
    movb $1, INFO_mask(%rdx)
    mov VCPU_kernel_cr3(%rbx), %rax
    mov %rax, %cr3
    swapgs
    movb $MODE_KERNEL, VCPU_mode(%rbx)

    /* rcx r11 error rip cs rflags rsp ss, upwards.
     * Ours: rcx rdx rax rbx error rip cs rflags rsp ss. */
    mov VCPU_kernel_sp(%rbx), %rax
    PATCH_STAC
.Lpf_start:
    mov 72(%rsp), %rcx
    mov 64(%rsp), %rdx
    mov %rcx, -8(%rax)
    mov %rdx, -16(%rax)
    mov 56(%rsp), %rcx
    mov 48(%rsp), %rdx
    mov %rcx, -24(%rax)
    mov %rdx, -32(%rax)
    mov 40(%rsp), %rcx
    mov 32(%rsp), %edx
    mov %rcx, -40(%rax)
    mov %rdx, -48(%rax)
    mov (%rsp), %rcx
    mov %r11, -56(%rax)
    mov %rcx, -64(%rax)
.Lpf_end:
    PATCH_CLAC
    EXTABLE .Lpf_start, .Lpf_end, page_fault_bad_stack
    sub $64, %rax
    mov %rax, 64(%rsp)
    movzwl VCPU_io_kernel(%rbx), %eax
    mov 80 + STACK_tss(%rsp), %rcx
    mov %ax, TSS_iomap_base(%rcx)
    mov VCPU_pf_ip(%rbx), %rcx
    mov $0x202, %r11d
    PATCH_EXIT
    mov 8(%rsp), %rdx
    mov 16(%rsp), %rax
    mov 24(%rsp), %rbx
    EXIT_SYSRET 64

page_fault_bad_stack:
    PATCH_CLAC
    movb $MODE_BAD_STACK, VCPU_mode(%rbx)
.Lpf_full_rcx:
    pop %rcx
.Lpf_full_rdx:
    pop %rdx
    pop %rax
.Lpf_full_rbx:
    pop %rbx
.Lpf_full:
    movl $14, 4(%rsp)
    jmp trap_common

/* ------------------------------------------------- traps and interrupts -- */
    .balign 16
    .globl trap_common
trap_common:
    PUSH_REGS
    cld
    PATCH_CLAC /* the guest may have set AC */
    mov %rsp, %rdi
    testb $3, REGS_cs(%rsp)
    jz 1f
    PATCH_ENTRY
    call trap_from_guest
    jmp return_to_guest
    /* It may be that what we interrupted had begun to leave to a guest. */
1:  PATCH_ENTRY
    call trap_from_hypervisor
    POP_REGS
    add $8, %rsp
    iretq

/* NMI, #DB, #MC and #DF come on stacks of their own. One that interrupted the
 * guest moves to the vcpu's stack, and is then like any other. */
    .balign 16
ist_common:
    testb $3, 16(%rsp)
    jz trap_common
    PUSH_ALL rax, rbx, rcx, rsi, rdi
    /* stack_top of this IST stack has the CPU; its stub data the real top. */
    mov %rsp, %rax
    or $STACK_MASK, %rax
    mov 1 - STACK_TOP_SIZE + STACK_cpu(%rax), %rax
    mov CPU_stub_data(%rax), %rax
    mov 8(%rax), %rbx /* the vcpu's stack top */
    sub $48, %rbx
    lea 40(%rsp), %rsi
    mov %rbx, %rdi
    mov $6, %ecx
    cld
    rep movsq
    mov %rbx, %rax
    POP_ALL rdi, rsi, rcx, rbx
    xchg %rax, (%rsp)
    /* rax is the guest's again; the new stack pointer is on this stack. */
    mov (%rsp), %rsp
    jmp trap_common

    .balign 16
    .globl trap_stubs
trap_stubs:
    GATES ist_common, trap_common

/* ----------------------------------------------------------------- exit -- */
    .balign 64
    .globl return_to_guest, exit_work, exit_full, exit_iret, exit_iretq
    .globl iretq_fault
return_to_guest:
    mov REGS_SIZE + STACK_cpu(%rsp), %rax
    mov REGS_SIZE + STACK_vcpu(%rsp), %rbx
    cmpl $0, (%rax)
    jne exit_work
    cmpb $0, VCPU_exit_work(%rbx)
    jne exit_work
    mov VCPU_info(%rbx), %rax
    cmpb $0, INFO_pending(%rax)
    jne .Lpending
exit_full:
    cmpl $ENTRY_SYSCALL, REGS_vector(%rsp)
    jne exit_iret
    mov REGS_rip(%rsp), %rcx
    mov %rcx, %r11
    sar $47, %r11
    inc %r11
    cmp $1, %r11
    ja exit_iret
    PATCH_EXIT
    POP_REGS_BUT_RCX_R11
    mov REGS_rflags - REGS_error(%rsp), %r11
    EXIT_SYSRET (REGS_rsp-REGS_error)

exit_iret:
    PATCH_EXIT
    POP_REGS
    add $8, %rsp
exit_iretq:
    EXIT_IRETQ
.Liretq_end:
    EXTABLE exit_iretq, .Liretq_end, iretq_fault

.Lpending:
    cmpb $0, INFO_mask(%rax)
    jne exit_full
exit_work:
    mov %rsp, %rdi
    call guest_exit_work
    jmp return_to_guest

/* The last iretq to the guest faulted: its context is still on the stack; the
 * fault itself was noted by trap_from_hypervisor. */
iretq_fault:
    pushq $0
    PUSH_REGS
    mov %rsp, %rdi
    PATCH_ENTRY
    call guest_iret_fault
    jmp return_to_guest

/* --------------------------------------------------------------- stacks --
 * void stack_switch_to(uint64_t *save_sp, uint64_t new_sp)
 */
    .globl stack_switch_to
stack_switch_to:
    PUSH_ALL rbx, rbp, r12, r13, r14, r15
    mov %rsp, (%rdi)
    mov %rsi, %rsp
    POP_ALL r15, r14, r13, r12, rbp, rbx
    ret

/* First code of a new vcpu, reached by stack_switch_to's ret: rsp is at its
 * guest registers. */
    .globl vcpu_first_entry
vcpu_first_entry:
    call vcpu_started
    jmp return_to_guest

    .section .note.GNU-stack, "", @progbits
