/*
 * boot/head.S - from the boot loader's 32-bit mode to boot_main(). Layer: boot.
 * Source: Multiboot 0.6.96, Multiboot2 1.6, Intel SDM 3A chapter 9.8.5.
 *
 * The image is at physical 2 MiB, paging is off. Builds tables that map the
 * first 4 GiB (identity and direct map) and the image, enters long mode.
 */
#include "cpu/entry.h"
#include "lib/layout.h"

#define MB1_MAGIC 0x1badb002
#define MB1_FLAGS 0x00000003 /* modules page-aligned, memory information */
#define MB2_MAGIC 0xe85250d6
#define PHYS(sym) ((sym) - IMAGE_START)

    .macro ENTER_LONG_MODE
    mov $0x20, %eax /* PAE */
    mov %eax, %cr4
    mov $PHYS(boot_l4), %eax
    mov %eax, %cr3
    mov $0xc0000080, %ecx
    rdmsr
    or $0x901, %eax /* SCE, LME, NXE */
    wrmsr
    mov $0x80010033, %eax /* PG WP NE ET MP PE */
    mov %eax, %cr0
    .endm

    .macro CLEAR_SEGMENTS
    xor %eax, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %fs
    mov %eax, %gs
    mov %eax, %ss
    .endm

    .section .boot.head, "ax", @progbits
    .code32

    .balign 4
    .long MB1_MAGIC, MB1_FLAGS, -(MB1_MAGIC + MB1_FLAGS)

    .balign 8
mb2_header:
    .long MB2_MAGIC, 0, mb2_end - mb2_header
    .long -(MB2_MAGIC + (mb2_end - mb2_header))
    .balign 8
    .short 1, 1 /* information request, optional: */
    .long 8 + 3f - 2f
2:  .long 4, 6, 8, 14, 15, 5, 12 /* memory, map, framebuffer, ACPI, ... */
3:  .balign 8
    .short 6, 1 /* modules on page boundaries */
    .long 8
    .balign 8
    .short 4, 1 /* console: text is fine */
    .long 12, 2
    .balign 8
    .short 0, 0
    .long 8
mb2_end:

    .globl boot_entry32
boot_entry32:
    cli
    cld
    mov %eax, %esi /* the loader's magic */
    mov %ebx, %edi /* its information */
    mov $PHYS(boot_stack_end), %esp

    /* .bss is zero in the file's sense only: QEMU and GRUB both clear it, but
     * nothing promises so for every loader. */
    mov %edi, %ebp
    mov %esi, %edx
    xor %eax, %eax
    mov $PHYS(bss_start), %edi
    mov $PHYS(bss_end), %ecx
    sub %edi, %ecx
    shr $2, %ecx
    rep stosl
    mov %edx, boot_magic - IMAGE_START
    mov %ebp, boot_info_paddr - IMAGE_START

    mov $0x80000000, %eax
    cpuid
    cmp $0x80000001, %eax
    jb no_long_mode
    mov $0x80000001, %eax
    cpuid
    bt $29, %edx
    jnc no_long_mode

    /* L2: 2048 pages of 2 MiB. */
    mov $PHYS(boot_l2), %edi
    mov $0x83, %eax
    xor %edx, %edx
1:  mov %eax, (%edi)
    movl $0, 4(%edi)
    add $8, %edi
    add $0x200000, %eax
    jnc 1b
    /* L3: four L2s, for the identity and the direct map alike. */
    mov $PHYS(boot_l3), %edi
    mov $PHYS(boot_l2) + 3, %eax
    mov $4, %ecx
1:  mov %eax, (%edi)
    add $8, %edi
    add $4096, %eax
    loop 1b
    /* The image: L3 entry 3 of L4 slot 261. */
    mov $PHYS(boot_l2) + 3, %eax
    mov %eax, boot_image_l3 - IMAGE_START + 3 * 8
    mov $PHYS(boot_l3) + 3, %eax
    mov %eax, boot_l4 - IMAGE_START
    mov %eax, boot_l4 - IMAGE_START + 262 * 8
    mov $PHYS(boot_image_l3) + 3, %eax
    mov %eax, boot_l4 - IMAGE_START + 261 * 8

    ENTER_LONG_MODE
    lgdt boot_gdt_ptr - IMAGE_START
    ljmp $0x08, $PHYS(entry64_low)

no_long_mode:
    mov $PHYS(no_long_mode_text), %esi
    mov $0xb8000, %edi
    mov $0x3f8, %edx
1:  lodsb
    test %al, %al
    jz 2f
    out %al, %dx
    mov %al, (%edi)
    movb $0x4f, 1(%edi)
    add $2, %edi
    jmp 1b
2:  hlt
    jmp 2b

    .code64
entry64_low:
    movabs $entry64, %rax
    jmp *%rax

entry64:
    CLEAR_SEGMENTS
    lea boot_stack_end - STACK_TOP_SIZE(%rip), %rsp
    mov boot_magic(%rip), %edi
    mov boot_info_paddr(%rip), %esi
    xor %ebp, %ebp
    call boot_main
    ud2

/* ----------------------------------------------------------- other CPUs --
 * Copied to a page below 1 MiB, where they begin in real mode (smp.c). The
 * segment's base is this page.
 */
    .section .init.text, "ax", @progbits
    .globl trampoline_start, trampoline_end
    .code16
trampoline_start:
    cli
    cld
    mov %cs, %ax
    mov %ax, %ds
    lgdtl 1f - trampoline_start
    mov %cr0, %eax
    or $1, %al
    mov %eax, %cr0
    ljmpl $0x18, $PHYS(ap_entry32)
    .balign 4
1:  .short 31
    .long PHYS(boot_gdt)
trampoline_end:

    .code32
ap_entry32:
    mov $0x10, %eax
    mov %eax, %ds
    ENTER_LONG_MODE
    ljmp $0x08, $PHYS(ap_entry64_low)

    .code64
ap_entry64_low:
    movabs $ap_entry64, %rax
    jmp *%rax

ap_entry64:
    CLEAR_SEGMENTS
    mov hv_l4_paddr(%rip), %rax
    mov %rax, %cr3
    mov ap_stack(%rip), %rsp
    xor %ebp, %ebp
    call smp_ap_main
    ud2

    .section .init.rodata, "a", @progbits
    .balign 8
boot_gdt:
    .quad 0
    .quad 0x00af9a000000ffff
    .quad 0x00cf92000000ffff
    .quad 0x00cf9a000000ffff
boot_gdt_ptr:
    .short 31
    .long PHYS(boot_gdt)
    .long 0
no_long_mode_text:
    .asciz "Paravane needs a 64-bit CPU: this one has no long mode.\r\n"

    .section .bss, "aw", @nobits
    .balign 4
boot_magic:
    .skip 4
boot_info_paddr:
    .skip 4

    .balign 4096
    .globl boot_l4
boot_l4:
    .skip 4096
boot_l3:
    .skip 4096
boot_image_l3:
    .skip 4096
boot_l2:
    .skip 4 * 4096

    .section .bss.stack, "aw", @nobits
    .balign 16384
    .globl boot_stack, boot_stack_end
boot_stack:
    .skip 16384
boot_stack_end:

    .section .note.GNU-stack, "", @progbits
