/* files.c - directories, links, renaming, reading and writing, as POSIX says.
 */
/* expect: 0 failures */
/* files: files.c check.h */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "check.h"

static struct stat st;

static void reading_and_writing(void)
{
    char text[16] = "";
    int fd = open("a", O_RDWR | O_CREAT | O_EXCL, 0640);
    struct iovec parts[2] = {{"one", 3}, {"two", 3}};

    CHECK(fd == 3 && fstat(fd, &st) == 0 && st.st_mode == (S_IFREG | 0640));
    CHECK(writev(fd, parts, 2) == 6 && lseek(fd, 0, SEEK_END) == 6);
    CHECK(pread(fd, text, 16, 2) == 4 && strcmp(text, "etwo") == 0);
    CHECK(lseek(fd, 10000, SEEK_SET) == 10000 && write(fd, "x", 1) == 1);
    CHECK(fstat(fd, &st) == 0 && st.st_size == 10001);
    CHECK(pread(fd, text, 1, 5000) == 1 && text[0] == 0);
    CHECK(ftruncate(fd, 3) == 0 && ftruncate(fd, 6) == 0);
    CHECK(pread(fd, text, 16, 0) == 6 && memcmp(text, "one\0\0\0", 6) == 0);
    FAILS(lseek(fd, -1, SEEK_SET), EINVAL);
    FAILS(ftruncate(fd, -1), EINVAL);
    FAILS(open("a", O_CREAT | O_EXCL, 0600), EEXIST);
    CHECK(dup2(fd, 20) == 20 && close(fd) == 0);
    CHECK(lseek(20, 0, SEEK_CUR) == 10001 && close(20) == 0);
    FAILS(close(20), EBADF);
    fd = open("a", O_RDONLY);
    FAILS(write(fd, "x", 1), EBADF);
    FAILS(ftruncate(fd, 0), EINVAL);
    close(fd);
    fd = open(".", O_PATH | O_NOFOLLOW); /* a place, and nothing else */
    CHECK(fd == 3 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode));
    CHECK(faccessat(fd, "a", F_OK, 0) == 0);
    FAILS(getdents(fd, (struct dirent *)(void *)text, 16), EBADF);
    FAILS(ftruncate(fd, 0), EBADF);
    close(fd);
}

/* Room that is not all there is enough for what comes. */
static void reading_little(void)
{
    const size_t page = 4096;
    char *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *end = p + page;
    int fd = open("little", O_RDWR | O_CREAT, 0600);

    CHECK(munmap(end, page) == 0 && write(fd, "abcd", 4) == 4);
    CHECK(pread(fd, end - 4, page, 0) == 4 && memcmp(end - 4, "abcd", 4) == 0);
    CHECK(pread(fd, end - 1, page, 3) == 1 && end[-1] == 'd');
    CHECK(pread(fd, end, page, 4) == 0);
    FAILS(pread(fd, end, page, 3), EFAULT);
    CHECK(munmap(p, page) == 0 && unlink("little") == 0 && close(fd) == 0);
}

static void names(void)
{
    char text[64];

    CHECK(mkdir("d", 0777) == 0 && stat("d", &st) == 0);
    CHECK(st.st_mode == (S_IFDIR | 0755) && st.st_nlink == 2);
    FAILS(mkdir("d", 0777), EEXIST);
    FAILS(mkdir("x/y", 0777), ENOENT);
    FAILS(mkdir("a/y", 0777), ENOTDIR);
    CHECK(link("a", "d/b") == 0 && stat("a", &st) == 0 && st.st_nlink == 2);
    FAILS(link("d", "e"), EPERM);
    FAILS(rmdir("d"), ENOTEMPTY);
    FAILS(unlink("d"), EISDIR);
    FAILS(rmdir("a"), ENOTDIR);
    CHECK(rename("d/b", "d/c") == 0 && stat("d/b", &st) == -1);
    FAILS(rename("d", "d/e"), EINVAL);
    CHECK(symlink("d/c", "s") == 0 && lstat("s", &st) == 0 &&
          S_ISLNK(st.st_mode));
    CHECK(readlink("s", text, 64) == 3 && stat("s", &st) == 0 &&
          S_ISREG(st.st_mode));
    CHECK(symlink("loop", "loop") == 0);
    FAILS(open("loop", O_RDONLY), ELOOP);
    FAILS(open("s", O_RDONLY | O_NOFOLLOW), ELOOP);
    FAILS(open("", O_RDONLY), ENOENT);
    FAILS(open("a/", O_RDONLY), ENOTDIR);
    CHECK(chdir("d") == 0 && getcwd(text, 64) && strcmp(text, "/tmp/d") == 0);
    CHECK(access("../a", R_OK) == 0 && access("../../dev/null", W_OK) == 0);
    FAILS(access("../a", X_OK), EACCES);
    CHECK(chdir("..") == 0 && unlink("d/c") == 0 && rmdir("d") == 0);
    CHECK(unlink("s") == 0 && unlink("loop") == 0 && unlink("a") == 0);
}

