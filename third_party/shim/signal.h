/*
 * third_party/shim/signal.h - what liblzma's mythread.h needs to compile a
 * function that nobody calls.
 */
typedef int sigset_t;
static inline int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    (void)how;
    (void)set;
    (void)old;
    return 0;
}
