/*
 * loader/xen_notes.h - what a PV kernel's Xen ELF notes ask of its builder.
 * Layer: loader. Pure. Source: xen/elfnote.h; Xen's libelf (dominfo) for what
 * is accepted.
 */
#ifndef LOADER_XEN_NOTES_H
#define LOADER_XEN_NOTES_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/elf.h"

#define XEN_NOTE_TEXT_BYTES 32U

struct xen_notes {
    uint32_t present; /* bit n: the note XEN_ELFNOTE_n is there */

    uint64_t entry;          /* virtual; e_entry when the note is missing */
    uint64_t virt_base;      /* virtual address of pfn 0; 0 when missing */
    uint64_t paddr_offset;   /* p_paddr of pfn 0; 0 when missing */
    uint64_t init_p2m;       /* virtual, if present */
    uint64_t hypercall_page; /* virtual, if present */
    uint64_t hv_start_low;   /* virtual, if present */
    uint64_t phys32_entry;   /* physical, if present */
    uint64_t l1_mfn_mask, l1_mfn_value; /* if present */
    uint64_t mod_start_pfn; /* not 0: the initrd need not be mapped */
    uint64_t suspend_cancel;

    uint32_t features_supported; /* bit n: XENFEAT_n */
    uint32_t features_required;

    /* Texts, cut to fit; empty when missing. */
    char guest_os[XEN_NOTE_TEXT_BYTES];
    char guest_version[XEN_NOTE_TEXT_BYTES];
    char xen_version[XEN_NOTE_TEXT_BYTES];
    char loader[XEN_NOTE_TEXT_BYTES];
    char pae_mode[XEN_NOTE_TEXT_BYTES];

    /* The segments' virtual addresses: p_paddr - paddr_offset + virt_base. */
    uint64_t kernel_start; /* virtual */
    uint64_t kernel_end;   /* virtual, behind the last byte */
};

/* Whether the kernel has the note `type` (XEN_ELFNOTE_...). */
bool xen_notes_have(const struct xen_notes *notes, unsigned int type);

/*
 * Reads the notes of `elf` (its PT_NOTE segments; its SHT_NOTE sections when
 * no Xen note is there) and checks that they make a 64-bit PV kernel: built
 * for this interface, every address in guest space and, where it must be, in
 * the kernel. elf->notes may be replaced. -EINVAL and *error otherwise.
 */
int xen_notes_parse(struct elf_image *elf, struct xen_notes *notes,
                    const char **error);

/*
 * Whether the kernel can be the initial domain: 0, or -EINVAL and *error. As
 * in Xen, a kernel that does not tell its features may be.
 */
int xen_notes_check_dom0(const struct xen_notes *notes, const char **error);

/* Whether all of [start, start + bytes) is a guest's own address space. */
bool guest_range_is_valid(uint64_t start, uint64_t bytes);

#endif
