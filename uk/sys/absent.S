/*
 * absent.S - calls of parts that are linked only with programs that want them
 * (uk/split), where they are not. Layer: sys.
 */
    .text
    .irp call, accept, accept4, bind, connect, getpeername, getsockname, \
        getsockopt, listen, recvfrom, recvmsg, sendmsg, sendto, setsockopt, \
        shutdown, signalfd, signalfd4, socket, socketpair, epoll_create, \
        epoll_create1, epoll_ctl, epoll_pwait, epoll_wait, timerfd_create, \
        timerfd_gettime, timerfd_settime, mq_getsetattr, mq_notify, mq_open, \
        mq_timedreceive, mq_timedsend, mq_unlink
    .weak sys_\call
sys_\call:
    .endr
    mov $-38, %rax
    ret

/* Nothing is one, so the others are not called. */
    .weak file_is_socket, socket_receive, socket_send
file_is_socket:
socket_receive:
socket_send:
    xor %eax, %eax
    ret

    .section .note.GNU-stack, "", @progbits
