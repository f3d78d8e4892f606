/*
 * syscall.c - musl's syscall(), whose number is not known before it is called:
 * a program that has it is linked with all of the kernel's parts.
 */
#define _BSD_SOURCE
#include <stdarg.h>
#include <unistd.h>

#include <syscall.h>

#undef syscall

long syscall(long n, ...)
{
    long argument[6];
    va_list list;

    PV_WANTS("sockets");
    PV_WANTS("epoll");
    PV_WANTS("mqueue");
    va_start(list, n);
    for (int i = 0; i < 6; i++)
        argument[i] = va_arg(list, long);
    va_end(list);
    return __syscall_ret(__syscall6(n, argument[0], argument[1], argument[2],
                                    argument[3], argument[4], argument[5]));
}
