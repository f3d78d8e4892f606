/*
 * cpu/syscall.S - `syscall` and its relatives: from guest user mode to its
 * kernel, hypercalls, and the iret hypercall. Layer: cpu.
 * Source: Intel SDM 3A 5.8.8; the PV ABI's bounce frames (docs/abi.md).
 *
 * Interrupts are off in all of this. The guest's GS base is never used by the
 * hypervisor; swapgs is executed on the guest's behalf when it changes mode.
 * The fast paths touch the guest's stack by its virtual address, covered by the
 * exception table. PATCH_* are the places of the mitigations (cpu/patch.h).
 */
#include "cpu/entry_macros.h"
#include "cpu/isolation.h"

    .text

/* ---------------------------------------------------------------- stubs --
 * Copied for each CPU to STUBS_START + 8192 * cpu; the page behind a copy is
 * its data: the saved rsp, and the top of the current vcpu's stack. `syscall`
 * changes no stack, so this is how one is found without using GS.
 */
    .balign 64
    .globl stub_template, stub_syscall_jump, stub_cstar_jump
    .globl stub_sysenter_jump, stub_template_end, stub_cstar, stub_sysenter
stub_template:
    mov %rsp, stub_template + 4096(%rip)
1:  mov stub_template + 4104(%rip), %rsp
    pushq $SEL_GUEST_SS
    pushq stub_template + 4096(%rip)
stub_syscall_jump:
    .byte 0xe9
    .long syscall_entry - . - 4
    .balign 16
stub_cstar:
    mov %rsp, stub_template + 4096(%rip)
2:  mov stub_template + 4104(%rip), %rsp
    pushq $SEL_GUEST_SS
    pushq stub_template + 4096(%rip)
stub_cstar_jump:
    .byte 0xe9
    .long cstar_entry - . - 4
    .balign 16
stub_sysenter:
    mov stub_template + 4104(%rip), %rsp
stub_sysenter_jump:
    .byte 0xe9
    .long sysenter_entry - . - 4

/* The same where a guest's tables do not map us (isolation.S). */
    .macro ISOLATED_STUB name, goes_on
    .balign 16
    .globl \name
\name:
    mov %rsp, stub_template + 4096 + ISO_guest_rsp(%rip)
    mov stub_template + 4096 + ISO_full_cr3(%rip), %rsp
    mov %rsp, %cr3
    movq $0, stub_template + 4096 + ISO_exit_cr3(%rip)
    jmp \goes_on
    .endm
    ISOLATED_STUB stub_isolated, 1b
    ISOLATED_STUB stub_isolated_cstar, 2b
    ISOLATED_STUB stub_isolated_sysenter, stub_sysenter
stub_template_end:

/* -------------------------------------------------------------- syscall --
 * Stack: rsp, ss of the guest; the rest of the frame is pushed first, which
 * makes rcx (its rip) and r11 (its rflags) free. From here: rip cs rflags rsp
 * ss, upwards.
 */
    .balign 64
syscall_entry:
    push %r11
    pushq $SEL_GUEST_CS
    push %rcx
    mov 40 + STACK_vcpu(%rsp), %rcx
    cmpb $MODE_KERNEL, VCPU_mode(%rcx)
    je hypercall
    cmpb $MODE_USER, VCPU_mode(%rcx)
    jne syscall_slow
    mov VCPU_info(%rcx), %r11
    cmpb $0, INFO_mask(%r11)
    jne syscall_slow
    PATCH_ENTRY

    /* To guest kernel mode. */
    movb $1, INFO_mask(%r11)
    mov VCPU_kernel_cr3(%rcx), %r11
    mov %r11, %cr3
    swapgs
    movb $MODE_KERNEL, VCPU_mode(%rcx)

    /* rcx r11 rip cs rflags rsp ss, upwards. kernel_sp is 16-aligned. */
    push %rax
    mov VCPU_kernel_sp(%rcx), %rax
    PATCH_STAC
.Lsc_start:
    mov 8(%rsp), %r11
    mov %r11, -56(%rax)
    mov %r11, -40(%rax)
    mov 24(%rsp), %r11
    mov %r11, -48(%rax)
    mov %r11, -24(%rax)
    mov 32(%rsp), %r11
    mov %r11, -16(%rax)
    movq $SEL_GUEST_SS, -8(%rax)
    movq $SEL_GUEST_CS, -32(%rax)
.Lsc_end:
    PATCH_CLAC
    EXTABLE .Lsc_start, .Lsc_end, syscall_bad_stack
    sub $56, %rax
    mov %rax, 32(%rsp)
    movzwl VCPU_io_kernel(%rcx), %eax
    mov 48 + STACK_tss(%rsp), %r11
    mov %ax, TSS_iomap_base(%r11)
    mov VCPU_syscall_ip(%rcx), %rcx
    mov $0x202, %r11d
    PATCH_EXIT
    pop %rax
    EXIT_SYSRET 24

