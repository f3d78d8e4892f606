# A system call at which a thread can be cancelled: musl compares where a thread
# was interrupted with __cp_begin and __cp_end.
# __syscall_cp_asm(int *cancel, nr, a, b, c, d, e, f)
.text
.global __cp_begin
.hidden __cp_begin
.global __cp_end
.hidden __cp_end
.global __cp_cancel
.hidden __cp_cancel
.hidden __cancel
.global __syscall_cp_asm
.hidden __syscall_cp_asm
.type __syscall_cp_asm,@function
__syscall_cp_asm:
__cp_begin:
	cmpl $0, (%rdi)
	jne __cp_cancel
	mov %rsi, %rax
	mov %rdx, %rdi
	mov %rcx, %rsi
	mov %r8, %rdx
	mov %r9, %r10
	mov 8(%rsp), %r8
	mov 16(%rsp), %r9
	call pv_syscall
__cp_end:
	ret
__cp_cancel:
	jmp __cancel
.size __syscall_cp_asm, .-__syscall_cp_asm
.section .note.GNU-stack,"",@progbits
