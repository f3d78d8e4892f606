# __clone(fn, stack, flags, arg, ptid, tls, ctid): the child starts as a return
# from its call with 0, on its own stack, where the function and its argument lie.
.text
.global __clone
.hidden __clone
.type __clone,@function
__clone:
	and $-16, %rsi
	sub $16, %rsi
	mov %rdi, (%rsi)
	mov %rcx, 8(%rsi)
	mov %edx, %edi
	mov %r8, %rdx
	mov 8(%rsp), %r10
	mov %r9, %r8
	mov $56, %eax
	call pv_syscall
	test %eax, %eax
	jnz 1f
	xor %ebp, %ebp
	pop %rax
	pop %rdi
	call *%rax
	mov %eax, %edi
	mov $60, %eax
	call pv_syscall
	hlt
1:	ret
.size __clone, .-__clone
.section .note.GNU-stack,"",@progbits