syscall_bad_stack:
    PATCH_CLAC
    pop %rax
    movb $MODE_BAD_STACK, VCPU_mode(%rcx)
    /* fall through */

    /* rcx and r11 of the guest are what `syscall` put there. */
    .macro SYSCALL_REGS
    mov (%rsp), %rcx
    mov 16(%rsp), %r11
    pushq $ENTRY_SYSCALL_WORD
    PUSH_REGS
    mov %rsp, %rdi
    .endm

syscall_slow:
    SYSCALL_REGS
    PATCH_ENTRY
    call syscall_entry_slow
    jmp return_to_guest

cstar_entry:
    push %r11
    pushq $SEL_USER32_CS
    push %rcx
    SYSCALL_REGS
    PATCH_ENTRY
    call cstar_entry_slow
    jmp return_to_guest

/* sysenter leaves neither rip nor rsp nor rflags. */
sysenter_entry:
    pushq $SEL_GUEST_SS
    pushq $0
    pushfq
    pushq $3
    pushq $0
    /* It clears next to no flags: with NT our own iretq would fault. */
    pushq $2
    popfq
    pushq $ENTRY_SYSCALL_WORD
    PUSH_REGS
    mov %rsp, %rdi
    PATCH_ENTRY
    call sysenter_entry_slow
    jmp return_to_guest

/* ----------------------------------------------------------- hypercalls --
 * Arguments: rdi rsi rdx r10 r8, as C wants them but for the fourth.
 */
    .balign 64
hypercall:
    cmp $HYPERCALL_set_segment_base, %eax
    je light_segment_base
    cmp $HYPERCALL_iret, %eax
    je iret_fast
    cmp $HYPERCALL_stack_switch, %eax
    je light_stack_switch
hypercall_in_c:
    mov (%rsp), %rcx
    mov 16(%rsp), %r11
    pushq $ENTRY_SYSCALL_WORD
    PUSH_REGS
    PATCH_ENTRY
    cmp $HYPERCALLS, %rax
    jae hypercall_none
    and $HYPERCALLS - 1, %eax /* also when the branch is mispredicted */
    lea hypercall_counts(%rip), %rbx
    incq (%rbx,%rax,8)
    lea hypercall_handlers(%rip), %rbx
    mov (%rbx,%rax,8), %rbx
    mov %r10, %rcx
    call __x86_indirect_thunk_rbx
hypercall_done:
    mov %rax, REGS_rax(%rsp)

    mov REGS_SIZE + STACK_cpu(%rsp), %rcx
    mov REGS_SIZE + STACK_vcpu(%rsp), %rbx
    cmpl $0, (%rcx)
    jne exit_work
    cmpb $0, VCPU_exit_work(%rbx)
    jne exit_work
    mov VCPU_info(%rbx), %rcx
    cmpb $0, INFO_pending(%rcx)
    jne .Lpending_hypercall
hypercall_exit:
    cmpl $ENTRY_SYSCALL, REGS_vector(%rsp)
    jne exit_iret
    mov REGS_rip(%rsp), %rcx
    test %rcx, %rcx
    jns exit_full /* may be non-canonical: looked at there */
    PATCH_EXIT
    mov REGS_rflags(%rsp), %r11
    mov REGS_rbx(%rsp), %rbx
    mov REGS_r10(%rsp), %r10
    mov REGS_r9(%rsp), %r9
    mov REGS_r8(%rsp), %r8
    mov REGS_rdx(%rsp), %rdx
    mov REGS_rsi(%rsp), %rsi
    mov REGS_rdi(%rsp), %rdi
    /* rbp and r12 to r15 are C's to keep. */
    EXIT_SYSRET REGS_rsp

.Lpending_hypercall:
    mov VCPU_info(%rbx), %rcx
    cmpb $0, INFO_mask(%rcx)
    jne hypercall_exit
    jmp exit_work

hypercall_none:
    mov %rax, %rdi
    call hypercall_no_number
    jmp hypercall_done

/* ----------------------------------------------------- light hypercalls --
 * What each switch of processes asks for: served here where that is plain, with
 * rax, rcx and r11 only, so that there is no frame to save. All else, and what
 * is wrong, goes to the function in C. rcx: the vcpu; stack: rip cs rflags rsp
 * ss.
 */
    .balign 16
