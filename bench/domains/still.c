/* A guest that waits for nothing, and sets no timer. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    puts("STILL");
    for (;;)
        pause();
}
