/*
 * loader/xen_notes_fuzz.c - any bytes as a PV kernel: what is accepted keeps
 * to guest addresses.
 */
/* link: hv/loader/xen_notes.c hv/loader/elf.c */
/* covers: hv/loader/xen_notes.c */
#include <stdint.h>
#include <stdlib.h>

#include "abi/xen.h"
#include "loader/xen_notes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const char *error = NULL;
    struct xen_notes notes;
    struct elf_image elf;
    uint64_t kernel_bytes;

    if (elf_parse(data, bytes, &elf, &error))
        return 0;
    if (xen_notes_parse(&elf, &notes, &error)) {
        if (!error)
            abort();
        return 0;
    }
    if (xen_notes_check_dom0(&notes, &error) && !error)
        abort();
    kernel_bytes = notes.kernel_end - notes.kernel_start;
    if (kernel_bytes != elf.paddr_end - elf.paddr_start ||
        notes.kernel_start < notes.virt_base ||
        notes.entry - notes.kernel_start >= kernel_bytes ||
        !guest_range_is_valid(notes.kernel_start, kernel_bytes) ||
        !guest_range_is_valid(notes.virt_base, 1))
        abort();
    return 0;
}
