/* proc.c - /proc and /etc as programs read them. */
/* args: ./proc one 'two three' */
/* expect: 0 failures */
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static char text[65536];

static const char *file(const char *name)
{
    int fd = open(name, O_RDONLY);
    ssize_t n, sum = 0;

    while ((n = read(fd, text + sum, 100)) > 0)
        sum += n;
    text[sum] = 0;
    close(fd);
    return fd < 0 ? "" : text;
}

/* Programs fall back to that. */
static void is_read_only_by_read(void)
{
    int fd = open("/proc/self/maps", O_RDONLY), to = memfd_create("to", 0);

    FAILS(sendfile(to, fd, NULL, 100), EINVAL);
    CHECK(copy_file_range(fd, NULL, to, NULL, 100, 0) == -1);
    CHECK(errno == EINVAL || errno == EXDEV);
    CHECK(mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED);
    CHECK(errno == ENODEV);
    close(fd);
    close(to);
}

static void is_about_itself(void)
{
    char link[64] = "", line[64];
    unsigned long start, end;
    void *page =
        mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int found = 0;
    FILE *f;

    CHECK(memcmp(file("/proc/self/cmdline"), "proc\0one\0two three", 19) == 0);
    CHECK(strcmp(file("/proc/self/comm"), "proc\n") == 0);
    CHECK(strncmp(file("/proc/1/stat"), "1 (proc) R 0 1", 14) == 0);
    CHECK(strstr(file("/proc/self/status"), "\nThreads:\t1\n"));
    CHECK(strstr(file("/proc/meminfo"), "\nMemFree: "));
    CHECK(strstr(file("/proc/cpuinfo"), "model name\t: "));
    CHECK(readlink("/proc/self/exe", link, sizeof(link)) == 5 &&
          strcmp(link, "/proc") == 0);
    f = fopen("/proc/self/maps", "r");
    while (f && fgets(text, sizeof(text), f))
        if (sscanf(text, "%lx-%lx %63s", &start, &end, line) == 3 &&
            start <= (unsigned long)page && end >= (unsigned long)page + 8192)
            found = strcmp(line, "r--p") == 0;
    CHECK(found && f && fclose(f) == 0);
    FAILS(open("/proc/self/nothing", O_RDONLY), ENOENT);
    is_read_only_by_read();
}

static unsigned long of_meminfo(const char *name)
{
    unsigned long kib = 0;
    const char *at = strstr(file("/proc/meminfo"), name);

    CHECK(at && sscanf(at + strlen(name), ": %lu kB", &kib) == 1);
    return kib;
}

