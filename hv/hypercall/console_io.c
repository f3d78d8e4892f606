/*
 * hypercall/console_io.c - dom0's console. Layer: hypercall.
 */
#include "console/console.h"
#include "hypercall/hypercall.h"

#define CHUNK 128

static long console_write(uint64_t text, uint64_t count)
{
    char buf[CHUNK];

    for (uint64_t done = 0; done < count;) {
        size_t n = MIN(count - done, (uint64_t)CHUNK);

        if (guest_read(buf, guest_ptr(text + done), n))
            return -EFAULT;
        console_write_guest(buf, n);
        done += n;
        if (done < count && preempt_point())
            return hypercall_continue(
                3, (uint64_t[]){CONSOLEIO_write, count - done, text + done});
    }
    return 0;
}

static long console_read(uint64_t buffer, uint64_t count)
{
    char buf[CHUNK];
    size_t n = console_read_input(buf, MIN(count, (uint64_t)CHUNK));

    if (guest_write(guest_ptr(buffer), buf, n))
        return -EFAULT;
    return (long)n;
}

long hypercall_console_io(uint64_t cmd, uint64_t count, uint64_t buffer)
{
    if (!current_domain->privileged)
        return -EPERM;
    count = (uint32_t)count;
    switch ((uint32_t)cmd) {
    case CONSOLEIO_write:
        return console_write(buffer, count);
    case CONSOLEIO_read:
        return console_read(buffer, count);
    default:
        return hypercall_unknown("console_io", cmd);
    }
}
