/*
 * loader/elf.c - checks and reads a 64-bit x86 ELF file.
 * Layer: loader. Pure, no locks. Source: System V ABI, "Object Files".
 */
#include "abi/errno.h"
#include "lib/string.h"
#include "loader/elf.h"

#define EI_CLASS    4
#define EI_DATA     5
#define ELFCLASS32  1
#define ELFCLASS64  2
#define ELFDATA2LSB 1
#define ET_EXEC     2
#define ET_DYN      3
#define EM_386      3
#define EM_X86_64   62
#define PT_LOAD     1
#define PT_NOTE     4
#define SHT_NOTE    7

struct elf64_header {
    uint8_t ident[16];
    uint16_t type;
    uint16_t machine;
    uint32_t version;
    uint64_t entry;
    uint64_t phoff;
    uint64_t shoff;
    uint32_t flags;
    uint16_t ehsize;
    uint16_t phentsize;
    uint16_t phnum;
    uint16_t shentsize;
    uint16_t shnum;
    uint16_t shstrndx;
};

struct elf64_program_header {
    uint32_t type;
    uint32_t flags;
    uint64_t offset;
    uint64_t vaddr;
    uint64_t paddr;
    uint64_t filesz;
    uint64_t memsz;
    uint64_t align;
};

struct elf64_section_header {
    uint32_t name;
    uint32_t type;
    uint64_t flags;
    uint64_t addr;
    uint64_t offset;
    uint64_t size;
    uint32_t link;
    uint32_t info;
    uint64_t addralign;
    uint64_t entsize;
};

struct elf64_note_header {
    uint32_t namesz;
    uint32_t descsz;
    uint32_t type;
};

_Static_assert(sizeof(struct elf64_header) == 64, "Elf64_Ehdr");
_Static_assert(sizeof(struct elf64_program_header) == 56, "Elf64_Phdr");
_Static_assert(sizeof(struct elf64_section_header) == 64, "Elf64_Shdr");

static int fail(const char **error, const char *text)
{
    *error = text;
    return -EINVAL;
}

/* Whether [start, start + bytes) lies in [0, limit). */
static bool range_fits(uint64_t start, uint64_t bytes, uint64_t limit)
{
    return bytes <= limit && start <= limit - bytes;
}

bool elf_is_one(const void *file, size_t bytes)
{
    return bytes >= 4 && !memcmp(file, "\177ELF", 4);
}

static int check_machine(const struct elf64_header *h, const char **error)
{
    if (h->ident[EI_CLASS] == ELFCLASS32)
        return fail(error, "is a 32-bit ELF kernel");
    if (h->ident[EI_CLASS] != ELFCLASS64)
        return fail(error, "is an ELF file of an unknown class");
    if (h->ident[EI_DATA] != ELFDATA2LSB)
        return fail(error, "is a big-endian ELF file");
    if (h->machine == EM_386)
        return fail(error, "is a 32-bit ELF kernel");
    if (h->machine != EM_X86_64)
        return fail(error, "is an ELF file for another machine than x86-64");
    if (h->type != ET_EXEC && h->type != ET_DYN)
        return fail(error, "is an ELF file that is no executable");
    return 0;
}

static int read_header(struct elf_image *elf, struct elf64_header *h,
                       const char **error)
{
    int rc;

    if (!elf_is_one(elf->file, elf->file_bytes))
        return fail(error, "is not an ELF file");
    memset(h, 0, sizeof(*h));
    memcpy(h, elf->file, MIN(elf->file_bytes, sizeof(*h)));
    if (elf->file_bytes < sizeof(*h) && h->ident[EI_CLASS] != ELFCLASS32)
        return fail(error, "is a truncated ELF file");
    rc = check_machine(h, error);
    if (rc)
        return rc;
    if (!h->phnum)
        return fail(error, "is an ELF file without program headers");
    if (h->phentsize != sizeof(struct elf64_program_header))
        return fail(error, "is an ELF file with damaged program headers");
    if (!range_fits(h->phoff, (uint64_t)h->phnum * h->phentsize,
                    elf->file_bytes))
        return fail(error, "is a truncated ELF file (program headers)");
    elf->entry = h->entry;
    return 0;
}

static bool segments_overlap(const struct elf_segment *a,
                             const struct elf_segment *b)
{
    return a->paddr < b->paddr + b->mem_bytes &&
           b->paddr < a->paddr + a->mem_bytes;
}