light_segment_base:
    cmp $3, %edi /* SEGBASE_GS_USER_SEL */
    jne light_base
    test $4, %sil
    jnz hypercall_in_c /* the LDT: its page may have to be mapped */
    PATCH_ENTRY
    incq hypercall_counts + 8 * HYPERCALL_set_segment_base(%rip)
    movzwl %si, %eax
    cmp $3, %eax
    jbe 1f
    or $3, %eax
1:  swapgs
.Lls_start:
    mov %eax, %gs
.Lls_end:
    EXTABLE .Lls_start, .Lls_end, light_bad_selector
2:  swapgs
    /* Work of ours comes with an interrupt, and they were off all the time (an NMI
     * sends one); an event may have been pending for long, and be unmasked. */
light_exit:
    xor %eax, %eax
    mov VCPU_info(%rcx), %r11
    cmpb $0, INFO_pending(%r11)
    jne light_exit_work
    mov (%rsp), %rcx
    test %rcx, %rcx
    jns light_exit_work
    mov 16(%rsp), %r11
    PATCH_EXIT
    EXIT_SYSRET 24

light_bad_selector:
    xor %eax, %eax
    mov %eax, %gs
    jmp 2b

light_exit_work:
    SYSCALL_REGS
    jmp return_to_guest

light_base:
    test %edi, %edi /* SEGBASE_FS */
    jnz hypercall_in_c
    mov %rsi, %r11
    shl $16, %r11
    sar $16, %r11
    cmp %rsi, %r11
    jne hypercall_in_c
    PATCH_ENTRY
    incq hypercall_counts + 8 * HYPERCALL_set_segment_base(%rip)
    push %rdx
    push %rcx
    mov $0xc0000100, %ecx /* MSR_FS_BASE */
    mov %esi, %eax
    shr $32, %r11
    mov %r11, %rdx
    wrmsr
    pop %rcx
    pop %rdx
    jmp light_exit

    .balign 16
light_stack_switch:
    lea -STACK_FRAME_MAX(%rsi), %r11
    shr $43, %r11
    cmp $HV_RANGE_TOP, %r11d
    jbe hypercall_in_c /* only above our range is it plain */
    PATCH_ENTRY
    incq hypercall_counts + 8 * HYPERCALL_stack_switch(%rip)
    movzwl %di, %eax
    or $3, %eax
    mov %rax, VCPU_kernel_ss(%rcx)
    mov %rsi, %rax
    and $-16, %rax
    mov %rax, VCPU_kernel_sp(%rcx)
    jmp light_exit

/* Of the frame at rax: rip, rsp and ss to ours, and rcx, r11 and rax. */
    .macro READ_REST_OF_FRAME
    mov 32(%rax), %rbx
    mov 56(%rax), %r11
    movzwl 64(%rax), %ecx
    or $3, %ecx
    mov %rbx, 8(%rsp)
    mov %r11, 32(%rsp)
    mov %rcx, 40(%rsp)
    mov 16(%rax), %rcx
    mov 8(%rax), %r11
    mov (%rax), %rax
    .endm

/* ----------------------------------------------------------------- iret --
 * The iret hypercall, to 64-bit user mode where `sysret` does the same, and to
 * kernel mode; all else goes to C. Frame at the guest's rsp: rax r11 rcx flags
 * rip cs rflags rsp ss. rax, rcx and r11 are free: the frame has the guest's.
 * Ours: rbx, then rip cs rflags rsp ss.
 */
#define IRET_FLAGS_BAD 0x37100 /* VM RF NT IOPL TF; AC and DF are fine */

    .balign 16
iret_fast:
    mov 24(%rsp), %rax
    mov %rax, %r11
    shr $43, %r11
    cmp $HV_RANGE_TOP, %r11d
    je iret_slow
    cmpw $0, VCPU_exit_work(%rcx) /* and iret_work */
    jne iret_slow
    push %rbx
    PATCH_STAC
.Lir_start:
    mov 40(%rax), %ebx
    test $3, %bl
    jz iret_to_kernel
    mov 48(%rax), %r11
    test $0x200, %r11d
    jz .Lir_slow
    cmp $0x33, %bx
    je 1f
    cmp $SEL_GUEST_CS, %bx
    jne iret_to_user_full
1:  mov 64(%rax), %ebx
    cmp $0x2b, %bx
    je 1f
    cmp $SEL_GUEST_SS, %bx
    jne iret_to_user_full
1:  mov 32(%rax), %rbx
    cmp 16(%rax), %rbx
    jne iret_to_user_full
    mov %rbx, 8(%rsp)
    shr $47, %rbx
    jnz .Lir_slow
    cmp 8(%rax), %r11
    jne iret_to_user_full
    test $IRET_FLAGS_BAD, %r11d
    jnz iret_to_user_full
    cmpq $0, VCPU_user_cr3(%rcx)
    je .Lir_slow
    mov VCPU_info(%rcx), %rbx
    cmpb $0, INFO_pending(%rbx)
    jne .Lir_slow
    /* Each word is read once (a second vcpu may write it). */
    mov 56(%rax), %rbx
    mov (%rax), %rax
