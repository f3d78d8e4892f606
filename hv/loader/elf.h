/*
 * loader/elf.h - a 64-bit x86 ELF file, checked. Layer: loader. Pure.
 * Everything an elf_image says lies inside the file: whoever uses it checks
 * no offset again. Source: System V ABI, "Object Files"; AMD64 supplement.
 */
#ifndef LOADER_ELF_H
#define LOADER_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELF_MAX_SEGMENTS 16U
#define ELF_MAX_NOTES    16U /* segments or sections that hold notes */

/* A part of memory that the file fills; the bytes behind `data` are zero. */
struct elf_segment {
    const uint8_t *data;
    uint64_t file_bytes; /* at most mem_bytes */
    uint64_t paddr;
    uint64_t mem_bytes; /* never 0 */
};

/* A slice of the file that holds notes, back to back. */
struct elf_note_slice {
    const uint8_t *data;
    size_t bytes;
    size_t align; /* of names and descriptors: 4 or 8 */
};

struct elf_image {
    const uint8_t *file;
    size_t file_bytes;
    uint64_t entry;       /* e_entry, unchecked: a PV guest has its own */
    uint64_t paddr_start; /* of the lowest segment */
    uint64_t paddr_end;   /* behind the highest; at most ELF_MAX_PADDR */
    unsigned int segments_count; /* at least 1; they do not overlap */
    struct elf_segment segments[ELF_MAX_SEGMENTS];
    unsigned int notes_count;
    struct elf_note_slice notes[ELF_MAX_NOTES];
};

/* What x86-64 could ever address. */
#define ELF_MAX_PADDR ((uint64_t)1 << 52)

/* One note; name and desc point into the file. */
struct elf_note {
    uint32_t type;
    const char *name; /* name_bytes long, its NUL included */
    size_t name_bytes;
    const uint8_t *desc;
    size_t desc_bytes;
};

/* Whether the file starts as an ELF file, of whatever kind. */
bool elf_is_one(const void *file, size_t bytes);

/*
 * Reads headers and program headers; elf->notes are the PT_NOTE segments.
 * -EINVAL and *error: not an ELF file that an x86-64 CPU runs, or damaged.
 */
int elf_parse(const void *file, size_t bytes, struct elf_image *elf,
              const char **error);

/* Replaces elf->notes by the SHT_NOTE sections (none is no error). */
int elf_find_note_sections(struct elf_image *elf, const char **error);

/*
 * Reads the note at *at of the slice and moves *at behind it. Returns 1, 0 at
 * the slice's end, or -EINVAL when the note runs beyond the slice.
 */
int elf_next_note(const struct elf_note_slice *slice, size_t *at,
                  struct elf_note *note);

#endif
