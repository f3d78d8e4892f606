/*
 * console_io writes what it is given, also across pages, reads nothing if
 * nothing was typed, and refuses text that cannot be read.
 */
/* not-as-guest: console_io is for the initial domain */
#include "guest.h"

void test(void)
{
    char *pages = pages_alloc(2), text[16];

    CHECK_EQ(console_io(CONSOLEIO_write, 0, text), 0);
    CHECK_EQ(console_io(CONSOLEIO_read, sizeof(text), text), 0);
    memcpy(pages + PAGE_SIZE - 5, "across a page\n", 14);
    CHECK_EQ(console_io(CONSOLEIO_write, 14, pages + PAGE_SIZE - 5), 0);
    page_unmap(pages + PAGE_SIZE);
    CHECK_EQ(console_io(CONSOLEIO_write, 14, pages + PAGE_SIZE - 5), -EFAULT);
    CHECK_EQ(console_io(CONSOLEIO_write, 1, HV_START), -EFAULT);
    CHECK_EQ(console_io(CONSOLEIO_write, 1, 0x800000000000), -EFAULT);
    CHECK_EQ(console_io(CONSOLEIO_write, 1, 0xffff830000000000), -EFAULT);
    CHECK_EQ(console_io(CONSOLEIO_write, 0x7fffffff, pages + PAGE_SIZE),
             -EFAULT);
    CHECK_EQ(console_io(99, 1, text), -ENOSYS);
}
