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
 * Stack: ss, rsp of the guest. rcx: its rip, r11: its rflags.
 */
    .balign 64
syscall_entry:
    push %rbx
    mov 24 + STACK_vcpu(%rsp), %rbx
    push %rax
    cmpb $MODE_USER, VCPU_mode(%rbx)
    jne syscall_not_user
    mov VCPU_info(%rbx), %rax
    cmpb $0, INFO_mask(%rax)
    jne syscall_slow
    PATCH_ENTRY

    /* To guest kernel mode. */
    movb $1, INFO_mask(%rax)
    mov VCPU_kernel_cr3(%rbx), %rax
    mov %rax, %cr3
    swapgs
    movb $MODE_KERNEL, VCPU_mode(%rbx)

    /* rcx r11 rip cs rflags rsp ss, upwards. kernel_sp is 16-aligned. */
    mov VCPU_kernel_sp(%rbx), %rax
    PATCH_STAC
.Lsc_start:
    mov %rcx, -56(%rax)
    mov %rcx, -40(%rax)
    mov %r11, -48(%rax)
    mov %r11, -24(%rax)
    mov 16(%rsp), %rcx
    movq $SEL_GUEST_SS, -8(%rax)
    mov %rcx, -16(%rax)
    movq $SEL_GUEST_CS, -32(%rax)
.Lsc_end:
    PATCH_CLAC
    EXTABLE .Lsc_start, .Lsc_end, syscall_bad_stack
    sub $56, %rax
    mov %rax, 16(%rsp)
    movzwl VCPU_io_kernel(%rbx), %eax
    mov 32 + STACK_tss(%rsp), %rcx
    mov %ax, TSS_iomap_base(%rcx)
    mov VCPU_syscall_ip(%rbx), %rcx
    mov $0x202, %r11d
    PATCH_EXIT
    pop %rax
    pop %rbx
    pop %rsp
    sysretq

syscall_bad_stack:
    PATCH_CLAC
    movb $MODE_BAD_STACK, VCPU_mode(%rbx)
    jmp syscall_slow

syscall_not_user:
    cmpb $MODE_KERNEL, VCPU_mode(%rbx)
    jne syscall_slow
    cmp $23, %eax
    je iret_fast

    .macro FULL_SYSCALL_FRAME
    pop %rax
    pop %rbx
    push %r11
    pushq $SEL_GUEST_CS
    push %rcx
    pushq $0
    movl $ENTRY_SYSCALL, 4(%rsp)
    PUSH_REGS
    mov %rsp, %rdi
    .endm

hypercall_full:
    FULL_SYSCALL_FRAME
    PATCH_ENTRY
    call hypercall_entry
    jmp return_to_guest

syscall_slow:
    FULL_SYSCALL_FRAME
    PATCH_ENTRY
    call syscall_entry_slow
    jmp return_to_guest

cstar_entry:
    push %r11
    pushq $SEL_USER32_CS
    push %rcx
    pushq $0
    movl $ENTRY_SYSCALL, 4(%rsp)
    PUSH_REGS
    mov %rsp, %rdi
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
    pushq $0
    movl $ENTRY_SYSCALL, 4(%rsp)
    PUSH_REGS
    mov %rsp, %rdi
    PATCH_ENTRY
    call sysenter_entry_slow
    jmp return_to_guest

/* ----------------------------------------------------------------- iret --
 * The iret hypercall to 64-bit user mode where `sysret` does the same; all
 * else goes to C. Frame at the guest's rsp: rax r11 rcx flags rip cs rflags
 * rsp ss. rcx and r11 are free: the frame has the guest's.
 */
    .balign 16
iret_fast:
    mov 16(%rsp), %rcx
    mov %rcx, %r11
    shr $43, %r11
    cmp $HV_RANGE_TOP, %r11d
    je iret_slow
    PATCH_STAC
.Lir_start:
    mov 40(%rcx), %rax
    and $0xffff, %eax
    cmp $0x33, %eax
    je 1f
    cmp $SEL_GUEST_CS, %eax
    jne .Lir_slow
1:  mov 64(%rcx), %rax
    cmp $0x2b, %ax
    je 1f
    cmp $SEL_GUEST_SS, %ax
    jne .Lir_slow
1:  mov 32(%rcx), %rax
    cmp 16(%rcx), %rax
    jne .Lir_slow
    mov %rax, -8(%rsp)
    shr $47, %rax
    jnz .Lir_slow
    mov 48(%rcx), %r11
    cmp 8(%rcx), %r11
    jne .Lir_slow
    mov %r11d, %eax
    and $0x37300, %eax /* VM RF IOPL IF TF and NT, not AC or DF */
    cmp $0x200, %eax
    jne .Lir_slow
    cmpq $0, VCPU_user_cr3(%rbx)
    je .Lir_slow
    cmpb $0, VCPU_exit_work(%rbx)
    jne .Lir_slow
    mov VCPU_info(%rbx), %rax
    cmpb $0, INFO_pending(%rax)
    jne .Lir_slow

    /* Below rsp: each word of the frame is read once (a second vcpu may write
     * it), and nothing is changed before the last of them. */
    mov 56(%rcx), %rax
    mov %rax, -16(%rsp)
    mov (%rcx), %rax
.Lir_end:
    PATCH_CLAC
    mov %rax, (%rsp)
    mov -16(%rsp), %rax
    mov %rax, 16(%rsp)
    mov -8(%rsp), %rcx
    mov VCPU_info(%rbx), %rax
    movb $0, INFO_mask(%rax)
    movzbl VCPU_user_mode(%rbx), %eax
    mov %al, VCPU_mode(%rbx)
    mov 32 + STACK_tss(%rsp), %rax
    movw $TSS_IOMAP_NONE, TSS_iomap_base(%rax)
    mov VCPU_user_cr3(%rbx), %rax
    swapgs
    PATCH_EXIT
    mov %rax, %cr3
    pop %rax
    pop %rbx
    pop %rsp
    sysretq
    EXTABLE .Lir_start, .Lir_end, iret_slow

.Lir_slow:
    PATCH_CLAC
iret_slow:
    /* rax is 23 again; rcx and r11 are dead, the frame has them. */
    mov $23, %eax
    mov %rax, (%rsp)
    xor %ecx, %ecx
    mov $0x202, %r11d
    FULL_SYSCALL_FRAME
    PATCH_ENTRY
    call pv_iret
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
