/*
 * boot/options.c - the command line's part about dom0. Layer: boot.
 */
#include "abi/errno.h"
#include "boot/boot.h"
#include "boot/cmdline.h"
#include "boot/dom0_mem.h"
#include "domain/domain.h"
#include "lib/string.h"

static struct dom0_mem memory __initdata;
static uint64_t least_vcpus __initdata, most_vcpus __initdata = VCPUS_MAX;

static int __init parse_memory(const char *value)
{
    return value ? dom0_mem_parse(value, &memory) : 0;
}

/* N, MIN-, -MAX or MIN-MAX, as Xen's. */
static int __init parse_vcpus(const char *value)
{
    uint64_t least = 0, most = VCPUS_MAX;
    const char *end = value;

    if (!value)
        return -EINVAL;
    if (*value != '-')
        least = most = str_to_u64(value, &end);
    if (*end == '-')
        most = *++end ? str_to_u64(end, &end) : (uint64_t)VCPUS_MAX;
    if (*end || end == value || least > most)
        return -EINVAL;
    least_vcpus = least;
    most_vcpus = most;
    return 0;
}

OPTION_DEFINE_CUSTOM("dom0_mem", parse_memory);
OPTION_DEFINE_CUSTOM("dom0_max_vcpus", parse_vcpus);

/* As many as there are CPUs, within the option's limits and ours. */
uint32_t __init dom0_vcpus(void)
{
    uint64_t n = MIN(MAX((uint64_t)cpus_present, least_vcpus), most_vcpus);

    return (uint32_t)MIN(MAX(n, 1UL), (uint64_t)VCPUS_MAX);
}

/* Without dom0_mem= a sixteenth, at most 128 MiB, is left (as in Xen). */
void __init dom0_sizes(uint64_t available, uint64_t *pages, uint64_t *max_pages)
{
    uint64_t left = MIN(available >> 4, (uint64_t)(128 << 20) >> PAGE_SHIFT);

    *pages = dom0_mem_pages(&memory, available - left);
    *max_pages = dom0_mem_max_pages(&memory, available - left);
}

const char *__init dom0_cmdline(const char *module_args, const char *hv_cmdline)
{
    static char line[MAX_GUEST_CMDLINE] __initdata;
    const char *more = cmdline_guest_part(hv_cmdline);
    size_t used =
        MIN(str_copy(line, module_args, sizeof(line)), sizeof(line) - 1);

    if (*more && used + 1 < sizeof(line)) {
        line[used++] = ' ';
        str_copy(line + used, more, sizeof(line) - used);
    }
    return line;
}

uint32_t __init dom0_console_info(const struct boot_video *video,
                                  struct dom0_console *console)
{
    dom0_vga_console_info_t *vga = &console->vga;

    memset(console, 0, sizeof(*console));
    if (video->kind == BOOT_VIDEO_INDEXED)
        return 0;
    if (video->kind != BOOT_VIDEO_RGB) {
        vga->video_type = XEN_VGATYPE_TEXT_MODE_3;
        vga->u.text_mode_3.rows = 25;
        vga->u.text_mode_3.columns = 80;
        vga->u.text_mode_3.font_height = 16;
        return sizeof(*vga);
    }
    vga->video_type = XEN_VGATYPE_VESA_LFB;
    vga->u.vesa_lfb.width = (uint16_t)video->width;
    vga->u.vesa_lfb.height = (uint16_t)video->height;
    vga->u.vesa_lfb.bytes_per_line = (uint16_t)video->pitch;
    vga->u.vesa_lfb.bits_per_pixel = video->bits_per_pixel;
    vga->u.vesa_lfb.lfb_base = (uint32_t)video->address;
    vga->u.vesa_lfb.ext_lfb_base = (uint32_t)(video->address >> 32);
    vga->u.vesa_lfb.lfb_size =
        DIV_ROUND_UP(video->pitch * video->height, 65536U);
    vga->u.vesa_lfb.red_pos = video->red.position;
    vga->u.vesa_lfb.red_size = video->red.size;
    vga->u.vesa_lfb.green_pos = video->green.position;
    vga->u.vesa_lfb.green_size = video->green.size;
    vga->u.vesa_lfb.blue_pos = video->blue.position;
    vga->u.vesa_lfb.blue_size = video->blue.size;
    vga->u.vesa_lfb.rsvd_pos = video->reserved.position;
    vga->u.vesa_lfb.rsvd_size = video->reserved.size;
    vga->u.vesa_lfb.gbl_caps = video->vbe_capabilities;
    vga->u.vesa_lfb.mode_attrs = video->vbe_attributes;
    return sizeof(*vga);
}
