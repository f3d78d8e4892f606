/* hello.c - arguments, the environment and the exit status arrive. */
/* hosted: yes */
/* args: -e NAME="a b" hello one "two three" */
/* expect: hello one|two three|a b|/ */
/* exit: 3 */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    if (argc < 3 || !getenv("NAME"))
        return 1;
    printf("%s %s|%s|%s|%s\n", argv[0], argv[1], argv[2], getenv("NAME"),
           getenv("HOME"));
    return 3;
}
