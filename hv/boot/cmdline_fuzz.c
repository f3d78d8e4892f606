/*
 * boot/cmdline_fuzz.c - any text as the command line, with the options whose
 * values have parsers of their own.
 */
/* link: hv/boot/cmdline.c hv/boot/dom0_mem.c hv/console/serial_config.c
 * hv/console/loglevel.c hv/lib/option.c hv/lib/string.c */
/* covers: hv/boot/cmdline.c hv/boot/dom0_mem.c hv/lib/option.c
 * hv/console/serial_config.c */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "boot/cmdline.h"
#include "boot/dom0_mem.h"
#include "console/loglevel.h"
#include "console/serial_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool flag;
static uint32_t small_number;
static struct dom0_mem mem;
static struct serial_config serial;
static struct log_threshold threshold;

static int parse_mem(const char *value)
{
    return value ? dom0_mem_parse(value, &mem) : -1;
}

static int parse_serial(const char *value)
{
    return value ? serial_parse_config(value, &serial) : -1;
}

static int parse_loglvl(const char *value)
{
    return value ? log_parse_threshold(value, &threshold) : -1;
}

static const struct cmdline_option options[] = {
    {.name = "noreboot", .kind = OPTION_BOOL, .target = &flag},
    {.name = "small", .kind = OPTION_U32, .target = &small_number},
    {.name = "dom0_mem", .kind = OPTION_CUSTOM, .parse = parse_mem},
    {.name = "com1", .kind = OPTION_CUSTOM, .parse = parse_serial},
    {.name = "loglvl", .kind = OPTION_CUSTOM, .parse = parse_loglvl},
};

static void report(const char *word, enum cmdline_problem why)
{
    if (strlen(word) > CMDLINE_WORD_MAX || why > CMDLINE_TOO_LONG)
        abort();
}

static void check_values(void)
{
    uint64_t pages = dom0_mem_pages(&mem, 1000);

    if (pages > 1000 || pages > dom0_mem_max_pages(&mem, 1000))
        abort();
    if (serial_divisor(&serial) == 0)
        abort();
    if (serial_line_control(&serial) > 0x3f)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *line = malloc(n + 1);

    memcpy(line, data, n);
    line[n] = '\0';
    memset(&mem, 0, sizeof(mem));
    serial = (struct serial_config){.clock_hz = 1843200, .data_bits = 8};
    cmdline_parse(line, options, ARRAY_SIZE(options), report);
    if (strlen(cmdline_guest_part(line)) > n)
        abort();
    check_values();
    free(line);
    return 0;
}
