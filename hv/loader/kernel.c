/*
 * loader/kernel.c - opens a kernel file, whatever it is wrapped in.
 * Layer: loader. Pure, no locks.
 */
#include "abi/errno.h"
#include "lib/string.h"
#include "loader/bzimage.h"
#include "loader/kernel.h"

static int probe_payload(struct kernel_source *source,
                         enum kernel_container container, const void *data,
                         size_t bytes, const char **error)
{
    source->container = container;
    source->data = data;
    source->bytes = bytes;
    return payload_measure(data, bytes, &source->needs, error);
}

int kernel_probe(const void *module, size_t bytes, struct kernel_source *source,
                 const char **error)
{
    struct bzimage bz;
    int rc;

    memset(source, 0, sizeof(*source));
    if (elf_is_one(module, bytes)) {
        source->container = KERNEL_PLAIN;
        source->data = module;
        source->bytes = bytes;
        return 0;
    }
    if (payload_format_of(module, bytes) != PAYLOAD_UNKNOWN)
        return probe_payload(source, KERNEL_COMPRESSED, module, bytes, error);
    rc = bzimage_parse(module, bytes, &bz, error);
    if (rc)
        return rc;
    return probe_payload(source, KERNEL_BZIMAGE, bz.payload, bz.payload_bytes,
                         error);
}

int kernel_parse(const struct kernel_source *source, void *out,
                 size_t out_bytes, struct payload_arena *arena,
                 struct kernel *kernel, const char **error)
{
    const void *file = source->data;
    size_t bytes = source->bytes;
    int rc = 0;

    if (source->container != KERNEL_PLAIN) {
        file = out;
        rc = payload_decompress(source->data, source->bytes, out, out_bytes,
                                &bytes, arena, error);
    }
    if (!rc)
        rc = elf_parse(file, bytes, &kernel->elf, error);
    return rc ? rc : xen_notes_parse(&kernel->elf, &kernel->notes, error);
}

const char *kernel_container_name(enum kernel_container container)
{
    static const char *const names[] = {"ELF file", "bzImage",
                                        "compressed ELF file"};

    return names[container];
}
