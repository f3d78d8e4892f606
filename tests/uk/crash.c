/* crash.c - a wild pointer without a handler: registers, and a crash, whose
 * functions the harness names. */
/* expect: signal: 11 SIGSEGV */
/* expect: crash: page fault (14), error 0, address 10 */
/* expect: wild at crash.c:10 */
/* expect: main at crash.c:17 */
/* exit: 134 */
__attribute__((noinline)) static int wild(unsigned long at)
{
    return *(volatile int *)at;
}

int main(void)
{
    volatile unsigned long nowhere = 16;

    return wild(nowhere) + (int)nowhere;
}
