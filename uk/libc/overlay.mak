# overlay.mak - appended to musl's config.mak: builds the pristine tree with the
# border with the kernel replaced. OVERLAY is this folder. musl reads config.mak
# behind the definition of its variables, so they can be changed here.

# First of all options, so that syscall_arch.h is found here.
CFLAGS_C99FSE += -I$(OVERLAY)

# Without their assembly the generic C files of the same names are taken.
# __set_thread_area, __unmapself, vfork and restore hold the instruction; exp2l
# (with expm1l) and fenv write below the stack.
DROPPED = thread/x86_64/clone thread/x86_64/syscall_cp \
    thread/x86_64/__unmapself thread/x86_64/__set_thread_area \
    process/x86_64/vfork signal/x86_64/restore math/x86_64/exp2l \
    math/x86_64/expm1l fenv/x86_64/fenv
ARCH_SRCS = $(sort $(filter-out $(DROPPED:%=$(srcdir)/src/%.s), \
    $(wildcard $(ARCH_GLOBS))))

OVERLAID = src/thread/clone.o src/thread/syscall_cp.o src/fenv/fenv.o \
    src/misc/syscall.o
REPLACED_OBJS = $(sort $(subst /$(ARCH)/,/,$(ARCH_OBJS)) $(OVERLAID))
ALL_OBJS = $(addprefix obj/, $(filter-out $(REPLACED_OBJS), \
    $(sort $(BASE_OBJS) $(ARCH_OBJS))) $(OVERLAID))

.DEFAULT_GOAL := all

obj/src/thread/%.o: $(OVERLAY)/%.s
	$(CC) $(CFLAGS_ALL) -c -o $@ $<
obj/src/fenv/fenv.o: $(OVERLAY)/fenv.c
	$(CC) $(CFLAGS_ALL) -c -o $@ $<
obj/src/misc/syscall.o: $(OVERLAY)/syscall.c
	$(CC) $(CFLAGS_ALL) -c -o $@ $<
$(addprefix obj/,$(BASE_OBJS)): $(OVERLAY)/syscall_arch.h
