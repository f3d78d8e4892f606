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
    uint16_t root_flags;
    uint32_t syssize;
    uint16_t ram_size;
    uint16_t vid_mode;
    uint16_t root_dev;
    uint16_t boot_flag;
    uint16_t jump;
    uint8_t magic[4];
    uint16_t version;
    uint32_t realmode_swtch;
    uint16_t start_sys_seg;
    uint16_t kernel_version;
    uint8_t type_of_loader;
    uint8_t loadflags;
    uint16_t setup_move_size;
    uint32_t code32_start;
    uint32_t ramdisk_image;
    uint32_t ramdisk_size;
    uint32_t bootsect_kludge;
    uint16_t heap_end_ptr;
    uint8_t ext_loader_ver;
    uint8_t ext_loader_type;
    uint32_t cmd_line_ptr;
    uint32_t initrd_addr_max;
    uint32_t kernel_alignment;
    uint8_t relocatable_kernel;
    uint8_t min_alignment;
    uint16_t xloadflags;
    uint32_t cmdline_size;
    uint32_t hardware_subarch;
    uint64_t hardware_subarch_data;
    uint32_t payload_offset;
    uint32_t payload_length;
} __packed;

_Static_assert(offsetof(struct setup_header, boot_flag) == 0x1fe - HEADER_AT,
               "boot_flag is at 0x1fe");
_Static_assert(offsetof(struct setup_header, version) == 0x206 - HEADER_AT,
               "version is at 0x206");
_Static_assert(offsetof(struct setup_header, loadflags) == 0x211 - HEADER_AT,
               "loadflags is at 0x211");
_Static_assert(offsetof(struct setup_header, xloadflags) == 0x236 - HEADER_AT,
               "xloadflags is at 0x236");
_Static_assert(offsetof(struct setup_header, payload_offset) ==
                   0x248 - HEADER_AT,
               "payload_offset is at 0x248");

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
