/* tty.c - see tty.h. */
#include <signal.h>

#include "lib/string.h"
#include "vfs/tty.h"

enum { CONTROL = 0x1f, DELETE = 0x7f, TAB_KEY = 9 };

void tty_init(struct tty *t)
{
    static const struct termios initial = {
        .c_iflag = ICRNL | IXON,
        .c_oflag = OPOST | ONLCR,
        .c_cflag = CS8 | CREAD | B38400,
        .c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | IEXTEN,
        .c_cc = {[VINTR] = 3,
                 [VQUIT] = 28,
                 [VERASE] = DELETE,
                 [VKILL] = 21,
                 [VEOF] = 4,
                 [VMIN] = 1,
                 [VSUSP] = 26},
    };

    t->mode = initial;
}

static bool has(const struct tty *t, tcflag_t flag)
{
    return t->mode.c_lflag & flag;
}

static bool is_key(const struct tty *t, char c, unsigned key)
{
    return t->mode.c_cc[key] && (unsigned char)c == t->mode.c_cc[key];
}

static void echo(struct tty *t, char c)
{
    char shown[2] = {'^', (char)(c ^ 0x40)};

    if (c == '\n' && (has(t, ECHO) || has(t, ECHONL)))
        t->echo("\r\n", 2);
    else if (has(t, ECHO) && has(t, ECHOCTL) && c != TAB_KEY &&
             ((unsigned char)c <= CONTROL || c == DELETE))
        t->echo(shown, 2);
    else if (has(t, ECHO))
        t->echo(&c, 1);
}

static bool is_mark(const struct tty *t, size_t at)
{
    return t->marks[at / 64] >> at % 64 & 1;
}

static void put_ready(struct tty *t, char c, bool mark)
{
    size_t at = (t->first + t->readable) % TTY_BYTES;

    if (t->readable == TTY_BYTES)
        return;
    t->ready[at] = c;
    t->marks[at / 64] &= ~(1UL << at % 64);
    t->marks[at / 64] |= (uint64_t)mark << at % 64;
    t->readable++;
}

/* A line for which there is no room is lost as a whole. */
static void finish_line(struct tty *t, bool mark)
{
    bool fits = t->typed + mark <= TTY_BYTES - t->readable;

    for (size_t i = 0; fits && i < t->typed; i++)
        put_ready(t, t->line[i], false);
    if (fits && mark)
        put_ready(t, 0, true);
    t->typed = 0;
    t->lines += fits;
}

static bool ends_line(const struct tty *t, size_t at)
{
    return is_mark(t, at) || t->ready[at] == '\n';
}

/* A last line without an end gets one. */
static void count_lines(struct tty *t)
{
    bool ended = true;

    t->lines = 0;
    for (size_t i = 0; i < t->readable; i++) {
        ended = ends_line(t, (t->first + i) % TTY_BYTES);
        t->lines += ended;
    }
    if (ended)
        return;
    put_ready(t, 0, true);
    t->lines++;
}

static void release_typed(struct tty *t)
{
    for (size_t i = 0; i < t->typed; i++)
        put_ready(t, t->line[i], false);
    t->typed = 0;
}

void tty_set_mode(struct tty *t, const struct termios *mode)
{
    bool lines = has(t, ICANON);

    t->mode = *mode;
    if (lines && !has(t, ICANON))
        release_typed(t);
    if (!lines && has(t, ICANON))
        count_lines(t);
}

void tty_flush(struct tty *t)
{
    t->typed = t->readable = t->lines = 0;
}

static void erase(struct tty *t)
{
    if (t->typed == 0)
        return;
    t->typed--;
    if (has(t, ECHO))
        t->echo("\b \b", 3);
}

static bool type_signal(struct tty *t, char c)
{
    int signal = is_key(t, c, VINTR)   ? SIGINT
                 : is_key(t, c, VQUIT) ? SIGQUIT
                                       : 0;

    if (!signal || !has(t, ISIG))
        return false;
    echo(t, c);
    if (!has(t, NOFLSH))
        tty_flush(t);
    t->signal(signal);
    return true;
}

static void type_canonical(struct tty *t, char c)
{
    if (is_key(t, c, VERASE)) {
        erase(t);
    } else if (is_key(t, c, VKILL)) {
        while (t->typed)
            erase(t);
    } else if (is_key(t, c, VEOF)) {
        finish_line(t, true);
    } else if (c == '\n') {
        echo(t, c);
        if (t->typed < TTY_BYTES)
            t->line[t->typed++] = c;
        finish_line(t, false);
    } else if (t->typed < TTY_BYTES - 1) {
        echo(t, c);
        t->line[t->typed++] = c;
    }
}

void tty_type(struct tty *t, char c)
{
    if (c == '\r' && t->mode.c_iflag & IGNCR)
        return;
    if (c == '\r' && t->mode.c_iflag & ICRNL)
        c = '\n';
    else if (c == '\n' && t->mode.c_iflag & INLCR)
        c = '\r';
    if (type_signal(t, c))
        return;
    if (has(t, ICANON)) {
        type_canonical(t, c);
        return;
    }
    echo(t, c);
    put_ready(t, c, false);
}

bool tty_is_ready(const struct tty *t)
{
    if (has(t, ICANON))
        return t->lines > 0;
    return t->readable > 0 || t->mode.c_cc[VMIN] == 0;
}

size_t tty_count(const struct tty *t)
{
    size_t n = 0;

    for (size_t i = 0; i < t->readable; i++)
        n += !is_mark(t, (t->first + i) % TTY_BYTES);
    return n;
}

/* The next of what is ready; true if a line ends with it. */
static bool take(struct tty *t, char *to, size_t *n)
{
    size_t at = t->first;

    t->first = (at + 1) % TTY_BYTES;
    t->readable--;
    if (!is_mark(t, at))
        to[(*n)++] = t->ready[at];
    return ends_line(t, at);
}

/* A mark goes with the last byte before it, or it would be an end of its own.
 */
size_t tty_read(struct tty *t, char *to, size_t size)
{
    bool lines = has(t, ICANON), ended = false;
    size_t n = 0;

    if (lines && !t->lines)
        return 0;
    while (!ended && t->readable > 0 &&
           (n < size || (n > 0 && is_mark(t, t->first)))) {
        if (!take(t, to, &n))
            continue;
        t->lines -= t->lines > 0;
        ended = lines;
    }
    if (t->readable == 0)
        t->lines = 0; /* there was no room for the end of the last */
    return n;
}
