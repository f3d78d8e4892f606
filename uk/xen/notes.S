/* notes.S - what a hypervisor reads to know how to load the program. */
#include <xen/elfnote.h>

#define NOTE(type, ...)                                                        \
    .pushsection .note.Xen, "a", @note;                                        \
    .balign 4;                                                                 \
    .long 4, 9f - 8f, type;                                                    \
    .asciz "Xen";                                                              \
    8: __VA_ARGS__;                                                            \
    9: .balign 4;                                                              \
    .popsection

NOTE(XEN_ELFNOTE_GUEST_OS, .asciz "paravane-uk")
NOTE(XEN_ELFNOTE_GUEST_VERSION, .asciz "1")
NOTE(XEN_ELFNOTE_XEN_VERSION, .asciz "xen-3.0")
NOTE(XEN_ELFNOTE_LOADER, .asciz "generic")
NOTE(XEN_ELFNOTE_PAE_MODE, .asciz "yes")
NOTE(XEN_ELFNOTE_FEATURES, .asciz "!writable_page_tables|pae_pgdir_above_4gb")
NOTE(XEN_ELFNOTE_VIRT_BASE, .quad 0)
NOTE(XEN_ELFNOTE_PADDR_OFFSET, .quad 0)
NOTE(XEN_ELFNOTE_ENTRY, .quad uk_entry)
NOTE(XEN_ELFNOTE_HV_START_LOW, .quad 0xffff800000000000)
NOTE(XEN_ELFNOTE_SUPPORTED_FEATURES, .long 1 << 0 | 1 << 11)

    .section .note.GNU-stack, "", @progbits
