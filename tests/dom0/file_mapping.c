/*
 * file_mapping.c [FOLDER] - a shared file mapping, read, write, msync and a
 * second process all see the same bytes; past the end is SIGBUS.
 */
#include <fcntl.h>
#include <sys/wait.h>

#include "probe.h"

#define PAGES 512

static int make_file(const char *folder)
{
    char name[256];
    int fd;

    snprintf(name, sizeof(name), "%s/file_mapping.XXXXXX", folder);
    fd = mkstemp(name);
    CHECK(fd >= 0);
    CHECK(unlink(name) == 0);
    CHECK(ftruncate(fd, PAGES * (off_t)PAGE_BYTES) == 0);
    return fd;
}

static void map_to_file(int fd, uint32_t *map)
{
    uint32_t word;

    for (uint32_t i = 0; i < PAGES; i++)
        map[i * PAGE_BYTES / 4 + i % 1024] = i * 7 + 1;
    CHECK(msync(map, PAGES * PAGE_BYTES, MS_SYNC) == 0);
    for (uint32_t i = 0; i < PAGES; i++) {
        CHECK(pread(fd, &word, 4, (off_t)(i * PAGE_BYTES + i % 1024 * 4)) == 4);
        CHECK_EQUAL(word, i * 7 + 1);
    }
}

static void file_to_map(int fd, const uint32_t *map)
{
    for (uint32_t i = 0; i < PAGES; i++)
        CHECK(pwrite(fd, &i, 4, (off_t)(i * PAGE_BYTES)) == 4);
    for (uint32_t i = 0; i < PAGES; i++)
        CHECK_EQUAL(map[i * PAGE_BYTES / 4], i);
}

static void between_processes(uint32_t *map)
{
    int status;
    pid_t pid = fork();

    CHECK(pid >= 0);
    if (pid == 0) {
        for (uint32_t i = 0; i < PAGES; i++)
            map[i * PAGE_BYTES / 4] += 5;
        _exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK_EQUAL(status, 0);
    for (uint32_t i = 0; i < PAGES; i++)
        CHECK_EQUAL(map[i * PAGE_BYTES / 4], i + 5);
}

static void past_the_end(int fd, uint32_t *map)
{
    CHECK(ftruncate(fd, PAGE_BYTES) == 0);
    CHECK_EQUAL(probe_read(map), 0);
    CHECK_EQUAL(probe_read((char *)map + PAGE_BYTES), SIGBUS);
    CHECK_EQUAL(probe_last.code, BUS_ADRERR);
}

int main(int argc, char **argv)
{
    int fd = make_file(argc > 1 ? argv[1] : "/tmp");
    uint32_t *map = mmap(NULL, PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE,
                         MAP_SHARED, fd, 0);

    CHECK((void *)map != MAP_FAILED);
    probe_init();
    map_to_file(fd, map);
    file_to_map(fd, map);
    between_processes(map);
    past_the_end(fd, map);
    return pass("%d mapped file pages, two processes", PAGES);
}