static void listing(void)
{
    struct dirent *e;
    char name[16];
    int seen = 0;
    DIR *d;

    CHECK(mkdir("many", 0700) == 0 && chdir("many") == 0);
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof(name), "f%d", i);
        close(open(name, O_CREAT, 0600));
    }
    d = opendir(".");
    while (d && (e = readdir(d)) != NULL) {
        seen++;
        if (e->d_name[0] == 'f')
            CHECK(unlink(e->d_name) == 0);
    }
    CHECK(seen == 502 && closedir(d) == 0);
    CHECK(chdir("..") == 0 && rmdir("many") == 0);
}

static void what_came_with_the_domain(void)
{
    char line[80] = "";
    FILE *f = fopen("/files.c", "r");

    CHECK(f && fgets(line, sizeof(line), f) &&
          strstr(line, "directories, links"));
    CHECK(f && fclose(f) == 0);
    CHECK(stat("/check.h", &st) == 0 && st.st_size > 500);
}

static void filling(void)
{
    static char block[65536];
    int fd = open("full", O_CREAT | O_WRONLY, 0600);
    long n, sum = 0;

    while ((n = write(fd, block, sizeof(block))) > 0)
        sum += n;
    CHECK(n == -1 && errno == ENOSPC && sum > 10 << 20);
    CHECK(close(fd) == 0 && unlink("full") == 0);
    fd = open("full", O_CREAT | O_RDWR, 0600);
    CHECK(posix_fallocate(fd, 0, 1 << 30) == ENOSPC);
    CHECK(write(fd, block, sizeof(block)) == sizeof(block));
    CHECK(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 1 << 20) == 0);
    CHECK(fstat(fd, &st) == 0 && st.st_blocks == 1 << 11);
    CHECK(ftruncate(fd, sizeof(block)) == 0 && fstat(fd, &st) == 0);
    CHECK(st.st_size == sizeof(block) && st.st_blocks == sizeof(block) >> 9);
    CHECK(close(fd) == 0 && unlink("full") == 0);
    fd = open("/dev/full", O_WRONLY);
    FAILS(write(fd, "x", 1), ENOSPC);
    close(fd);
}

/* To a pipe and a socket, by a thread that is not the first. */
static void *sending(void *arg)
{
    int fd = open("/tmp/sent", O_RDWR | O_CREAT, 0600), ends[2], pair[2];
    off_t at = 1;
    char got[9];

    CHECK(write(fd, "hello", 5) == 5);
    CHECK(pipe(ends) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    CHECK(sendfile(ends[1], fd, &at, 9) == 4 && at == 5);
    CHECK(read(ends[0], got, 9) == 4 && memcmp(got, "ello", 4) == 0);
    at = 0;
    CHECK(sendfile(pair[1], fd, &at, 5) == 5);
    CHECK(read(pair[0], got, 9) == 5 && memcmp(got, "hello", 5) == 0);
    for (int i = 0; i < 2; i++) {
        close(ends[i]);
        close(pair[i]);
    }
    close(fd);
    CHECK(unlink("/tmp/sent") == 0);
    return arg;
}

int main(void)
{
    pthread_t t;

    CHECK(chdir("/tmp") == 0);
    reading_and_writing();
    reading_little();
    names();
    listing();
    what_came_with_the_domain();
    filling();
    CHECK(pthread_create(&t, NULL, sending, NULL) == 0);
    CHECK(pthread_join(t, NULL) == 0);
    return done();
}
