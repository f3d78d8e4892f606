/*
 * cpu/entry.S - every way into the hypervisor and out of it. Layer: cpu.
 * Source: Intel SDM 3A chapters 5, 6; the PV ABI's bounce frames (docs/abi.md).
 *
 * Interrupts are off in all of this. The guest's GS base is never used by the
 * hypervisor; swapgs is executed on the guest's behalf when it changes mode.
 * The fast paths touch the guest's stack by its virtual address: they are, with
 * guest_copy below, the only code that does so, and are covered by the
 * exception table. PATCH_* are the places of the mitigations (cpu/patch.h).
 */
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
    mov stub_template + 4104(%rip), %rsp
    pushq $SEL_GUEST_SS
    pushq stub_template + 4096(%rip)
stub_syscall_jump:
    .byte 0xe9
    .long syscall_entry - . - 4
    .balign 16
stub_cstar:
    mov %rsp, stub_template + 4096(%rip)
    mov stub_template + 4104(%rip), %rsp
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
    mov 24(%rsp), %rsp
    sysretq

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
    cmp $23, %eax
    je iret_fast
    mov (%rsp), %rcx
    mov 16(%rsp), %r11
    pushq $ENTRY_SYSCALL_WORD
    PUSH_REGS
    PATCH_ENTRY
    cmp $HYPERCALLS, %rax
    jae hypercall_none
    lea hypercall_counts(%rip), %rbx
    incq (%rbx,%rax,8)
    lea hypercall_handlers(%rip), %rbx
    mov %r10, %rcx
    call *(%rbx,%rax,8)
hypercall_done:
    mov %rax, REGS_rax(%rsp)

    mov REGS_SIZE + STACK_cpu(%rsp), %rcx
    mov REGS_SIZE + STACK_vcpu(%rsp), %rbx
    cmpl $0, (%rcx)
    jne .Lwork
    cmpb $0, VCPU_exit_work(%rbx)
    jne .Lwork
    mov VCPU_info(%rbx), %rcx
    cmpb $0, INFO_pending(%rcx)
    jne .Lpending_hypercall
hypercall_exit:
    cmpl $ENTRY_SYSCALL, REGS_vector(%rsp)
    jne .Liret
    mov REGS_rip(%rsp), %rcx
    test %rcx, %rcx
    jns .Lgo /* may be non-canonical: looked at there */
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
    mov REGS_rsp(%rsp), %rsp
    sysretq

.Lpending_hypercall:
    mov VCPU_info(%rbx), %rcx
    cmpb $0, INFO_mask(%rcx)
    jne hypercall_exit
    jmp .Lwork

hypercall_none:
    mov %rax, %rdi
    call hypercall_no_number
    jmp hypercall_done

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
    mov 24(%rsp), %rsp
    sysretq

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
.Lik_end:
    PATCH_CLAC
    /* These were read a moment ago by the same vcpu's table: if they are gone
     * now, another vcpu took them away. */
    EXTABLE .Lik_start, .Lik_end, iret_lost_frame
    pop %rbx
    PATCH_EXIT
.Liretq_fast:
    iretq
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
    call pv_iret_lost_frame
    jmp return_to_guest

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
    mov 64(%rsp), %rsp
    sysretq

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
trap_common:
    PUSH_REGS
    cld
    mov %rsp, %rdi
    testb $3, REGS_cs(%rsp)
    jz 1f
    PATCH_ENTRY
    call trap_from_guest
    jmp return_to_guest
1:  call trap_from_hypervisor
    POP_REGS
    add $8, %rsp
    iretq

/* NMI, #DB, #MC and #DF come on stacks of their own. One that interrupted the
 * guest moves to the vcpu's stack, and is then like any other. */
    .balign 16
ist_common:
    testb $3, 16(%rsp)
    jz trap_common
    push %rax
    push %rbx
    push %rcx
    push %rsi
    push %rdi
    /* stack_top of this IST stack has the CPU; its stub data the real top. */
    mov %rsp, %rax
    or $32767, %rax
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
    pop %rdi
    pop %rsi
    pop %rcx
    pop %rbx
    xchg %rax, (%rsp)
    /* rax is the guest's again; the new stack pointer is on this stack. */
    mov (%rsp), %rsp
    jmp trap_common

/* One stub a vector, 16 bytes each. */
    .balign 16
    .globl trap_stubs
trap_stubs:
    .set vector, 0
    .rept 256
    .balign 16
    .if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30
    .else
    pushq $0
    .endif
    movl $vector, 4(%rsp)
    .if vector == 1 || vector == 2 || vector == 8 || vector == 18
    jmp ist_common
    .else
    jmp trap_common
    .endif
    .set vector, vector + 1
    .endr

