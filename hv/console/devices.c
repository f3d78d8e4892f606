/*
 * console/devices.c - which devices show the console's text, and where what is
 * typed at them goes. Layer: console. Locks: the console's (printk.c).
 */
#include "console/console.h"

#include "abi/errno.h"
#include "console/console_internal.h"
#include "console/input.h"
#include "console/serial.h"
#include "console/vga.h"
#include "lib/option.h"
#include "lib/string.h"

/* What console= and vga= say: the defaults are Xen's. */
struct device_choice {
    bool serial[SERIAL_PORTS];
    bool vga;
};

static struct device_choice chosen = {.serial = {true, false}, .vga = true};
static bool keep_vga;
static enum console_line line;

static struct console_input input = {.switch_key = 'a' & 0x1f};
static void (*input_hook)(void);
static void (*key_handler)(char key);

/* conswitch=KEY[x]: the control key; with 'x' dom0 does not start with it. */
static int __init parse_conswitch(const char *value)
{
    char c = value ? (char)(value[0] | 0x20) : '\0';

    if (!value || (c >= 'a' && c <= 'z'))
        input.switch_key = c & 0x1f;
    else
        return -EINVAL;
    input.to_hypervisor = value && value[1] == 'x';
    return 0;
}

static bool choose(struct device_choice *choice, const char *name)
{
    if (strcmp(name, "com1") == 0)
        choice->serial[SERIAL_COM1] = true;
    else if (strcmp(name, "com2") == 0)
        choice->serial[SERIAL_COM2] = true;
    else if (strcmp(name, "vga") == 0)
        choice->vga = true;
    else
        return strcmp(name, "none") == 0;
    return true;
}

/* A list with a device that we do not know is refused as a whole. */
static int __init parse_console(const char *value)
{
    struct device_choice choice = {.vga = false};
    char item[16];

    if (!value)
        value = "none";
    while (option_next_item(&value, item, sizeof(item))) {
        if (!choose(&choice, item))
            return -EINVAL;
    }
    chosen = choice;
    return 0;
}

/* The mode is left as it is, so only words that ask for that are taken. */
static int __init parse_vga(const char *value)
{
    char item[16];

    if (!value)
        return -EINVAL;
    keep_vga = false;
    while (option_next_item(&value, item, sizeof(item))) {
        if (strcmp(item, "keep") == 0)
            keep_vga = true;
        else if (strcmp(item, "current") != 0 &&
                 strcmp(item, "text-80x25") != 0)
            return -EINVAL;
    }
    return 0;
}

OPTION_DEFINE_CUSTOM("console", parse_console);
OPTION_DEFINE_CUSTOM("vga", parse_vga);
OPTION_DEFINE_CUSTOM("conswitch", parse_conswitch);

void devices_write(const char *text, size_t n, enum console_line owner)
{
    if (n == 0)
        return;
    if (line != LINE_NONE && line != owner) {
        line = LINE_NONE;
        devices_write("\n", 1, owner);
    }
    for (unsigned int port = 0; port < SERIAL_PORTS; port++)
        serial_write(port, text, n);
    vga_write(text, n);
    line = text[n - 1] == '\n' ? LINE_NONE : owner;
}

enum console_line devices_line(void)
{
    return line;
}

static void replay_com1(const char *text, size_t n)
{
    serial_write(SERIAL_COM1, text, n);
}

static void replay_com2(const char *text, size_t n)
{
    serial_write(SERIAL_COM2, text, n);
}

static void __init configure_port(enum serial_port port,
                                  void (*replay)(const char *text, size_t n))
{
    bool had_it = serial_is_open(port);

    if (!chosen.serial[port])
        serial_close(port);
    else if (serial_open(port) && !had_it)
        console_replay(replay);
}

void __init console_init_early(void)
{
    log_register(console_vprintk, console_panic);
    console_lock();
    if (serial_open(SERIAL_COM1))
        console_replay(replay_com1);
    console_unlock();
}

void __init console_init(void)
{
    console_lock();
    configure_port(SERIAL_COM1, replay_com1);
    configure_port(SERIAL_COM2, replay_com2);
    console_unlock();
}

bool console_wants_vga(void)
{
    return chosen.vga;
}

void __init console_init_vga(void *text_memory)
{
    console_lock();
    vga_init(text_memory);
    console_replay(vga_write);
    console_unlock();
}

void console_release_vga(void)
{
    if (keep_vga)
        return;
    console_lock();
    vga_release();
    console_unlock();
}

void console_write_guest(const char *text, size_t n)
{
    console_lock();
    devices_write(text, n, LINE_GUEST);
    console_unlock();
}

void console_set_input_hook(void (*fn)(void))
{
    input_hook = fn;
}

void console_set_key_handler(void (*fn)(char key))
{
    key_handler = fn;
}

void console_debug_key(char key)
{
    if (key_handler)
        key_handler(key);
}

size_t console_read_input(char *buf, size_t n)
{
    size_t done;

    console_lock();
    done = input_pop(&input, buf, n);
    console_unlock();
    return done;
}

/* Returns -1 when no port has received anything. */
static int receive_from_any(void)
{
    int c = -1;

    for (unsigned int port = 0; port < SERIAL_PORTS && c < 0; port++)
        c = serial_read(port);
    return c;
}

static void announce_switch(void)
{
    printk(XENLOG_INFO "*** Serial input to %s (type 'CTRL-%c' three times to "
                       "switch input)\n",
           input.to_hypervisor ? "Paravane" : "DOM0", input.switch_key + 0x60);
}

static void deliver(const struct input_result *result, bool to_hypervisor)
{
    if (result->switched)
        announce_switch();
    for (unsigned int i = 0; i < result->count; i++) {
        if (to_hypervisor)
            console_debug_key(result->chars[i]);
    }
    if (result->count && !to_hypervisor && input_hook)
        input_hook();
}

/* Returns false when there was nothing. */
static bool receive_one(void)
{
    struct input_result result;
    bool to_hypervisor;
    int c;

    console_lock();
    c = receive_from_any();
    if (c < 0) {
        console_unlock();
        return false;
    }
    result = input_receive(&input, (char)c);
    to_hypervisor = input.to_hypervisor;
    for (unsigned int i = 0; i < result.count && !to_hypervisor; i++)
        input_push(&input, result.chars[i]);
    console_unlock();
    deliver(&result, to_hypervisor);
    return true;
}

void console_poll_input(void)
{
    unsigned int limit = 256; /* a broken UART must not hang us */

    while (limit-- > 0 && receive_one())
        ;
}

void serial_interrupt(void)
{
    console_poll_input();
}
