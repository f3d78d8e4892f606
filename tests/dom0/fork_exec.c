/* fork_exec.c - 200 children are forked, run a new image and are reaped. */
#include <sys/wait.h>

#include "check.h"

#define CHILDREN 200

static void run_child(int number)
{
    char text[16];
    char *arguments[] = {"fork_exec", "child", text, NULL};
    int status;
    pid_t pid = fork();

    CHECK(pid >= 0);
    if (pid == 0) {
        snprintf(text, sizeof(text), "%d", number % 100);
        execv("/proc/self/exe", arguments);
        _exit(255);
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK(WIFEXITED(status));
    CHECK_EQUAL(WEXITSTATUS(status), number % 100);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "child") == 0)
        return atoi(argv[2]);
    for (int i = 0; i < CHILDREN; i++)
        run_child(i);
    return pass("%d children forked, executed and reaped", CHILDREN);
}