static int add_segment(struct elf_image *elf,
                       const struct elf64_program_header *ph,
                       const char **error)
{
    struct elf_segment *segment = &elf->segments[elf->segments_count];

    if (!ph->memsz && !ph->filesz)
        return 0;
    if (elf->segments_count == ELF_MAX_SEGMENTS)
        return fail(error, "is an ELF file with more than 16 segments");
    if (ph->memsz < ph->filesz)
        return fail(error, "has a segment that is larger in the file than in "
                           "memory");
    if (!range_fits(ph->offset, ph->filesz, elf->file_bytes))
        return fail(error, "is a truncated ELF file (a segment lies outside)");
    if (!range_fits(ph->paddr, ph->memsz, ELF_MAX_PADDR))
        return fail(error, "has a segment beyond all physical memory");
    *segment = (struct elf_segment){elf->file + ph->offset, ph->filesz,
                                    ph->paddr, ph->memsz};
    for (unsigned int i = 0; i < elf->segments_count; i++)
        if (segments_overlap(segment, &elf->segments[i]))
            return fail(error, "has segments that overlap");
    elf->segments_count++;
    elf->paddr_start = MIN(elf->paddr_start, ph->paddr);
    elf->paddr_end = MAX(elf->paddr_end, ph->paddr + ph->memsz);
    return 0;
}

static int add_notes(struct elf_image *elf, uint64_t offset, uint64_t bytes,
                     uint64_t align, const char **error)
{
    if (elf->notes_count == ELF_MAX_NOTES)
        return fail(error, "is an ELF file with more than 16 groups of notes");
    if (!range_fits(offset, bytes, elf->file_bytes))
        return fail(error, "is a truncated ELF file (notes lie outside)");
    elf->notes[elf->notes_count++] =
        (struct elf_note_slice){elf->file + offset, bytes, align == 8 ? 8 : 4};
    return 0;
}

static int add_program_header(struct elf_image *elf,
                              const struct elf64_program_header *ph,
                              const char **error)
{
    switch (ph->type) {
    case PT_LOAD:
        return add_segment(elf, ph, error);
    case PT_NOTE:
        return add_notes(elf, ph->offset, ph->filesz, ph->align, error);
    default:
        return 0;
    }
}

int elf_parse(const void *file, size_t bytes, struct elf_image *elf,
              const char **error)
{
    struct elf64_program_header ph;
    struct elf64_header h;
    int rc;

    memset(elf, 0, sizeof(*elf));
    elf->file = file;
    elf->file_bytes = bytes;
    elf->paddr_start = ELF_MAX_PADDR;
    rc = read_header(elf, &h, error);
    for (unsigned int i = 0; !rc && i < h.phnum; i++) {
        memcpy(&ph, elf->file + h.phoff + i * sizeof(ph), sizeof(ph));
        rc = add_program_header(elf, &ph, error);
    }
    if (!rc && !elf->segments_count)
        rc = fail(error, "is an ELF file with nothing to load");
    return rc;
}

int elf_find_note_sections(struct elf_image *elf, const char **error)
{
    struct elf64_section_header sh;
    struct elf64_header h;
    int rc = 0;

    memcpy(&h, elf->file, sizeof(h));
    elf->notes_count = 0;
    if (!h.shnum)
        return 0;
    if (h.shentsize != sizeof(sh) ||
        !range_fits(h.shoff, (uint64_t)h.shnum * sizeof(sh), elf->file_bytes))
        return fail(error, "is a truncated ELF file (section headers)");
    for (unsigned int i = 0; !rc && i < h.shnum; i++) {
        memcpy(&sh, elf->file + h.shoff + i * sizeof(sh), sizeof(sh));
        if (sh.type == SHT_NOTE)
            rc = add_notes(elf, sh.offset, sh.size, sh.addralign, error);
    }
    return rc;
}

int elf_next_note(const struct elf_note_slice *slice, size_t *at,
                  struct elf_note *note)
{
    const uint8_t *p = slice->data + *at;
    uint64_t left = slice->bytes - *at, desc_at, end;
    struct elf64_note_header h;

    /* What is too short for a header is padding. */
    if (left < sizeof(h))
        return 0;
    memcpy(&h, p, sizeof(h));
    /* Sums of 32-bit values: no overflow in 64 bits. */
    desc_at = ROUND_UP(sizeof(h) + (uint64_t)h.namesz, slice->align);
    end = desc_at + h.descsz;
    if (end > left)
        return -EINVAL;
    *note = (struct elf_note){h.type, (const char *)p + sizeof(h), h.namesz,
                              p + desc_at, h.descsz};
    *at += MIN(ROUND_UP(end, slice->align), left);
    return 1;
}
