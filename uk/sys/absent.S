/*
 * absent.S - calls of parts that are linked only with programs that want them
 * (uk/split), where they are not. Layer: sys.
 *
 * What makes a descriptor of a part's kind is not there. A program without it
 * has none, so what is done with one answers what it does for any other.
 */
    .macro absent calls:vararg
    .irp call, \calls
    .weak sys_\call
sys_\call:
    .endr
    .endm

    .text
absent epoll_create, epoll_create1, mq_open, mq_unlink, signalfd, signalfd4, \
    socket, socketpair, timerfd_create
    mov $-38, %rax
    ret

absent mq_getsetattr, mq_notify, mq_timedreceive, mq_timedsend
    mov $-9, %rax
    ret

absent epoll_ctl, epoll_pwait, epoll_wait, timerfd_gettime, timerfd_settime
    push $-22
    jmp 1f

absent accept, accept4, bind, connect, getpeername, getsockname, getsockopt, \
    listen, recvfrom, recvmsg, sendmsg, sendto, setsockopt, shutdown
    push $-88

/* EBADF, or the other of those two errors if it is open. */
1:  call fd_find
    pop %rdx
    test %rax, %rax
    mov $-9, %rax
    cmovnz %rdx, %rax
    ret

/* Nothing is one, so the others are not called. */
    .weak file_is_socket, socket_is_netlink
    .weak socket_receive, socket_send, socket_tell
file_is_socket:
socket_is_netlink:
socket_tell:
socket_receive:
socket_send:
    xor %eax, %eax
    ret

    .section .note.GNU-stack, "", @progbits
