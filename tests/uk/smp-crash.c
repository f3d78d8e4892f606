/* smp-crash.c - all threads crash at once: one of them is told of. */
/* args: --vcpus 4 --smp 2 smp-crash */
/* expect: signal: 11 SIGSEGV */
/* once: crash: */
/* exit: 134 */
#include <pthread.h>
#include <stddef.h>

enum { THREADS = 4 };

static pthread_barrier_t together;

static void *fall(void *arg)
{
    volatile unsigned long nowhere = 16;

    pthread_barrier_wait(&together);
    *(volatile int *)nowhere = 1;
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_barrier_init(&together, NULL, THREADS);
    for (int i = 1; i < THREADS; i++)
        pthread_create(&t, NULL, fall, NULL);
    fall(NULL);
    return 0;
}
