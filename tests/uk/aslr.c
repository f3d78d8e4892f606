/* aslr.c - where the heap, the stack and mappings are, and what random bytes
 * there are, nobody can tell beforehand. */
/* hosted: yes */
/* boots: 2 */
/* expect: 0 failures */
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

static void *thread(void *unused)
{
    printf("random thread's stack %p\n", (void *)&unused);
    return NULL;
}

int main(void)
{
    char *heap = sbrk(0), *end = heap + 10000;
    const unsigned long *given = (void *)getauxval(AT_RANDOM);
    unsigned long bytes = 0;
    pthread_t t;
    char here;

    /* musl's own brk() and sbrk() only fail. */
    CHECK(syscall(SYS_brk, end) == (long)end && sbrk(0) == end);
    heap[0] = end[-1] = 1;
    CHECK(syscall(SYS_brk, heap) == (long)heap && sbrk(0) == heap);
    CHECK(getrandom(&bytes, sizeof(bytes), 0) == sizeof(bytes));
    printf("random stack %p\n", (void *)&here);
    printf("random heap %p\n", (void *)heap);
    printf("random malloc %p\n", malloc(10));
    printf("random large %p\n", malloc(1 << 20));
    printf("random mapping %p\n",
           mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    CHECK(pthread_create(&t, NULL, thread, NULL) == 0);
    CHECK(pthread_join(t, NULL) == 0);
    printf("random bytes %lx\n", bytes);
    printf("random given %lx\n", given ? given[0] : 0);
    return done();
}
