/* typing.c - what is typed at the console: lines, an interrupt, single keys;
 * and the size of its window. */
/* args: --prompt ready --input hello --input "two words" --input end
 * --await interrupt --key gone\\x03 --await raw --key ab\\x03q typing */
/* expect: 0 failures */
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "check.h"

static volatile sig_atomic_t changes, interrupts;

static void on_change(int signal)
{
    changes += signal == SIGWINCH;
    interrupts += signal == SIGINT;
}

static void window(void)
{
    struct winsize w = {0}, old;

    signal(SIGWINCH, on_change);
    CHECK(ioctl(1, TIOCGWINSZ, &old) == 0 && old.ws_row == 24);
    CHECK(old.ws_col == 80 && ioctl(0, TIOCSWINSZ, &old) == 0 && !changes);
    w.ws_row = 50;
    w.ws_col = 132;
    CHECK(ioctl(0, TIOCSWINSZ, &w) == 0 && changes == 1);
    CHECK(ioctl(1, TIOCGWINSZ, &old) == 0 && old.ws_col == 132);
    FAILS(ioctl(0, TIOCGWINSZ, NULL), EFAULT);
    FAILS(ioctl(0, TIOCSWINSZ, (void *)0x10), EFAULT);
}

/* What is typed so far is thrown away by an interrupt; then key by key. */
static void keys(const struct termios *usual)
{
    struct termios raw = *usual;
    char c = 0;
    int n = 0;

    signal(SIGINT, on_change);
    puts("interrupt");
    while (!interrupts)
        usleep(1000);
    CHECK(interrupts == 1);
    cfmakeraw(&raw);
    CHECK(tcsetattr(0, TCSAFLUSH, &raw) == 0);
    puts("raw");
    while (read(0, &c, 1) == 1 && c != 'q')
        n++;
    CHECK(n == 3 && interrupts == 1);
    raw.c_cc[VMIN] = 0;
    CHECK(tcsetattr(0, TCSANOW, &raw) == 0);
    CHECK(read(0, &c, 1) == 0);
    CHECK(tcsetattr(0, TCSANOW, usual) == 0);
}

int main(void)
{
    struct pollfd p = {.fd = 0, .events = POLLIN};
    struct termios mode;
    char line[80] = "";

    CHECK(isatty(0) && tcgetattr(0, &mode) == 0 && mode.c_lflag & ICANON);
    CHECK(poll(&p, 1, 0) == 0);
    window();
    CHECK(tcdrain(1) == 0 && tcflush(0, TCIFLUSH) == 0);
    FAILS(tcflush(0, 3), EINVAL);
    CHECK(tcgetpgrp(0) == getpgrp() && tcgetsid(0) == getsid(0));
    CHECK(tcsetattr(0, TCSANOW, &mode) == 0);
    CHECK(raise(SIGTSTP) == 0 && raise(SIGTTIN) == 0);
    puts("ready");
    CHECK(poll(&p, 1, -1) == 1);
    CHECK(fgets(line, sizeof(line), stdin) && strcmp(line, "hello\n") == 0);
    CHECK(fgets(line, sizeof(line), stdin) && strcmp(line, "two words\n") == 0);
    CHECK(read(0, line, 2) == 2 && line[1] == 'n');
    CHECK(read(0, line, 80) == 2 && line[1] == '\n');
    keys(&mode);
    return done();
}
