/*
 * disk_check.c DEVICE [MB] - writes MB (200) of a pattern to a raw disk, half
 * through the cache and half directly, and reads all of it back directly.
 * Prints the checksum of what was read.
 */
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/ioctl.h>

#include "check.h"

#define CHUNK_BYTES (1UL << 20)
#define WORDS       (CHUNK_BYTES / sizeof(uint64_t))

static uint64_t *buffer;

static uint64_t word_value(size_t chunk, size_t word)
{
    return (chunk * WORDS + word + 1) * 0x9e3779b97f4a7c15ULL;
}

static void write_chunk(int fd, size_t chunk)
{
    for (size_t i = 0; i < WORDS; i++)
        buffer[i] = word_value(chunk, i);
    CHECK(pwrite(fd, buffer, CHUNK_BYTES, (off_t)(chunk * CHUNK_BYTES)) ==
          (ssize_t)CHUNK_BYTES);
}

static void write_range(const char *device, int flags, size_t begin, size_t end)
{
    int fd = open(device, O_WRONLY | flags);

    CHECK(fd >= 0);
    for (size_t chunk = begin; chunk < end; chunk++)
        write_chunk(fd, chunk);
    CHECK(fsync(fd) == 0);
    CHECK(ioctl(fd, BLKFLSBUF, 0) == 0);
    CHECK(close(fd) == 0);
}

static uint64_t read_range(const char *device, size_t chunks)
{
    int fd = open(device, O_RDONLY | O_DIRECT);
    uint64_t sum = 0;

    CHECK(fd >= 0);
    for (size_t chunk = 0; chunk < chunks; chunk++) {
        CHECK(pread(fd, buffer, CHUNK_BYTES, (off_t)(chunk * CHUNK_BYTES)) ==
              (ssize_t)CHUNK_BYTES);
        for (size_t i = 0; i < WORDS; i++) {
            if (buffer[i] != word_value(chunk, i))
                fail("MB %zu, word %zu is %#lx", chunk, i, buffer[i]);
            sum = sum * 31 + buffer[i];
        }
    }
    CHECK(close(fd) == 0);
    return sum;
}

int main(int argc, char **argv)
{
    size_t chunks = argc > 2 ? (size_t)atol(argv[2]) : 200;

    if (argc < 2)
        skip("a disk is wanted");
    buffer = map_anonymous(CHUNK_BYTES);
    write_range(argv[1], 0, 0, chunks / 2);
    write_range(argv[1], O_DIRECT, chunks / 2, chunks);
    return pass("%zu MB written to %s and read back, checksum %016lx", chunks,
                argv[1], read_range(argv[1], chunks));
}
