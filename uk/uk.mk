# uk.mk - the Unix layer: build/uk/uk.o (its kernel), build/uk/sysroot (the C
# library) and the programs of tests/uk. `tools/pvcc` makes programs of both.

UK := build/uk
UK_SYSROOT := $(UK)/sysroot
UK_ROOMS := lib xen mm sched vfs sys boot
UK_SOURCES := $(sort $(filter-out %_test.c %_fuzz.c, \
    $(wildcard $(UK_ROOMS:%=uk/%/*.c) $(UK_ROOMS:%=uk/%/*.S))))
UK_OBJECTS := $(patsubst uk/%,$(UK)/obj/%.o,$(basename $(UK_SOURCES)))
UK_PROGRAMS := $(patsubst tests/uk/%.c,$(UK)/tests/%,$(wildcard tests/uk/*.c))

# Floating-point registers are the program's: nothing here touches them.
UK_CODE := -std=gnu11 -g -ffreestanding -fno-pic -no-pie -mcmodel=small \
    -mno-red-zone -mgeneral-regs-only -mpreferred-stack-boundary=3 \
    -fno-stack-protector -fcf-protection=none -fno-strict-aliasing \
    -fno-asynchronous-unwind-tables -fno-common \
    -falign-functions=1 -falign-jumps=1 -falign-loops=1 -falign-labels=1 \
    -fomit-frame-pointer -fno-builtin -ffile-prefix-map=$(CURDIR)=.
# Small, for every program carries it; what is called most is fast instead, as
# far as that does not copy code. Jumps to unaligned places cost nothing that is
# worth the room.
UK_FAST := xen/clock xen/shared mm/pages mm/frames mm/heap \
    sched/thread sched/thread_memory sched/futex sched/timers sched/deliver sched/signal vfs/data vfs/wait
UK_INLINED := mm/pages mm/frames sched/deliver sched/signal
uk_speed = $(if $(filter $(UK_FAST),$(1)),-O2 -freorder-blocks-algorithm=simple \
    $(if $(filter $(UK_INLINED),$(1)),,-fno-inline-functions),-Oz)
UK_CFLAGS := $(UK_CODE) $(WARNINGS) -DUK_SYSCALLS=450 -D_GNU_SOURCE \
    -D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__ -nostdinc \
    -isystem $(UK_SYSROOT)/include -isystem build/include -iquote uk

# Programs of others and the packages that they are made of.
UK_FOREIGN := lua=lua5.4 minigzip=zlib roundtrip=zlib speedtest1=sqlite3 jimsh=jimtcl
UK_FOREIGN_PROGRAMS := $(foreach p,$(UK_FOREIGN),$(UK)/programs/$(firstword \
    $(subst =, ,$(p))))

.PHONY: uk uk-programs check-uk install-uk
uk: $(UK)/hosted.o $(UK)/uk.o $(UK)/libpv.a $(UK)/bin/as $(UK_PROGRAMS)
uk-programs: $(UK_FOREIGN_PROGRAMS) $(UK)/lua5.1.fetched

$(UK)/%.fetched: third_party/%/version third_party/%/sha256
	mkdir -p $(@D)
	third_party/fetch $*
	touch $@

# $(1) program, $(2) package
define uk_foreign
$(UK)/programs/$(1): $(UK)/$(2).fetched $(UK)/uk.o $(UK)/libpv.a \
    $(UK)/bin/as tools/pvcc uk/libc/program
	$(say) BUILD $$@
	env -u MAKEFLAGS -u MAKELEVEL uk/libc/program $(1) $$(@D)
endef
$(foreach p,$(UK_FOREIGN),$(eval $(call uk_foreign,$(firstword \
    $(subst =, ,$(p))),$(lastword $(subst =, ,$(p))))))

$(UK_SYSROOT)/lib/libc.a: $(UK)/musl.fetched $(wildcard uk/libc/*)
	$(say) MUSL $@
	uk/libc/build third_party/musl/src $(UK)

$(UK)/obj/%.o: uk/%.c uk/uk.mk $(UK_SYSROOT)/lib/libc.a | build/include/xen
	$(say) CC $<
	mkdir -p $(@D)
	gcc $(call uk_speed,$*) $(UK_CFLAGS) -MMD -MP -c -o $@ $<

$(UK)/obj/%.o: uk/%.S uk/uk.mk $(UK_SYSROOT)/lib/libc.a | build/include/xen
	$(say) AS $<
	mkdir -p $(@D)
	gcc $(UK_CFLAGS) -D__ASSEMBLY__ -MMD -MP -c -o $@ $<

# What few programs want is linked with those that do.
UK_PARTS := sockets epoll mqueue
UK_sockets := sys/sockets sys/socket_options sys/signalfd vfs/socket \
    vfs/socket_data vfs/socket_rights
UK_epoll := sys/epoll vfs/epoll
UK_mqueue := sys/mqueue
uk_objects = $(1:%=$(UK)/obj/%.o)
UK_PART_OBJECTS := $(UK_PARTS:%=$(UK)/%.part.o)
comma := ,
empty :=

$(UK)/uk.o: $(UK_OBJECTS) uk/split
	uk/split $(UK) $(foreach p,$(UK_PARTS),$(p)=$(subst \
	    $(empty) $(empty),$(comma),$(call uk_objects,$(UK_$(p))))) -- \
	    $(filter-out uk/split $(foreach p,$(UK_PARTS),$(call \
	    uk_objects,$(UK_$(p)))),$^)
$(UK_PART_OBJECTS): $(UK)/uk.o ;

# pvcc's assembler, which sees to it that a full stack is told of.
$(UK)/bin/as: uk/libc/as
	install -D $< $@

# What of libgcc uses the red zone, without; and the kernel's parts.
$(UK)/libpv.a: $(UK)/obj/libc/ti.o $(UK)/obj/libc/complex.o $(UK_PART_OBJECTS)
	rm -f $@
	$(AR) rcs $@ $^

$(UK)/obj/libc/%.o: uk/libc/%.c uk/uk.mk
	mkdir -p $(@D)
	gcc -O2 -mno-red-zone -fno-pie -fno-stack-protector -fcf-protection=none \
	    -c -o $@ $<

$(UK)/tests/%: tests/uk/%.c $(UK)/uk.o $(UK)/libpv.a $(UK)/bin/as tools/pvcc
	$(say) PVCC $<
	mkdir -p $(@D)
	tools/pvcc -D_GNU_SOURCE -O2 -g -Wall -Wextra -Werror -o $@ $<

# The same programs and library over Linux, in seconds: those of tests/uk that
# say so (hosted: yes).
UK_HOSTED := $(patsubst tests/uk/%.c,$(UK)/hosted/%,$(shell \
    grep -l 'hosted: yes' tests/uk/*.c))
.PHONY: check-hosted
check-hosted: $(UK_HOSTED)
	tools/check-hosted $(or $(TESTS),$(notdir $^))

$(UK)/hosted.o: uk/libc/hosted.S $(UK)/musl.fetched
	mkdir -p $(@D)
	gcc -c -o $(UK)/hosted.1.o $<
	gcc -Wa,--noexecstack -c -o $(UK)/hosted.2.o \
	    third_party/musl/src/src/thread/x86_64/syscall_cp.s
	$(LD) -r -o $@ $(UK)/hosted.1.o $(UK)/hosted.2.o

$(UK)/hosted/%: tests/uk/%.c $(UK)/hosted.o $(UK)/libpv.a $(UK)/bin/as tools/pvcc
	$(say) HOSTED $<
	mkdir -p $(@D)
	tools/pvcc --hosted -D_GNU_SOURCE -O2 -g -Wall -Wextra -Werror -o $@ $<

check-uk: all uk uk-programs
	SUITE=$(SUITE) tools/check-uk $(TESTS)

# pvcc as it is installed: for build systems, for mistakes, and with a debugger.
.PHONY: check-pvcc
check-pvcc: all uk $(UK)/hosted.o $(UK)/zlib.fetched $(UK)/sqlite3.fetched
	tools/check-pvcc

# Tests of others, against Linux: docs/uk-conformance.md; a sample of them.
.PHONY: conformance check-conformance
conformance check-conformance: all uk $(UK)/gnulib.fetched $(UK)/glibc.fetched
conformance:
	tests/conformance/run
check-conformance:
	. tools/results.sh; results_begin conformance; \
	    if tests/conformance/run --sample 200; \
	    then result PASS conformance/sample; \
	    else result FAIL conformance/sample; fi; results_end

# pvcc and what it links, beside the hypervisor.
install-uk: $(UK)/uk.o $(UK)/hosted.o $(UK)/libpv.a $(UK)/bin/as
	install -D -t $(DESTDIR)/usr/bin tools/pvcc tools/pvcheck
	install -D -m 644 -t $(DESTDIR)/usr/lib/paravane $(UK)/uk.o $(UK)/libpv.a \
	    $(UK)/hosted.o tools/pvcc.cmake
	install -D -t $(DESTDIR)/usr/lib/paravane/bin $(UK)/bin/as
	cp -r --no-preserve=ownership $(UK_SYSROOT) $(DESTDIR)/usr/lib/paravane/

-include $(UK_OBJECTS:.o=.d)
