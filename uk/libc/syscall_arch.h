/*
 * syscall_arch.h - musl's border with the kernel, as a call into the Unix
 * layer instead of an instruction. Found before musl's own file of this name.
 *
 * pv_syscall (uk/sys/entry.S) takes what the instruction would take, in the
 * same registers, and keeps all others, those of SSE too. A call out of inline
 * assembly is safe because nothing here has a red zone.
 */
#define __SYSCALL_LL_E(x) (x)
#define __SYSCALL_LL_O(x) (x)

/* The program is linked with this part of the kernel. */
#define PV_WANTS(part)                                                         \
    __asm__ __volatile__(".reloc ., R_X86_64_NONE, pv_wants_" part)

/* Calls without which none of a part's others is of use. */
static __inline void __pv_wants(long n)
{
    if (!__builtin_constant_p(n))
        return;
    if (n == 41 || n == 53 || n == 282 || n == 289)
        PV_WANTS("sockets"); /* socket socketpair signalfd signalfd4 */
    if (n == 213 || n == 283 || n == 291)
        PV_WANTS("epoll"); /* epoll_create timerfd_create epoll_create1 */
    if (n == 240 || n == 241)
        PV_WANTS("mqueue"); /* mq_open mq_unlink */
}

#define PV_SYSCALL(...)                                                        \
    __pv_wants(n);                                                             \
    __asm__ __volatile__("call pv_syscall"                                     \
                         : "=a"(ret)                                           \
                         : __VA_ARGS__                                         \
                         : "rcx", "r11", "memory", "cc");                      \
    return ret

static __inline long __syscall0(long n)
{
    long ret;
    PV_SYSCALL("a"(n));
}

static __inline long __syscall1(long n, long a)
{
    long ret;
    PV_SYSCALL("a"(n), "D"(a));
}

static __inline long __syscall2(long n, long a, long b)
{
    long ret;
    PV_SYSCALL("a"(n), "D"(a), "S"(b));
}

static __inline long __syscall3(long n, long a, long b, long c)
{
    long ret;
    PV_SYSCALL("a"(n), "D"(a), "S"(b), "d"(c));
}

static __inline long __syscall4(long n, long a, long b, long c, long d)
{
    long ret;
    register long r10 __asm__("r10") = d;
    PV_SYSCALL("a"(n), "D"(a), "S"(b), "d"(c), "r"(r10));
}

static __inline long __syscall5(long n, long a, long b, long c, long d, long e)
{
    long ret;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    PV_SYSCALL("a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8));
}

static __inline long __syscall6(long n, long a, long b, long c, long d, long e,
                                long f)
{
    long ret;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    PV_SYSCALL("a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9));
}
