/*
 * console/printk.c - messages of the hypervisor: levels, prefixes, the log
 * ring. Layer: console. `lock` covers everything in this room's shells; it is
 * a leaf of the lock order, and hooks are called without it.
 */
#include "console/console.h"

#include "abi/errno.h"
#include "console/console_internal.h"
#include "console/log_ring.h"
#include "console/loglevel.h"
#include "cpu/spinlock.h"
#include "lib/option.h"
#include "lib/printf.h"
#include "lib/string.h"

#define MESSAGE_MAX 1024
#define RING_SIZE   32768U
#define PREFIX      "(XEN) "

static struct spinlock lock = SPINLOCK_INIT(LOCK_CONSOLE);

static char ring_bytes[RING_SIZE];
static struct log_ring ring = {.buf = ring_bytes, .size = RING_SIZE};

static struct log_policy policy = {
    .own = {.always = LOG_DEBUG, .limited = LOG_DEBUG},
    .guest = {.always = LOG_ERR, .limited = LOG_INFO},
};
static uint64_t (*clock_ns)(void);
static void (*log_hook)(void);
static bool timestamps;

static bool unfinished; /* the last message had no "\n" at its end */
static enum log_verdict last_verdict = LOG_SHOW;
static bool ring_in_line;

static int __init parse_loglvl(const char *value)
{
    return log_parse_threshold(value ? value : "none", &policy.own);
}

static int __init parse_guest_loglvl(const char *value)
{
    return log_parse_threshold(value ? value : "none", &policy.guest);
}

/* none, boot, or a boolean; the other forms of Xen need a wall clock. */
static int __init parse_timestamps(const char *value)
{
    int flag = option_parse_bool(value ? value : "no");

    if (flag < 0 && strcmp(value, "none") == 0)
        flag = 0;
    else if (flag < 0 && strcmp(value, "boot") == 0)
        flag = 1;
    if (flag < 0)
        return -EINVAL;
    timestamps = flag;
    return 0;
}

OPTION_DEFINE_CUSTOM("loglvl", parse_loglvl);
OPTION_DEFINE_CUSTOM("guest_loglvl", parse_guest_loglvl);
OPTION_DEFINE_CUSTOM("console_timestamps", parse_timestamps);

void console_lock(void)
{
    spin_lock(&lock);
}

void console_unlock(void)
{
    spin_unlock(&lock);
}

void console_force_unlock(void)
{
    spin_reset(&lock);
}

void console_set_clock(uint64_t (*now_ns)(void))
{
    clock_ns = now_ns;
}

void console_set_log_hook(void (*fn)(void))
{
    log_hook = fn;
}

uint64_t console_clock_ns(void)
{
    return clock_ns ? clock_ns() : 0;
}

static size_t make_prefix(char *buf, size_t size)
{
    uint64_t us = console_clock_ns() / 1000;

    if (!timestamps)
        return str_copy(buf, PREFIX, size);
    return (size_t)str_format(buf, size, PREFIX "[%5lu.%06lu] ", us / 1000000,
                              us % 1000000);
}

static void ring_write(const char *text, size_t n)
{
    log_ring_write(&ring, text, n);
    ring_in_line = text[n - 1] != '\n';
}

/* One line of a message, with or without its "\n". */
static void write_line(const char *text, size_t n, bool show)
{
    char prefix[48];
    size_t prefix_length = make_prefix(prefix, sizeof(prefix));

    if (!ring_in_line)
        ring_write(prefix, prefix_length);
    ring_write(text, n);
    if (!show)
        return;
    if (devices_line() != LINE_OWN)
        devices_write(prefix, prefix_length, LINE_OWN);
    devices_write(text, n, LINE_OWN);
}

static void write_text(const char *text, size_t n, bool show)
{
    while (n > 0) {
        const char *newline = memchr(text, '\n', n);
        size_t line = newline ? (size_t)(newline - text) + 1 : n;

        write_line(text, line, show);
        text += line;
        n -= line;
    }
}

/* A new message begins: one that was left unfinished gets its newline. */
static void finish_line(bool show)
{
    if (ring_in_line)
        ring_write("\n", 1);
    if (show && devices_line() == LINE_OWN)
        devices_write("\n", 1, LINE_OWN);
}

static void report_lost(uint32_t lost)
{
    char text[48];
    int n =
        str_format(text, sizeof(text), "%u guest messages suppressed\n", lost);

    finish_line(true);
    write_text(text, (size_t)n, true);
}

/* Takes the level off the format and decides. */
static enum log_verdict judge(const char **fmt)
{
    struct log_level level = log_take_level(fmt);
    enum log_verdict verdict;
    uint32_t lost;

    if (!level.given && unfinished)
        return last_verdict;
    verdict = log_judge(&policy, level, console_clock_ns(), &lost);
    if (lost)
        report_lost(lost);
    if (verdict != LOG_DROP)
        finish_line(verdict == LOG_SHOW);
    return verdict;
}

void console_vprintk(const char *fmt, va_list args)
{
    static char message[MESSAGE_MAX];
    size_t n;

    console_lock();
    last_verdict = judge(&fmt);
    n = (size_t)str_vformat(message, sizeof(message), fmt, args);
    n = MIN(n, sizeof(message) - 1);
    unfinished = n > 0 && message[n - 1] != '\n';
    if (last_verdict != LOG_DROP)
        write_text(message, n, last_verdict == LOG_SHOW);
    console_unlock();
    if (log_hook)
        log_hook();
}

size_t console_ring_read(uint32_t *index, char *buf, size_t n, bool clear)
{
    size_t done;

    console_lock();
    done = log_ring_read(&ring, index, buf, n);
    if (clear)
        log_ring_drop(&ring, *index);
    console_unlock();
    return done;
}

uint32_t console_ring_oldest(void)
{
    return READ_ONCE(ring.oldest);
}

void console_replay(void (*write)(const char *text, size_t n))
{
    uint32_t index = ring.oldest;
    char piece[128];
    size_t n;

    while ((n = log_ring_read(&ring, &index, piece, sizeof(piece))) > 0)
        write(piece, n);
}
