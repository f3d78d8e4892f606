/*
 * loader/xen_notes.c - reads and checks the Xen ELF notes of a PV kernel.
 * Layer: loader. Pure, no locks. Source: xen/elfnote.h; what is accepted
 * follows xen/common/libelf/libelf-dominfo.c.
 */
#include "abi/errno.h"
#include "abi/xen.h"
#include "lib/string.h"
#include "lib/types.h"
#include "loader/xen_notes.h"

#define CANONICAL_LOW_END 0x0000800000000000ULL
/* The hypervisor's own slots; guest space goes on behind them. */
#define HV_START 0xffff800000000000ULL
#define HV_END   0xffff880000000000ULL

static int fail(const char **error, const char *text)
{
    *error = text;
    return -EINVAL;
}

bool xen_notes_have(const struct xen_notes *notes, unsigned int type)
{
    return type < 32 && (notes->present & 1U << type);
}

bool guest_range_is_valid(uint64_t start, uint64_t bytes)
{
    uint64_t last;

    if (!bytes)
        bytes = 1;
    if (__builtin_add_overflow(start, bytes - 1, &last))
        return false;
    return last < CANONICAL_LOW_END || start >= HV_END;
}

/* The features that a text may name; XEN_ELFNOTE_FEATURES knows no others. */
static const struct feature_name {
    const char *name;
    unsigned int bit;
} feature_names[] = {
    {"writable_page_tables", XENFEAT_writable_page_tables},
    {"writable_descriptor_tables", XENFEAT_writable_descriptor_tables},
    {"auto_translated_physmap", XENFEAT_auto_translated_physmap},
    {"supervisor_mode_kernel", XENFEAT_supervisor_mode_kernel},
    {"pae_pgdir_above_4gb", XENFEAT_pae_pgdir_above_4gb},
    {"dom0", XENFEAT_dom0},
};

/* The bit of the feature, or 0 for an unknown one. */
static uint32_t feature_bit(const char *name, size_t bytes)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(feature_names); i++) {
        const struct feature_name *f = &feature_names[i];

        if (strlen(f->name) == bytes && !memcmp(f->name, name, bytes))
            return 1U << f->bit;
    }
    return 0;
}

/* One word of the text: "name" is supported, "!name" is required as well. */
static int add_feature(struct xen_notes *notes, const char *word, size_t bytes,
                       const char **error)
{
    bool required = bytes && *word == '!';
    uint32_t bit = feature_bit(word + required, bytes - required);

    if (required && !bit)
        return fail(error, "requires a feature that nobody knows "
                           "(Xen note FEATURES)");
    notes->features_supported |= bit;
    if (required)
        notes->features_required |= bit;
    return 0;
}

/* "!writable_page_tables|pae_pgdir_above_4gb" */
static int read_features(struct xen_notes *notes, const struct elf_note *note,
                         const char **error)
{
    const char *text = (const char *)note->desc;
    size_t bytes = 0, start = 0;
    int rc = 0;

    while (bytes < note->desc_bytes && text[bytes])
        bytes++;
    for (size_t i = 0; !rc && i <= bytes; i++) {
        if (i < bytes && text[i] != '|')
            continue;
        rc = add_feature(notes, text + start, i - start, error);
        start = i + 1;
    }
    return rc;
}

static void read_text(const struct elf_note *note, char *text)
{
    size_t bytes = MIN(note->desc_bytes, XEN_NOTE_TEXT_BYTES - 1);

    memset(text, 0, XEN_NOTE_TEXT_BYTES);
    for (size_t i = 0; i < bytes && note->desc[i]; i++)
        text[i] = (char)note->desc[i];
}

/* A number of 1, 2, 4 or 8 bytes. */
static int read_number(const struct elf_note *note, uint64_t *value,
                       const char **error)
{
    size_t bytes = note->desc_bytes;

    if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8)
        return fail(error, "has a Xen note of an impossible size");
    *value = 0;
    memcpy(value, note->desc, bytes);
    return 0;
}

