/* console_file.c - the console as a file with a line discipline. Layer: vfs. */
#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "lib/string.h"
#include "vfs/tty.h"
#include "vfs/wait.h"
#include "xen/console.h"

enum { MODE_BYTES = 36 }; /* what the kernel has of it ends behind c_cc */

static struct tty tty;
static struct winsize window = {.ws_row = 24, .ws_col = 80};

static void take_signal(int signal)
{
    signal_send_simple(NULL, signal, SI_KERNEL);
}

static void input(const char *text, size_t n)
{
    while (n-- > 0)
        tty_type(&tty, *text++);
    files_changed();
}

static long console_read(struct file *f, void *to, size_t size, uint64_t at)
{
    long error = size ? file_wait(f, POLLIN) : 0;

    (void)at;
    if (error)
        return error;
    return space_allows(to, size, PROT_WRITE) ? (long)tty_read(&tty, to, size)
                                              : -EFAULT;
}

static long console_file_write(struct file *f, const void *from, size_t size,
                               uint64_t at)
{
    (void)f, (void)at;
    console_write(from, size);
    return (long)size;
}

static void set_mode(const void *from)
{
    struct termios mode = tty.mode;

    memcpy(&mode, from, MODE_BYTES);
    tty_set_mode(&tty, &mode);
    files_changed();
}

static long console_ioctl(struct file *f, unsigned long request, void *argument)
{
    int n = (int)tty_count(&tty);

    (void)f;
    switch (request) {
    case TIOCGWINSZ:
        memcpy(argument, &window, sizeof(window));
        return 0;
    case TIOCSWINSZ:
        if (memcmp(&window, argument, sizeof(window)) != 0)
            take_signal(SIGWINCH);
        memcpy(&window, argument, sizeof(window));
        return 0;
    /* Nothing waits to be written; the process leads its group. */
    case TCSBRK:
        return 0;
    case TCXONC:
        return (uintptr_t)argument <= TCION ? 0 : -EINVAL;
    case TCFLSH:
        if ((uintptr_t)argument > TCIOFLUSH)
            return -EINVAL;
        if ((uintptr_t)argument != TCOFLUSH)
            tty_flush(&tty);
        return 0;
    case TIOCGPGRP:
    case TIOCGSID:
        memcpy(argument, &(int){1}, sizeof(int));
        return 0;
    case FIONREAD:
        memcpy(argument, &n, sizeof(n));
        return 0;
    case TCGETS:
        memcpy(argument, &tty.mode, MODE_BYTES);
        return 0;
    case TCSETSF:
        tty_flush(&tty);
        set_mode(argument);
        return 0;
    case TCSETS:
    case TCSETSW:
        set_mode(argument);
        return 0;
    default:
        return -ENOTTY;
    }
}

static short console_poll(struct file *f)
{
    (void)f;
    return (short)(POLLOUT | (tty_is_ready(&tty) ? POLLIN : 0));
}

const struct file_ops console_ops = {
    .read = console_read,
    .write = console_file_write,
    .ioctl = console_ioctl,
    .poll = console_poll,
};

void console_file_init(void)
{
    tty.echo = console_write;
    tty.signal = take_signal;
    tty_init(&tty);
    console_listen(input);
}
