/* io.c - block devices and TCP between machines. */
#include "pvbench.h"

int blk(const char *dev, long mib)
{
    static const long sz[] = {4096, 65536, 1 << 20};
    void *buf;
    if (posix_memalign(&buf, 1 << 20, 1 << 20))
        die("memalign");
    memset(buf, 0x5a, 1 << 20);
    int fd = CK(open(dev, O_RDWR | O_DIRECT)), id = ID_BLK;
    for (int w = 0; w < 2; w++)
        for (int s = 0; s < 3; s++, id++) {
            long cnt = (mib << 20) / sz[s], tot;
            if (sz[s] == 4096 && cnt > 4096)
                cnt = 4096;
            tot = cnt * sz[s];
            /* one pass of warm-up on the first request */
            CK(w ? pwrite(fd, buf, sz[s], 0) : pread(fd, buf, sz[s], 0));
            cur = id;
            START();
            for (long i = 0; i < cnt; i++)
                if ((w ? pwrite(fd, buf, sz[s], i * sz[s])
                       : pread(fd, buf, sz[s], i * sz[s])) != sz[s])
                    die("io");
            STOP();
            printf(
                "R %d blk_%s_%ldk n=%ld reps=1 min=%.2f mean=%.2f MiB/s=%.1f\n",
                id, w ? "wr" : "rd", sz[s] >> 10, cnt, (double)t_acc / cnt,
                (double)t_acc / cnt, tot / 1048576.0 / (t_acc / 1e9));
            fflush(stdout);
        }
    return 0;
}

int tcpsrv(int port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    int on = 1, ls = CK(socket(AF_INET, SOCK_STREAM, 0));
    static char buf[65536];
    setsockopt(ls, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    CK(bind(ls, (void *)&a, sizeof a));
    CK(listen(ls, 1));
    int s = CK(accept(ls, 0, 0));
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    long h[2];
    while (read(s, h, sizeof h) == sizeof h) { /* {op, bytes} */
        long left = h[1];
        ssize_t k;
        if (h[0] == 0) { /* sink */
            while (left > 0 &&
                   (k = read(s, buf, left < 65536 ? left : 65536)) > 0)
                left -= k;
            write(s, buf, 1);
        } else if (h[0] == 1) { /* source */
            while (left > 0 &&
                   (k = write(s, buf, left < 65536 ? left : 65536)) > 0)
                left -= k;
        } else { /* echo of single bytes */
            while (left-- > 0 && read(s, buf, 1) == 1)
                write(s, buf, 1);
        }
    }
    return 0;
}
int tcpcli(const char *ip, int port, long mib)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, ip, &a.sin_addr);
    int on = 1, s = CK(socket(AF_INET, SOCK_STREAM, 0));
    static char buf[65536];
    CK(connect(s, (void *)&a, sizeof a));
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    long pp = 300, h[2];
    ssize_t k;
    /* warm up, then ping-pong */
    for (int r = 0; r < 2; r++) {
        long n = r ? pp : 20;
        h[0] = 2;
        h[1] = n;
        write(s, h, sizeof h);
        cur = r ? ID_NET : 127;
        START();
        for (long i = 0; i < n; i++) {
            write(s, buf, 1);
            if (read(s, buf, 1) != 1)
                die("pp");
        }
        STOP();
    }
    printf("R %d net_pp n=%ld reps=1 min=%.2f mean=%.2f\n", ID_NET, pp,
           (double)t_acc / pp, (double)t_acc / pp);
    for (int r = 0; r < 2; r++) {
        long m = r ? mib : 1, left;
        h[0] = 0;
        h[1] = m << 20;
        write(s, h, sizeof h);
        cur = r ? ID_NET + 1 : 127;
        START();
        for (left = m << 20; left > 0; left -= k)
            if ((k = write(s, buf, left < 65536 ? left : 65536)) <= 0)
                die("tx");
        read(s, buf, 1);
        STOP();
    }
    printf("R %d net_tx n=%ld reps=1 min=%.2f mean=%.2f MiB/s=%.1f\n",
           ID_NET + 1, mib, (double)t_acc / mib, (double)t_acc / mib,
           mib / (t_acc / 1e9));
    for (int r = 0; r < 2; r++) {
        long m = r ? mib : 1, left;
        h[0] = 1;
        h[1] = m << 20;
        write(s, h, sizeof h);
        cur = r ? ID_NET + 2 : 127;
        START();
        for (left = m << 20; left > 0; left -= k)
            if ((k = read(s, buf, left < 65536 ? left : 65536)) <= 0)
                die("rx");
        STOP();
    }
    printf("R %d net_rx n=%ld reps=1 min=%.2f mean=%.2f MiB/s=%.1f\n",
           ID_NET + 2, mib, (double)t_acc / mib, (double)t_acc / mib,
           mib / (t_acc / 1e9));
    fflush(stdout);
    return 0;
}
