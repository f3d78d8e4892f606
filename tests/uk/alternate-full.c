/* alternate-full.c - handlers that do not fit the alternate stack any more: a
 * crash, and nothing below it is written to. */
/* expect: signal: 11 SIGSEGV */
/* exit: 134 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { SIZE = 16384 };

static char memory[2 * SIZE];
static char *const low = memory + SIZE;

static void again(int signal)
{
    char here;

    if (&here < low) {
        puts("below the stack");
        _exit(0);
    }
    raise(signal);
}

int main(void)
{
    struct sigaction a = {.sa_handler = again,
                          .sa_flags = SA_ONSTACK | SA_NODEFER};
    stack_t stack = {.ss_sp = low, .ss_size = SIZE};

    if (sigaltstack(&stack, NULL) == 0 && sigaction(SIGUSR1, &a, NULL) == 0)
        raise(SIGUSR1);
    return 0;
}
