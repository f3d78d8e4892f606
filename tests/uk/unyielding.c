/* unyielding.c - a thread that never gives way does not keep the end away. */
/* hosted: yes */
/* exit: 5 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static void *run(void *arg)
{
    for (volatile unsigned long n = 0;;)
        n++;
    return arg;
}

int main(void)
{
    pthread_t t;

    if (pthread_create(&t, NULL, run, NULL))
        return 1;
    usleep(30000);
    exit(5);
}