.Lir_end:
    PATCH_CLAC
    EXTABLE .Lir_start, .Lir_end, .Lir_slow
    mov %rbx, 32(%rsp)
    mov VCPU_info(%rcx), %rbx
    movb $0, INFO_mask(%rbx)
    movzbl VCPU_user_mode(%rcx), %ebx
    mov %bl, VCPU_mode(%rcx)
    mov 48 + STACK_tss(%rsp), %rbx
    movw $TSS_IOMAP_NONE, TSS_iomap_base(%rbx)
    mov VCPU_user_cr3(%rcx), %rcx
    swapgs
    PATCH_EXIT
    mov %rcx, %cr3
    pop %rbx
    mov (%rsp), %rcx
    EXIT_SYSRET 24

/* To user mode by iretq: after a fault or an interrupt, or to other selectors.
 * r11 is the frame's rflags, with IF; nothing else is known yet. */
iret_to_user_full:
    mov 40(%rax), %ebx
    test $3, %bl
    jz .Lir_slow
    or $3, %ebx
    movzwl %bx, %ebx
    mov %rbx, 16(%rsp)
.Lif_end:
    EXTABLE iret_to_user_full, .Lif_end, .Lir_slow
    cmpq $0, VCPU_user_cr3(%rcx)
    je .Lir_slow
    mov VCPU_info(%rcx), %rbx
    cmpb $0, INFO_pending(%rbx)
    jne .Lir_slow
    movb $0, INFO_mask(%rbx)
    and $~0x1a3000, %r11 /* VIP VIF VM IOPL */
    or $0x2, %r11
    mov %r11, 24(%rsp)
    movzbl VCPU_user_mode(%rcx), %ebx
    mov %bl, VCPU_mode(%rcx)
    mov 48 + STACK_tss(%rsp), %rbx
    movw $TSS_IOMAP_NONE, TSS_iomap_base(%rbx)
    mov VCPU_user_cr3(%rcx), %rcx
    mov %rcx, -8(%rsp)
.Liu_start:
    READ_REST_OF_FRAME
.Liu_end:
    PATCH_CLAC
    EXTABLE .Liu_start, .Liu_end, iret_lost_frame
    mov -8(%rsp), %rbx
    swapgs
    PATCH_EXIT
    mov %rbx, %cr3
    pop %rbx
    jmp .Liretq_fast

/* rip, rflags and rsp go to our own frame for iretq; what is wrong with the
 * selectors or rip, iretq finds. */
iret_to_kernel:
    mov 48(%rax), %r11
.Lik_flags_end:
    EXTABLE iret_to_kernel, .Lik_flags_end, .Lir_slow
    test $0x200, %r11d
    jz .Lir_masked
    mov VCPU_info(%rcx), %rcx
    cmpb $0, INFO_pending(%rcx)
    jne .Lir_slow
    movb $0, INFO_mask(%rcx)
    jmp 1f
.Lir_masked:
    mov VCPU_info(%rcx), %rcx
    movb $1, INFO_mask(%rcx)
1:  and $~0x1a3000, %r11 /* VIP VIF VM IOPL */
    or $0x202, %r11
    mov %r11, 24(%rsp)
    movzwl %bx, %ebx
    or $3, %ebx
    mov %rbx, 16(%rsp)
.Lik_start:
    READ_REST_OF_FRAME
.Lik_end:
    PATCH_CLAC
    /* These were read a moment ago by the same vcpu's table: if they are gone
     * now, another vcpu took them away. */
    EXTABLE .Lik_start, .Lik_end, iret_lost_frame
    pop %rbx
    PATCH_EXIT
.Liretq_fast:
    EXIT_IRETQ
.Liretq_fast_end:
    EXTABLE .Liretq_fast, .Liretq_fast_end, iretq_fault

.Lir_slow:
    PATCH_CLAC
    pop %rbx
iret_slow:
    pushq $ENTRY_SYSCALL_WORD
    PUSH_REGS
    mov %rsp, %rdi
    PATCH_ENTRY
    call pv_iret
    jmp return_to_guest

iret_lost_frame:
    PATCH_CLAC
    pop %rbx
    pushq $ENTRY_SYSCALL_WORD
    PUSH_REGS
    mov %rsp, %rdi
    PATCH_ENTRY
    call pv_iret_lost_frame
    jmp return_to_guest

    .section .note.GNU-stack, "", @progbits