/* What is taken is no longer free, and is again. */
static void counts_memory(void)
{
    enum { TAKEN = 8 << 20 };
    unsigned long total = of_meminfo("MemTotal"), free = of_meminfo("MemFree");
    void *p = mmap(NULL, TAKEN, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

    CHECK(total > 24 << 10 && total <= 32 << 10 && free < total);
    CHECK(of_meminfo("MemAvailable") <= free);
    CHECK(of_meminfo("MemFree") <= free - (TAKEN >> 10));
    CHECK(munmap(p, TAKEN) == 0 && of_meminfo("MemFree") >= free - 64);
}

static void names_descriptors(void)
{
    char name[64], link[300];
    int fd = open("/tmp/a file", O_RDWR | O_CREAT, 0600), again, ends[2];
    ssize_t n;
    unsigned found = 0;
    struct dirent *e;
    DIR *d;

    sprintf(name, "/proc/self/fd/%d", fd);
    n = readlink(name, link, sizeof(link));
    CHECK(n == 11 && memcmp(link, "/tmp/a file", 11) == 0);
    CHECK(unlink("/tmp/a file") == 0 && write(fd, "kept", 4) == 4);
    sprintf(name, "/dev/fd/%d", fd);
    again = open(name, O_RDONLY);
    CHECK(again >= 0 && read(again, link, 9) == 4);
    close(again);
    close(fd);
    FAILS(open(name, O_RDONLY), ENOENT);
    CHECK(pipe(ends) == 0);
    sprintf(name, "/proc/self/fd/%d", ends[0]);
    CHECK(readlink(name, link, sizeof(link)) > 5 &&
          memcmp(link, "pipe:[", 6) == 0);
    d = opendir("/proc/self/fd");
    while (d && (e = readdir(d)))
        found |= 1U << atoi(e->d_name);
    CHECK((found & 7) == 7 && found & 1U << ends[1]);
    CHECK(ttyname(0) && strncmp(ttyname(0), "/dev/", 5) == 0);
    if (d)
        closedir(d);
}

static void knows_where_it_is(void)
{
    char link[64];

    CHECK(mkdir("/tmp/here", 0700) == 0 && chdir("/tmp/here") == 0);
    CHECK(readlink("/proc/self/cwd", link, sizeof(link)) == 9 &&
          memcmp(link, "/tmp/here", 9) == 0);
    close(open("file", O_RDWR | O_CREAT, 0600));
    CHECK(access("/proc/self/cwd/file", R_OK) == 0 && unlink("file") == 0);
    CHECK(chdir("/") == 0 && readlink("/proc/self/cwd", link, 64) == 1);
    CHECK(rmdir("/tmp/here") == 0);
}

/* /proc is a file system of its own, in which only the kernel makes names. */
static void keeps_its_names(void)
{
    char link_of[64], other[64], target[64];
    int fd = memfd_create("kept", 0), ends[2];
    ssize_t n;

    CHECK(fd >= 0 && pipe(ends) == 0);
    close(open("/tmp/file", O_RDWR | O_CREAT, 0600));
    sprintf(link_of, "/proc/self/fd/%d", fd);
    FAILS(link(link_of, "/tmp/linked"), EXDEV);
    FAILS(link("/proc/self/stat", "/tmp/linked"), EXDEV);
    FAILS(link("/proc/self/cwd", "/tmp/linked"), EXDEV);
    FAILS(link("/tmp/file", "/proc/self/fd/77"), ENOENT);
    FAILS(link("/tmp/file", link_of), EEXIST);
    FAILS(rename(link_of, "/tmp/moved"), EXDEV);
    FAILS(rename("/tmp/file", "/proc/self/fd/77"), EXDEV);
    FAILS(rename("/proc/self/fd", "/tmp/moved"), EXDEV);
    FAILS(rename(link_of, "/proc/self/fd/77"), ENOENT);
    FAILS(access("/tmp/linked", F_OK), ENOENT);
    FAILS(mkdir("/proc/self/fd/77", 0700), ENOENT);
    FAILS(mkfifo("/proc/self/fd/77", 0600), ENOENT);
    FAILS(symlink("x", "/proc/self/fd/77"), ENOENT);
    FAILS(open("/proc/self/new", O_CREAT | O_RDWR, 0600), ENOENT);
    FAILS(unlink(link_of), EPERM);
    FAILS(unlink("/proc/self/stat"), EPERM);
    FAILS(rmdir(link_of), ENOTDIR);
    FAILS(rmdir("/proc/self/fd"), EPERM);
    sprintf(other, "/proc/self/fd/%d", ends[0]);
    n = readlink(other, target, sizeof(target));
    CHECK(truncate("/tmp/file", n) == 0);
    FAILS(rename("/tmp/file", other), EXDEV);
    CHECK(readlink(other, target, sizeof(target)) == n);
    CHECK(linkat(AT_FDCWD, "/tmp/file", AT_FDCWD, "/tmp/linked", 0) == 0);
    CHECK(unlink("/tmp/file") == 0 && unlink("/tmp/linked") == 0);
    close(ends[0]);
    close(ends[1]);
    close(fd);
}

/* A text is whole or not there. */
static void without_memory(void)
{
    enum { PAGE = 4096, PAGES = 6000, STEP = 64 * PAGE, STEPS = 512 };
    char *many = mmap(NULL, (size_t)PAGES * PAGE, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    static void *taken[STEPS];
    static char part[PAGE];
    int fd = open("/proc/self/maps", O_RDONLY), n = 0, lines = 0;
    ssize_t got;

    for (int i = 0; i < PAGES; i += 2)
        CHECK(mprotect(many + (size_t)i * PAGE, PAGE, PROT_READ) == 0);
    while (n < STEPS &&
           (taken[n] = mmap(NULL, STEP, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) != MAP_FAILED)
        n++;
    CHECK(n > 0 && n < STEPS);
    while ((got = read(fd, part, sizeof(part))) > 0)
        for (ssize_t i = 0; i < got; i++)
            lines += part[i] == '\n';
    CHECK(got == 0 ? lines >= PAGES : errno == ENOMEM && !lines);
    while (n > 0)
        munmap(taken[--n], STEP);
    CHECK(munmap(many, (size_t)PAGES * PAGE) == 0);
    CHECK(read(fd, part, sizeof(part)) > 0 || lines);
    close(fd);
}

static void knows_root(void)
{
    CHECK(getpwuid(0) && strcmp(getpwuid(0)->pw_name, "root") == 0);
    CHECK(getpwnam("nobody") && getgrgid(0));
}

int main(void)
{
    is_about_itself();
    counts_memory();
    names_descriptors();
    knows_where_it_is();
    keeps_its_names();
    without_memory();
    knows_root();
    return done();
}
