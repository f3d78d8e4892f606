/*
 * loader/bzimage.c - reads the setup header of a Linux bzImage.
 * Layer: loader. Pure, no locks. Source: Linux's Documentation/x86/boot.rst,
 * "The Real-Mode Kernel Header".
 */
#include "abi/errno.h"
#include "lib/string.h"
#include "loader/bzimage.h"

#define SECTOR_BYTES         512U
#define DEFAULT_SETUP_SECTS  4U
#define BOOT_FLAG            0xaa55U
#define FIRST_HEADER_VERSION 0x0200U
#define PAYLOAD_VERSION      0x0208U /* payload_offset and payload_length */
#define XLOADFLAGS_VERSION   0x020cU
#define LOADFLAGS_HIGH       0x01U
#define XLF_KERNEL_64        0x01U

/* The setup header from its first field, at HEADER_AT of the image. */
#define HEADER_AT 0x1f1U

struct setup_header {
    uint8_t setup_sects;
    uint8_t unused_1[12];
    uint16_t boot_flag;
    uint16_t jump;
    uint8_t magic[4];
    uint16_t version;
    uint8_t unused_2[9];
    uint8_t loadflags;
    uint8_t unused_3[36];
    uint16_t xloadflags;
    uint8_t unused_4[16];
    uint32_t payload_offset;
    uint32_t payload_length;
} __packed;

#define ASSERT_AT(field, at)                                                   \
    _Static_assert(offsetof(struct setup_header, field) == (at)-HEADER_AT, #at)
ASSERT_AT(boot_flag, 0x1fe);
ASSERT_AT(version, 0x206);
ASSERT_AT(loadflags, 0x211);
ASSERT_AT(xloadflags, 0x236);
ASSERT_AT(payload_offset, 0x248);

static int fail(const char **error, const char *text)
{
    *error = text;
    return -EINVAL;
}

/* Copies what the image has of the header; the rest reads as zero. */
static void read_header(const void *image, size_t bytes, struct setup_header *h)
{
    memset(h, 0, sizeof(*h));
    if (bytes > HEADER_AT)
        memcpy(h, (const uint8_t *)image + HEADER_AT,
               MIN(bytes - HEADER_AT, sizeof(*h)));
}

bool bzimage_is_one(const void *image, size_t bytes)
{
    struct setup_header h;

    read_header(image, bytes, &h);
    return h.boot_flag == BOOT_FLAG &&
           (!memcmp(h.magic, "HdrS", sizeof(h.magic)) || bytes < 0x206);
}

/* Refuses every kernel whose payload we could not find or not run. */
static int check_kind(const struct setup_header *h, const char **error)
{
    if (h->version < FIRST_HEADER_VERSION || !(h->loadflags & LOADFLAGS_HIGH))
        return fail(error, "is a 16-bit zImage, not a bzImage");
    if (h->version < PAYLOAD_VERSION)
        return fail(error, "is a bzImage older than boot protocol 2.08 "
                           "(Linux 2.6.26), which has no payload to find");
    if (h->version >= XLOADFLAGS_VERSION && !(h->xloadflags & XLF_KERNEL_64))
        return fail(error, "is a 32-bit kernel");
    return 0;
}

/* Sets the payload's slice, if the image holds all of it. */
static int find_payload(const uint8_t *image, size_t bytes,
                        const struct setup_header *h, struct bzimage *bz,
                        const char **error)
{
    uint64_t sects = h->setup_sects ? h->setup_sects : DEFAULT_SETUP_SECTS;
    /* At most 128 KiB and two 32-bit values: no overflow in 64 bits. */
    uint64_t start = (sects + 1) * SECTOR_BYTES + h->payload_offset;
    uint64_t end = start + h->payload_length;

    if (!h->payload_length)
        return fail(error, "is a bzImage without a payload");
    if (end > bytes)
        return fail(error, "is a truncated bzImage");
    bz->protocol = h->version;
    bz->payload = image + start;
    bz->payload_bytes = h->payload_length;
    return 0;
}

int bzimage_parse(const void *image, size_t bytes, struct bzimage *bz,
                  const char **error)
{
    struct setup_header h;
    int rc;

    if (!bzimage_is_one(image, bytes))
        return fail(error, "is not a kernel");
    if (bytes < HEADER_AT + sizeof(h))
        return fail(error, "is a truncated bzImage");
    read_header(image, bytes, &h);
    rc = check_kind(&h, error);
    return rc ? rc : find_payload(image, bytes, &h, bz, error);
}
