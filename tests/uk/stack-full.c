/* stack-full.c - recursion without end and without a handler: a message,
 * registers, and a crash. */
/* expect: signal: 11 SIGSEGV */
/* expect: the stack is full */
/* exit: 134 */
static volatile int one = 1;

__attribute__((noinline)) static int recurse(int n)
{
    return one ? recurse(n + 1) + recurse(n + 2) : n;
}

int main(void)
{
    return recurse(1);
}
