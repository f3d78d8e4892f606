/* typing.c - lines that are typed at the console, with editing, and the end. */
/* args: --prompt ready --input hello --input "two words" --input end typing */
/* expect: 0 failures */
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include "check.h"

int main(void)
{
    struct pollfd p = {.fd = 0, .events = POLLIN};
    struct termios mode;
    char line[80] = "";

    CHECK(isatty(0) && tcgetattr(0, &mode) == 0 && mode.c_lflag & ICANON);
    CHECK(poll(&p, 1, 0) == 0);
    puts("ready");
    CHECK(poll(&p, 1, -1) == 1);
    CHECK(fgets(line, sizeof(line), stdin) && strcmp(line, "hello\n") == 0);
    CHECK(fgets(line, sizeof(line), stdin) && strcmp(line, "two words\n") == 0);
    CHECK(read(0, line, 2) == 2 && line[1] == 'n');
    CHECK(read(0, line, 80) == 2 && line[1] == '\n');
    return done();
}
