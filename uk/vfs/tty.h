/*
 * tty.h - the line discipline: what is typed becomes lines, echo and signals.
 * Layer: vfs. Pure. Source: POSIX.1-2017, 11.
 */
#ifndef UK_VFS_TTY_H
#define UK_VFS_TTY_H

#include <termios.h>

#include "lib/types.h"

enum { TTY_BYTES = 4096 };

struct tty {
    struct termios mode;
    char line[TTY_BYTES]; /* what is being typed */
    size_t typed;
    char ready[TTY_BYTES];          /* what can be read; a ring */
    uint64_t marks[TTY_BYTES / 64]; /* which of it is no byte, but VEOF */
    size_t first, readable;
    size_t lines; /* in it: ended by a newline or a mark */
    void (*echo)(const char *text, size_t n);
    void (*signal)(int signal);
};

void tty_init(struct tty *t);
/* What is typed, or was read as bytes so far, can be read as the new mode says:
 * behind a change to lines the last one ends where it stands. */
void tty_set_mode(struct tty *t, const struct termios *mode);
void tty_type(struct tty *t, char c);
/* Is there something, or the end, to be read at once? */
bool tty_is_ready(const struct tty *t);
/* At most a line in canonical mode; 0 is the end of the file. */
size_t tty_read(struct tty *t, char *to, size_t size);
/* How many bytes there are to be read, and forgets them and what is typed. */
size_t tty_count(const struct tty *t);
void tty_flush(struct tty *t);

#endif
