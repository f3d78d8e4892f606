/* crash.c - a wild pointer without a handler: registers, and a crash. */
/* expect: signal: 11 SIGSEGV */
/* exit: 134 */
int main(void)
{
    volatile unsigned long nowhere = 16;

    return *(volatile int *)nowhere;
}
