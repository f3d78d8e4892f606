/* sys.h - the calls of syscalls.def, by Linux's prototypes. Layer: sys. */
#ifndef UK_SYS_SYS_H
#define UK_SYS_SYS_H

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "lib/types.h"

struct signal_action;
struct msghdr;
struct mq_attr;
struct timespec;
struct itimerval;
struct itimerspec;
struct sigevent;
struct pollfd;
struct rlimit;
struct tms;
struct rusage;
struct statfs;
struct epoll_event;
struct sched_param;
struct sysinfo;
struct timeval;
struct utsname;

long sys_accept(int fd, void *name, uint32_t *size);
long sys_accept4(int fd, void *name, uint32_t *size, int flags);
long sys_access(const char *path, int mode);
long sys_alarm(unsigned seconds);
long sys_bind(int fd, const void *name, uint32_t size);
long sys_brk(uint64_t end);
long sys_chdir(const char *path);
long sys_chmod(const char *path, mode_t mode);
long sys_chown(const char *path, uid_t uid, gid_t gid);
long sys_clock_getres(int clock, struct timespec *out);
long sys_clock_gettime(int clock, struct timespec *out);
long sys_clock_nanosleep(int clock, int flags, const struct timespec *time,
                         struct timespec *rest);
long sys_clock_settime(int clock, const struct timespec *time);
long sys_clone(uint64_t flags, uint64_t sp, int *parent_tid, int *child_tid,
               uint64_t tls);
long sys_close(int fd);
long sys_connect(int fd, const void *name, uint32_t size);
long sys_copy_file_range(int in_fd, int64_t *from, int out_fd, int64_t *to,
                         size_t size, unsigned flags);
long sys_dup(int fd);
long sys_dup2(int fd, int to);
long sys_dup3(int fd, int to, int flags);
long sys_epoll_create(int size);
long sys_epoll_create1(int flags);
long sys_epoll_ctl(int epoll, int operation, int fd,
                   const struct epoll_event *event);
long sys_epoll_pwait(int epoll, struct epoll_event *out, int room,
                     int timeout_ms, const uint64_t *mask, size_t size);
long sys_epoll_wait(int epoll, struct epoll_event *out, int room,
                    int timeout_ms);
long sys_eventfd(unsigned count);
long sys_eventfd2(unsigned count, int flags);
long sys_exit(int status);
long sys_exit_group(int status);
long sys_faccessat(int fd, const char *path, int mode);
long sys_faccessat2(int fd, const char *path, int mode, int flags);
long sys_fadvise64(int fd, int64_t at, int64_t size, int advice);
long sys_fallocate(int fd, int mode, int64_t at, int64_t size);
long sys_fchdir(int fd);
long sys_fchmod(int fd, mode_t mode);
long sys_fchmodat(int fd, const char *path, mode_t mode);
long sys_fchown(int fd, uid_t uid, gid_t gid);
long sys_fchownat(int fd, const char *path, uid_t uid, gid_t gid, int flags);
long sys_fcntl(int fd, int command, uint64_t argument);
long sys_fdatasync(int fd);
long sys_flock(int fd, int how);
long sys_fstat(int fd, struct stat *out);
long sys_fstatfs(int fd, struct statfs *out);
long sys_fsync(int fd);
long sys_ftruncate(int fd, int64_t size);
long sys_futex(uint32_t *word, int op, uint32_t value, uint64_t fourth,
               uint32_t *other, uint32_t last);
