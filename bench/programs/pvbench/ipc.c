/* ipc.c - pipes, sockets, futexes, threads: what switches processes. */
#include "pvbench.h"

void b_pipe_self(long n)
{
    int p[2];
    char c = 0;
    CK(pipe(p));
    START();
    for (long i = 0; i < n; i++) {
        sc3(SYS_write, p[1], (long)&c, 1);
        sc3(SYS_read, p[0], (long)&c, 1);
    }
    STOP();
    close(p[0]);
    close(p[1]);
}
static void pingpong(long n, int r0, int w0, int r1, int w1)
{
    char c = 0;
    pid_t pid = CK(fork());
    if (!pid) {
        for (long i = 0; i < n + 2; i++) {
            if (sc3(SYS_read, r1, (long)&c, 1) != 1)
                break;
            sc3(SYS_write, w1, (long)&c, 1);
        }
        _exit(0);
    }
    for (int i = 0; i < 2; i++) {
        sc3(SYS_write, w0, (long)&c, 1);
        sc3(SYS_read, r0, (long)&c, 1);
    }
    START();
    for (long i = 0; i < n; i++) {
        sc3(SYS_write, w0, (long)&c, 1);
        sc3(SYS_read, r0, (long)&c, 1);
    }
    STOP();
    waitpid(pid, 0, 0);
}
void b_pipe_pp(long n)
{
    int a[2], b[2];
    CK(pipe(a));
    CK(pipe(b));
    pingpong(n, b[0], a[1], a[0], b[1]);
    close(a[0]);
    close(a[1]);
    close(b[0]);
    close(b[1]);
}
void b_unix_pp(long n)
{
    int s[2];
    CK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    pingpong(n, s[0], s[0], s[1], s[1]);
    close(s[0]);
    close(s[1]);
}
static int tcp_pair(int s[2])
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t l = sizeof a;
    int on = 1, ls = socket(AF_INET, SOCK_STREAM, 0);
    if (ls < 0)
        return -1;
    if (bind(ls, (void *)&a, sizeof a) || listen(ls, 1) ||
        getsockname(ls, (void *)&a, &l)) {
        close(ls);
        return -1;
    }
    s[0] = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(s[0], (void *)&a, sizeof a)) {
        close(ls);
        close(s[0]);
        return -1;
    }
    s[1] = accept(ls, 0, 0);
    close(ls);
    for (int i = 0; i < 2; i++)
        setsockopt(s[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return 0;
}
void b_tcp_pp(long n)
{
    int s[2];
    if (tcp_pair(s)) {
        t_acc = 0;
        return;
    }
    pingpong(n, s[0], s[0], s[1], s[1]);
    close(s[0]);
    close(s[1]);
}
/* n MiB over loopback in 64 KiB writes */
void b_tcp_stream(long n)
{
    int s[2];
    if (tcp_pair(s)) {
        t_acc = 0;
        return;
    }
    static char buf[65536];
    memset(buf, 1, sizeof buf);
    pid_t pid = CK(fork());
    if (!pid) {
        long left = n << 20;
        ssize_t k;
        while (left > 0 && (k = read(s[1], buf, sizeof buf)) > 0)
            left -= k;
        write(s[1], buf, 1);
        _exit(0);
    }
    START();
    for (long i = 0; i < n * 16; i++) {
        long o = 0;
        while (o < 65536) {
            ssize_t k = write(s[0], buf + o, 65536 - o);
            if (k <= 0)
                die("w");
            o += k;
        }
    }
    read(s[0], buf, 1);
    STOP();
    waitpid(pid, 0, 0);
    close(s[0]);
    close(s[1]);
}
void b_yield_pp(long n)
{
    pid_t pid = CK(fork());
    if (!pid) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            sc0(SYS_sched_yield);
    }
    for (int i = 0; i < 4; i++)
        sc0(SYS_sched_yield);
    START();
    for (long i = 0; i < n; i++)
        sc0(SYS_sched_yield);
    STOP();
    kill(pid, SIGKILL);
    waitpid(pid, 0, 0);
}
static volatile int fx[2];
static long fxn;
static void fwait(volatile int *f, int v)
{
    while (*f != v)
        syscall(SYS_futex, f, FUTEX_WAIT_PRIVATE, *f == v ? -1 : 1 - v, 0, 0,
                0);
}
static void fset(volatile int *f, int v)
{
    *f = v;
    syscall(SYS_futex, f, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
}
static void *fth(void *a)
{
    for (long i = 0; i < fxn; i++) {
        fwait(&fx[0], 1);
        fx[0] = 0;
        fset(&fx[1], 1);
    }
    return a;
}
void b_futex_pp(long n)
{
    pthread_t t;
    fx[0] = fx[1] = 0;
    fxn = n + 2;
    if (pthread_create(&t, 0, fth, 0))
        die("pthread");
    for (int i = 0; i < 2; i++) {
        fset(&fx[0], 1);
        fwait(&fx[1], 1);
        fx[1] = 0;
    }
    START();
    for (long i = 0; i < n; i++) {
        fset(&fx[0], 1);
        fwait(&fx[1], 1);
        fx[1] = 0;
    }
    STOP();
    pthread_join(t, 0);
}
static void *nth(void *a)
{
    return a;
}
void b_thread(long n)
{
    START();
    for (long i = 0; i < n; i++) {
        pthread_t t;
        if (pthread_create(&t, 0, nth, 0))
            die("pthread");
        pthread_join(t, 0);
    }
    STOP();
}
