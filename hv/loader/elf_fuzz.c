/*
 * loader/elf_fuzz.c - any bytes as an ELF file: everything lies inside.
 */
/* link: hv/loader/elf.c */
/* covers: hv/loader/elf.c */
#include <stdint.h>
#include <stdlib.h>

#include "loader/elf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static uint8_t sum;

/* Reads every byte, for the address sanitizer to see. */
static void touch(const void *at, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        sum ^= ((const uint8_t *)at)[i];
}

static void walk_segments(const struct elf_image *elf)
{
    for (unsigned int i = 0; i < elf->segments_count; i++) {
        const struct elf_segment *s = &elf->segments[i];

        touch(s->data, s->file_bytes);
        if (s->file_bytes > s->mem_bytes || !s->mem_bytes ||
            s->paddr < elf->paddr_start ||
            s->paddr + s->mem_bytes > elf->paddr_end)
            abort();
    }
    if (!elf->segments_count || elf->paddr_start >= elf->paddr_end ||
        elf->paddr_end > ELF_MAX_PADDR)
        abort();
}

static void walk_notes(const struct elf_image *elf)
{
    for (unsigned int i = 0; i < elf->notes_count; i++) {
        struct elf_note note;
        size_t at = 0;

        touch(elf->notes[i].data, elf->notes[i].bytes);
        while (elf_next_note(&elf->notes[i], &at, &note) == 1) {
            touch(note.name, note.name_bytes);
            touch(note.desc, note.desc_bytes);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const char *error = NULL;
    struct elf_image elf;

    if (elf_parse(data, bytes, &elf, &error)) {
        if (!error)
            abort();
        return 0;
    }
    walk_segments(&elf);
    walk_notes(&elf);
    if (!elf_find_note_sections(&elf, &error))
        walk_notes(&elf);
    return 0;
}