long sys_futimesat(int fd, const char *path, const struct timeval *times);
long sys_get_robust_list(int tid, void **list, size_t *size);
long sys_getcpu(unsigned *cpu, unsigned *node);
long sys_getcwd(char *out, size_t size);
long sys_getdents64(int fd, void *out, size_t size);
long sys_getegid(void);
long sys_geteuid(void);
long sys_getgid(void);
long sys_getgroups(int size, gid_t *list);
long sys_getitimer(int which, struct itimerval *out);
long sys_getpeername(int fd, void *name, uint32_t *size);
long sys_getpgid(int pid);
long sys_getpgrp(void);
long sys_getpid(void);
long sys_getppid(void);
long sys_getpriority(int which, unsigned who);
long sys_getrandom(void *to, size_t n, unsigned flags);
long sys_getresgid(gid_t *real, gid_t *effective, gid_t *saved);
long sys_getresuid(uid_t *real, uid_t *effective, uid_t *saved);
long sys_getrlimit(unsigned which, struct rlimit *out);
long sys_getrusage(int who, struct rusage *out);
long sys_getsid(int pid);
long sys_getsockname(int fd, void *name, uint32_t *size);
long sys_getsockopt(int fd, int level, int option, void *out, uint32_t *size);
long sys_gettid(void);
long sys_gettimeofday(struct timeval *out, void *zone);
long sys_getuid(void);
long sys_ioctl(int fd, unsigned long request, void *argument);
long sys_kill(int pid, int signal);
long sys_lchown(const char *path, uid_t uid, gid_t gid);
long sys_link(const char *old, const char *path);
long sys_linkat(int from, const char *old, int fd, const char *path, int flags);
long sys_listen(int fd, int backlog);
long sys_lseek(int fd, int64_t offset, int whence);
long sys_lstat(const char *path, struct stat *out);
long sys_madvise(uint64_t start, uint64_t length, int advice);
long sys_membarrier(int command, unsigned flags);
long sys_memfd_create(const char *name, unsigned flags);
long sys_mincore(uint64_t start, uint64_t length, unsigned char *out);
long sys_mkdir(const char *path, mode_t mode);
long sys_mkdirat(int fd, const char *path, mode_t mode);
long sys_mknod(const char *path, mode_t mode, dev_t device);
long sys_mknodat(int fd, const char *path, mode_t mode, dev_t device);
long sys_mlock(uint64_t start, uint64_t length);
long sys_mlock2(uint64_t start, uint64_t length, unsigned flags);
long sys_mlockall(int flags);
long sys_mmap(uint64_t start, uint64_t length, int prot, int flags, int fd,
              uint64_t offset);
long sys_mprotect(uint64_t start, uint64_t length, int prot);
long sys_mq_getsetattr(int fd, const struct mq_attr *new, struct mq_attr *old);
long sys_mq_notify(int fd, const struct sigevent *event);
long sys_mq_open(const char *name, int flags, mode_t mode,
                 const struct mq_attr *attributes);
long sys_mq_timedreceive(int fd, char *to, size_t size, unsigned *priority,
                         const struct timespec *time);
long sys_mq_timedsend(int fd, const char *data, size_t size, unsigned priority,
                      const struct timespec *time);
long sys_mq_unlink(const char *name);
long sys_mremap(uint64_t start, uint64_t old, uint64_t new, int flags);
long sys_msync(uint64_t start, uint64_t length, int flags);
long sys_munlock(uint64_t start, uint64_t length);
long sys_munlockall(void);
long sys_munmap(uint64_t start, uint64_t length);
long sys_nanosleep(const struct timespec *time, struct timespec *rest);
long sys_newfstatat(int fd, const char *path, struct stat *out, int flags);
long sys_open(const char *path, int flags, mode_t mode);
long sys_openat(int fd, const char *path, int flags, mode_t mode);
long sys_pause(void);
long sys_pipe(int *fds);
long sys_pipe2(int *fds, int flags);
long sys_poll(struct pollfd *fds, size_t n, int timeout_ms);
long sys_ppoll(struct pollfd *fds, size_t n, const struct timespec *time,
               const uint64_t *mask, size_t size);
long sys_prctl(int option, uint64_t argument);
long sys_pread64(int fd, void *to, size_t n, int64_t at);
long sys_preadv(int fd, const struct iovec *parts, int count, int64_t at);
long sys_prlimit64(int pid, unsigned which, const struct rlimit *new,
                   struct rlimit *old);
long sys_pselect6(int n, uint64_t *in, uint64_t *out, uint64_t *other,
                  const struct timespec *time, const uint64_t *const *mask);
long sys_pwrite64(int fd, const void *from, size_t n, int64_t at);
long sys_pwritev(int fd, const struct iovec *parts, int count, int64_t at);
long sys_read(int fd, void *to, size_t n);
long sys_readlink(const char *path, char *out, size_t size);
long sys_readlinkat(int fd, const char *path, char *out, size_t size);
long sys_readv(int fd, const struct iovec *parts, int count);
long sys_recvfrom(int fd, void *to, size_t n, int flags, void *name,
                  uint32_t *size);
long sys_recvmsg(int fd, struct msghdr *h, int flags);
long sys_rename(const char *old, const char *path);
long sys_renameat(int fd, const char *old, int to_fd, const char *path);
long sys_renameat2(int fd, const char *old, int to_fd, const char *path,
                   unsigned flags);
long sys_rmdir(const char *path);
long sys_rt_sigaction(int signal, const struct signal_action *new,
                      struct signal_action *old, size_t size);
long sys_rt_sigpending(uint64_t *set, size_t size);
long sys_rt_sigprocmask(int how, const uint64_t *new, uint64_t *old,
                        size_t size);