/* Pairs of mask and value; the first is the one that counts. */
static int read_l1_mfn_valid(struct xen_notes *notes,
                             const struct elf_note *note, const char **error)
{
    if (note->desc_bytes < 2 * sizeof(uint64_t))
        return fail(error, "has a Xen note of an impossible size");
    memcpy(&notes->l1_mfn_mask, note->desc, sizeof(uint64_t));
    memcpy(&notes->l1_mfn_value, note->desc + sizeof(uint64_t),
           sizeof(uint64_t));
    return 0;
}

/* Notes that are kept as they are: a text, or a number. */
#define TEXT(type, field)                                                      \
    {                                                                          \
        XEN_ELFNOTE_##type, true, offsetof(struct xen_notes, field)            \
    }
#define NUMBER(type, field)                                                    \
    {                                                                          \
        XEN_ELFNOTE_##type, false, offsetof(struct xen_notes, field)           \
    }
static const struct field {
    uint32_t type;
    bool is_text;
    size_t at;
} fields[] = {
    TEXT(GUEST_OS, guest_os),
    TEXT(GUEST_VERSION, guest_version),
    TEXT(XEN_VERSION, xen_version),
    TEXT(LOADER, loader),
    TEXT(PAE_MODE, pae_mode),
    NUMBER(ENTRY, entry),
    NUMBER(VIRT_BASE, virt_base),
    NUMBER(PADDR_OFFSET, paddr_offset),
    NUMBER(INIT_P2M, init_p2m),
    NUMBER(HYPERCALL_PAGE, hypercall_page),
    NUMBER(HV_START_LOW, hv_start_low),
    NUMBER(PHYS32_ENTRY, phys32_entry),
    NUMBER(MOD_START_PFN, mod_start_pfn),
    NUMBER(SUSPEND_CANCEL, suspend_cancel),
};

static int read_note(struct xen_notes *notes, const struct elf_note *note,
                     const char **error)
{
    uint64_t features = 0;
    int rc = 0;

    if (note->type < 32)
        notes->present |= 1U << note->type;
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        char *to = (char *)notes + fields[i].at;

        if (fields[i].type != note->type)
            continue;
        if (!fields[i].is_text)
            return read_number(note, (uint64_t *)to, error);
        read_text(note, to);
        return 0;
    }
    switch (note->type) {
    case XEN_ELFNOTE_SUPPORTED_FEATURES:
        rc = read_number(note, &features, error);
        notes->features_supported |= (uint32_t)features;
        return rc;
    case XEN_ELFNOTE_FEATURES:
        return read_features(notes, note, error);
    case XEN_ELFNOTE_L1_MFN_VALID:
        return read_l1_mfn_valid(notes, note, error);
    default:
        return 0;
    }
}

static bool note_is_xen(const struct elf_note *note)
{
    return note->name_bytes == sizeof("Xen") &&
           !memcmp(note->name, "Xen", sizeof("Xen"));
}

static int read_slice(struct xen_notes *notes,
                      const struct elf_note_slice *slice, const char **error)
{
    struct elf_note note;
    size_t at = 0;
    int rc;

    while ((rc = elf_next_note(slice, &at, &note)) == 1) {
        if (!note_is_xen(&note))
            continue;
        rc = read_note(notes, &note, error);
        if (rc)
            return rc;
    }
    return rc ? fail(error, "has an ELF note that runs beyond its end") : 0;
}

static int read_notes(const struct elf_image *elf, struct xen_notes *notes,
                      const char **error)
{
    int rc = 0;

    memset(notes, 0, sizeof(*notes));
    notes->entry = elf->entry;
    for (unsigned int i = 0; !rc && i < elf->notes_count; i++)
        rc = read_slice(notes, &elf->notes[i], error);
    return rc;
}

