/*
 * cpu/copy.S - instructions that may fault on purpose: guest memory and model-
 * specific registers, each covered by the exception table. Layer: cpu.
 */
#include "cpu/entry_macros.h"

    .text

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