long sys_rt_sigqueueinfo(int pid, int signal, const siginfo_t *info);
long sys_rt_sigreturn(void);
long sys_rt_sigsuspend(const uint64_t *mask, size_t size);
long sys_rt_sigtimedwait(const uint64_t *set, siginfo_t *info,
                         const struct timespec *time, size_t size);
long sys_rt_tgsigqueueinfo(int pid, int tid, int signal, const siginfo_t *info);
long sys_sched_get_priority_max(int policy);
long sys_sched_get_priority_min(int policy);
long sys_sched_getaffinity(int tid, size_t size, uint64_t *mask);
long sys_sched_getparam(int tid, struct sched_param *out);
long sys_sched_getscheduler(int tid);
long sys_sched_rr_get_interval(int tid, struct timespec *out);
long sys_sched_setaffinity(int tid, size_t size, const uint64_t *mask);
long sys_sched_setparam(int tid, const struct sched_param *param);
long sys_sched_setscheduler(int tid, int policy,
                            const struct sched_param *param);
long sys_sched_yield(void);
long sys_select(int n, uint64_t *in, uint64_t *out, uint64_t *other,
                struct timeval *time);
long sys_sendfile(int out_fd, int in_fd, int64_t *at, size_t size);
long sys_sendmsg(int fd, const struct msghdr *h, int flags);
long sys_sendto(int fd, const void *from, size_t n, int flags, const void *name,
                uint32_t size);
long sys_set_robust_list(void *list, size_t size);
long sys_set_thread_area(uint64_t base);
long sys_set_tid_address(int *at);
long sys_setdomainname(const char *from, size_t size);
long sys_setgid(gid_t id);
long sys_setgroups(size_t size, const gid_t *list);
long sys_sethostname(const char *from, size_t size);
long sys_setitimer(int which, const struct itimerval *new,
                   struct itimerval *old);
long sys_setpgid(int pid, int to);
long sys_setpriority(int which, unsigned who, int to);
long sys_setregid(gid_t real, gid_t effective);
long sys_setresgid(gid_t real, gid_t effective, gid_t saved);
long sys_setresuid(uid_t real, uid_t effective, uid_t saved);
long sys_setreuid(uid_t real, uid_t effective);
long sys_setrlimit(unsigned which, const struct rlimit *new);
long sys_setsid(void);
long sys_setsockopt(int fd, int level, int option, const void *value,
                    uint32_t size);
long sys_settimeofday(const struct timeval *time, const void *zone);
long sys_setuid(uid_t id);
long sys_shutdown(int fd, int how);
long sys_sigaltstack(const stack_t *new, stack_t *old);
long sys_signalfd(int fd, const uint64_t *mask, size_t size);
long sys_signalfd4(int fd, const uint64_t *mask, size_t size, int flags);
long sys_socket(int domain, int type, int protocol);
long sys_socketpair(int domain, int type, int protocol, int *fds);
long sys_stat(const char *path, struct stat *out);
long sys_statfs(const char *path, struct statfs *out);
long sys_symlink(const char *target, const char *path);
long sys_symlinkat(const char *target, int fd, const char *path);
long sys_sync(void);
long sys_syncfs(int fd);
long sys_sysinfo(struct sysinfo *out);
long sys_tgkill(int pid, int tid, int signal);
long sys_timer_create(int clock, const struct sigevent *event, int *id);
long sys_timer_delete(int id);
long sys_timer_getoverrun(int id);
long sys_timer_gettime(int id, struct itimerspec *out);
long sys_timer_settime(int id, int flags, const struct itimerspec *new,
                       struct itimerspec *old);
long sys_timerfd_create(int clock, int flags);
long sys_timerfd_gettime(int fd, struct itimerspec *out);
long sys_timerfd_settime(int fd, int flags, const struct itimerspec *new,
                         struct itimerspec *old);
long sys_times(struct tms *out);
long sys_tkill(int tid, int signal);
long sys_truncate(const char *path, int64_t size);
long sys_umask(mode_t mask);
long sys_uname(struct utsname *out);
long sys_unlink(const char *path);
long sys_unlinkat(int fd, const char *path, int flags);
long sys_utimensat(int fd, const char *path, const struct timespec *times,
                   int flags);
long sys_utimes(const char *path, const struct timeval *times);
long sys_wait4(int pid, int *status, int options, struct rusage *usage);
long sys_waitid(int type, unsigned id, siginfo_t *info, int options);
long sys_write(int fd, const void *from, size_t n);
long sys_writev(int fd, const struct iovec *parts, int count);

#endif