/* Whether the kernel was built for this interface and asks nothing else. */
static int check_interface(const struct xen_notes *notes, const char **error)
{
    const uint32_t impossible = 1U << XENFEAT_supervisor_mode_kernel |
                                1U << XENFEAT_auto_translated_physmap;

    if (strncmp(notes->xen_version, "xen-3.0", 7))
        return fail(error, "is not built for Xen's interface xen-3.0 "
                           "(Xen note XEN_VERSION)");
    if (strncmp(notes->loader, "generic", 7) &&
        strncmp(notes->guest_os, "linux", 5))
        return fail(error, "is built for another loader than the generic one "
                           "(Xen note LOADER)");
    if (notes->features_required & impossible)
        return fail(error, "requires to run without paravirtualized page "
                           "tables (Xen note FEATURES)");
    if (xen_notes_have(notes, XEN_ELFNOTE_HV_START_LOW) &&
        notes->hv_start_low > HV_START)
        return fail(error, "wants addresses that are the hypervisor's "
                           "(Xen note HV_START_LOW)");
    return 0;
}

/* Sets the kernel's virtual range from its physical one. */
static int place_kernel(const struct elf_image *elf, struct xen_notes *notes,
                        const char **error)
{
    uint64_t bytes = elf->paddr_end - elf->paddr_start;
    uint64_t offset = elf->paddr_start - notes->paddr_offset;

    if (notes->virt_base & ~PAGE_MASK || notes->paddr_offset & ~PAGE_MASK)
        return fail(error, "starts inside a page (Xen notes VIRT_BASE, "
                           "PADDR_OFFSET)");
    if (notes->paddr_offset > elf->paddr_start)
        return fail(error, "has a segment below its start (Xen note "
                           "PADDR_OFFSET)");
    /* Both are below 2^52: no overflow in their sum. */
    if (!guest_range_is_valid(notes->virt_base, offset + bytes))
        return fail(error, "lies outside guest addresses (Xen note "
                           "VIRT_BASE)");
    notes->kernel_start = notes->virt_base + offset;
    notes->kernel_end = notes->kernel_start + bytes;
    return 0;
}

/* Whether [at, at + bytes) is part of the kernel; its end may be 2^64. */
static bool kernel_holds(const struct xen_notes *notes, uint64_t at,
                         uint64_t bytes)
{
    uint64_t kernel_bytes = notes->kernel_end - notes->kernel_start;
    uint64_t offset = at - notes->kernel_start;

    return bytes <= kernel_bytes && offset <= kernel_bytes - bytes;
}

static int check_addresses(const struct xen_notes *notes, const char **error)
{
    if (!kernel_holds(notes, notes->entry, 1))
        return fail(error, "has its entry outside itself (Xen note ENTRY)");
    if (xen_notes_have(notes, XEN_ELFNOTE_HYPERCALL_PAGE) &&
        (notes->hypercall_page & ~PAGE_MASK ||
         !kernel_holds(notes, notes->hypercall_page, PAGE_SIZE)))
        return fail(error, "has its hypercall page outside itself or not "
                           "aligned (Xen note HYPERCALL_PAGE)");
    if (xen_notes_have(notes, XEN_ELFNOTE_INIT_P2M) &&
        (notes->init_p2m & ~PAGE_MASK ||
         !guest_range_is_valid(notes->init_p2m, PAGE_SIZE)))
        return fail(error, "wants its p2m list outside guest addresses or not "
                           "aligned (Xen note INIT_P2M)");
    return 0;
}

int xen_notes_parse(struct elf_image *elf, struct xen_notes *notes,
                    const char **error)
{
    int rc = read_notes(elf, notes, error);

    if (!rc && !notes->present) {
        rc = elf_find_note_sections(elf, error);
        if (!rc)
            rc = read_notes(elf, notes, error);
    }
    if (rc)
        return rc;
    if (!notes->present)
        return fail(error, "has no Xen notes");
    rc = check_interface(notes, error);
    if (!rc)
        rc = place_kernel(elf, notes, error);
    return rc ? rc : check_addresses(notes, error);
}

int xen_notes_check_dom0(const struct xen_notes *notes, const char **error)
{
    if (xen_notes_have(notes, XEN_ELFNOTE_SUPPORTED_FEATURES) &&
        !(notes->features_supported & 1U << XENFEAT_dom0))
        return fail(error, "does not support being dom0 (XENFEAT_dom0)");
    return 0;
}