/* ----------------------------------------------------------------- exit -- */
    .balign 64
    .globl return_to_guest
return_to_guest:
    mov REGS_SIZE + STACK_cpu(%rsp), %rax
    mov REGS_SIZE + STACK_vcpu(%rsp), %rbx
    cmpl $0, (%rax)
    jne .Lwork
    cmpb $0, VCPU_exit_work(%rbx)
    jne .Lwork
    mov VCPU_info(%rbx), %rax
    cmpb $0, INFO_pending(%rax)
    jne .Lpending
.Lgo:
    cmpl $ENTRY_SYSCALL, REGS_vector(%rsp)
    jne .Liret
    mov REGS_rip(%rsp), %rcx
    mov %rcx, %r11
    sar $47, %r11
    inc %r11
    cmp $1, %r11
    ja .Liret
    PATCH_EXIT
    POP_REGS_BUT_RCX_R11
    mov REGS_rflags - REGS_error(%rsp), %r11
    mov REGS_rsp - REGS_error(%rsp), %rsp
    sysretq

.Liret:
    PATCH_EXIT
    POP_REGS
    add $8, %rsp
.Liretq:
    iretq
.Liretq_end:
    EXTABLE .Liretq, .Liretq_end, iretq_fault

.Lpending:
    cmpb $0, INFO_mask(%rax)
    jne .Lgo
.Lwork:
    mov %rsp, %rdi
    call guest_exit_work
    jmp return_to_guest

/* The last iretq to the guest faulted: its context is still on the stack; the
 * fault itself was noted by trap_from_hypervisor. */
iretq_fault:
    pushq $0
    PUSH_REGS
    mov %rsp, %rdi
    call guest_iret_fault
    jmp return_to_guest

/* --------------------------------------------------------------- stacks --
 * void stack_switch_to(uint64_t *save_sp, uint64_t new_sp)
 */
    .globl stack_switch_to
stack_switch_to:
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, (%rdi)
    mov %rsi, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    ret

/* First code of a new vcpu, reached by stack_switch_to's ret: rsp is at its
 * guest registers. */
    .globl vcpu_first_entry
vcpu_first_entry:
    call vcpu_started
    jmp return_to_guest

/* --------------------------------------------------------- guest memory --
 * uint64_t guest_copy(void *dst, const void *src, size_t bytes)
 * Returns the bytes not copied, because of a fault.
 */
    .globl guest_copy
guest_copy:
    mov %rdx, %rcx
    mov %edx, %eax
    shr $3, %rcx
    and $7, %eax
    PATCH_STAC
.Lcp1: rep movsq
    mov %eax, %ecx
.Lcp2: rep movsb
.Lcp3:
    PATCH_CLAC
    mov %ecx, %eax
    ret
1:  lea (%rax,%rcx,8), %rcx
2:  PATCH_CLAC
    mov %rcx, %rax
    ret
    EXTABLE .Lcp1, .Lcp1 + 3, 1b
    EXTABLE .Lcp2, .Lcp3, 2b

/* uint64_t guest_zero(void *dst, size_t bytes): bytes not cleared. */
    .globl guest_zero
guest_zero:
    mov %rsi, %rcx
    mov %esi, %edx
    shr $3, %rcx
    and $7, %edx
    xor %eax, %eax
    PATCH_STAC
.Lcz1: rep stosq
    mov %edx, %ecx
.Lcz2: rep stosb
.Lcz3:
    PATCH_CLAC
    mov %ecx, %eax
    ret
1:  lea (%rdx,%rcx,8), %rcx
2:  PATCH_CLAC
    mov %rcx, %rax
    ret
    EXTABLE .Lcz1, .Lcz1 + 3, 1b
    EXTABLE .Lcz2, .Lcz3, 2b

/* int rdmsr_safe(uint32_t msr, uint64_t *value) */
    .globl rdmsr_safe, wrmsr_safe
rdmsr_safe:
    mov %edi, %ecx
.Lrm1: rdmsr
.Lrm2: shl $32, %rdx
    or %rdx, %rax
    mov %rax, (%rsi)
    xor %eax, %eax
    ret
    EXTABLE .Lrm1, .Lrm2, msr_fault

/* int wrmsr_safe(uint32_t msr, uint64_t value) */
wrmsr_safe:
    mov %edi, %ecx
    mov %esi, %eax
    mov %rsi, %rdx
    shr $32, %rdx
.Lwm1: wrmsr
.Lwm2: xor %eax, %eax
    ret
    EXTABLE .Lwm1, .Lwm2, msr_fault
msr_fault:
    mov $-14, %eax
    ret

    .section .note.GNU-stack, "", @progbits
