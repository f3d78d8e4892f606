# Paravane's one Makefile: `make` builds the image, `make run` boots it,
# `make check` tests it, `make help` lists the rest.

VERSION := 0.1

ifeq ($(origin CC),default)
CC := gcc
endif
OBJCOPY ?= objcopy
HOSTCC ?= gcc

MAKEFLAGS += --no-builtin-rules $(if $(V),,-s)
ifeq ($(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc)
endif

# Objects of each compiler live apart, so both can be built in turn.
# With LOCK_CHECK=1 an image that checks the order of locks: build/locks/; with
# FAULTS=1 one whose allocations can be made to fail: build/faults/.
O := build/obj/$(notdir $(firstword $(CC)))$(if $(LOCK_CHECK),-locks)$(if $(FAULTS),-faults)
IMG := build/$(if $(LOCK_CHECK),locks/)$(if $(FAULTS),faults/)paravane
TP_BUILD := $(O)/third_party
say = @printf '  %-7s %s\n'

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wconversion -Wstrict-prototypes \
    -Wmissing-prototypes -Wvla -Wimplicit-fallthrough
# Nothing of /usr/include is seen but Xen's public headers.
INCLUDES = -nostdinc -isystem $(shell $(CC) -print-file-name=include) \
    -isystem build/include -Ihv -I. -Ibuild -include hv/lib/compiler.h
# The image runs at 0xffff8280c0000000: RIP-relative, but not in the top 2 GiB.
CODE := -std=gnu11 -O2 -g -ffreestanding -fpie -mcmodel=small -mno-red-zone \
    -mgeneral-regs-only -fno-stack-protector -fno-asynchronous-unwind-tables \
    -fno-strict-aliasing -fno-omit-frame-pointer -fno-common \
    -ffile-prefix-map=$(CURDIR)=.
CODE += $(if $(LOCK_CHECK),-DLOCK_CHECK)
IS_GCC := $(findstring gcc,$(notdir $(firstword $(CC))))
CODE += $(if $(IS_GCC),-fcallgraph-info=su)
CFLAGS = $(CODE) $(WARNINGS) $(INCLUDES) $(ROOM_CFLAGS)
LDFLAGS := -m elf_x86_64 -static -nostdlib -z noexecstack \
    -z max-page-size=4096 --no-warn-rwx-segments --fatal-warnings \
    -T hv/boot/paravane.lds $(if $(FAULTS), --wrap=debug_keys_init \
    --wrap=frames_alloc --wrap=pages_alloc)

SOURCES := $(sort $(filter-out %_test.c %_fuzz.c $(if $(FAULTS),,%/faults.c), \
    $(wildcard hv/*/*.c hv/*/*.S)))
OBJECTS := $(patsubst %,$(O)/%.o,$(basename $(SOURCES)))

.PHONY: all help fetch run gdb check check-full soak check-unit check-fuzz
.PHONY: check-model check-guest-smp check-faults
.PHONY: objects check-style check-guest check-system corpus format stats docs install clean force
.DELETE_ON_ERROR:

all: $(IMG) $(IMG).gz

help:
	@sed -n 's/^## //p' Makefile

include tools/images.mk tools/hosted.mk uk/uk.mk
-include $(wildcard third_party/*.mk hv/*/room.mk)
TP_CFLAGS += -ffile-prefix-map=$(CURDIR)=.

## make               build/paravane (multiboot), .gz, .elf (with symbols)
$(IMG): $(IMG).elf tools/mkimage
	$(say) IMAGE $@
	tools/mkimage $< $@

$(IMG).gz: $(IMG)
	gzip -n9 <$< >$@

# Three links: the first tells the functions' names, which fixes the size of
# the symbol table; the second their final addresses.
$(IMG).elf: $(O)/symbols2.o $(O)/link.args hv/boot/paravane.lds \
    tools/check_stack
	$(say) LINK $@
	mkdir -p $(@D)
	$(if $(IS_GCC),tools/check_stack $(OBJECTS:.o=.ci))
	$(LD) $(LDFLAGS) -o $(O)/paravane.elf @$(O)/link.args $<
	tools/symbols $(O)/paravane.elf | cmp -s - $(O)/symbols2.S || \
	    { echo 'the symbol table does not match the image'; false; }
	cp $(O)/paravane.elf $@.new && mv $@.new $@

$(O)/pass%.elf: $(O)/symbols%.o $(O)/link.args hv/boot/paravane.lds
	$(LD) $(LDFLAGS) -o $@ @$(O)/link.args $<

$(O)/symbols0.S: tools/symbols | $(O)/
	tools/symbols >$@
$(O)/symbols1.S: $(O)/pass0.elf tools/symbols
	tools/symbols $< >$@
$(O)/symbols2.S: $(O)/pass1.elf tools/symbols
	tools/symbols $< >$@
.PRECIOUS: $(O)/symbols%.S $(O)/pass%.elf $(O)/symbols%.o

# What is linked; a change of it, or of the compiler, links again.
LINKED = $(filter-out $(BOOT_ONLY),$(OBJECTS)) $(O)/boot_only.o $(TP_OBJECTS)
$(O)/link.args: $(LINKED) build/compiler
	printf '%s\n' $(LINKED) >$@

objects: $(OBJECTS) $(TP_OBJECTS)

build/compiler: force | $(O)/
	echo '$(CC)' | cmp -s - $@ || echo '$(CC)' >$@

%/:
	mkdir -p $@

$(O)/%.o: %.c Makefile | build/version.h build/include/xen
	$(say) CC $<
	mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(O)/%.o: %.S Makefile | build/version.h build/include/xen
	$(say) AS $<
	mkdir -p $(@D)
	$(CC) $(CFLAGS) -D__ASSEMBLY__ -MMD -MP -c -o $@ $<

$(O)/symbols%.o: $(O)/symbols%.S
	$(CC) $(CODE) -c -o $@ $<

build/include/xen: | build/include/
	test -e /usr/include/xen/xen.h || \
	    { echo "make: no libxen-dev; 'make fetch' installs what is missing"; exit 1; }
	ln -sfn /usr/include/xen $@

# The same for every build of one commit.
build/version.h: force | build/
	tools/version-header $(VERSION) '$(CC)' | cmp -s - $@ || \
	    tools/version-header $(VERSION) '$(CC)' >$@

-include $(OBJECTS:.o=.d)

## make run           Debian's kernel as dom0, its tools, a guest, and a shell
run: fetch
	$(MAKE) all build/dom0.gz
	$(say) BOOT "Debian's kernel on Paravane; Ctrl-A x leaves"
	tools/run --interactive --initrd build/dom0.gz --hv-args dom0_mem=600M \
	    $(RUN)

## make gdb           the same, waiting for a debugger
gdb: fetch
	$(MAKE) all build/initramfs.gz
	tools/run --interactive --gdb --initrd build/initramfs.gz $(RUN)

fetch:
	tools/fetch

## make check         all tests in 25 minutes; check-full: 80; soak: hours
check:
	+tools/check unit model fuzz style guest hosted pvcc uk conformance system
check-full:
	+tools/check unit model fuzz style guest guest-smp faults hosted pvcc uk-full conformance system-full
soak:
	+tools/check unit fuzz style guest hosted pvcc uk system-soak

## make check-unit    or check-model, check-fuzz, check-style, check-guest, ...
check-unit: $(UNIT_TESTS)
	tools/check-unit $^
check-model: build/include/xen
	CC='$(HOSTCC)' CFLAGS='$(WARNINGS)' tests/model/check
check-fuzz: $(FUZZERS)
	tools/check-fuzz $^
check-style: $(UK)/musl.fetched build/version.h build/include/xen
	INCLUDES='$(INCLUDES)' tools/check-style $(CHECKS)
check-guest: all | build/include/xen
	tools/check-guest $(TESTS)
check-guest-smp: all | build/include/xen
	$(MAKE) LOCK_CHECK=1 all
	SMP=4 PARAVANE=build/locks/paravane tools/check-guest $(TESTS)
check-faults: all | build/include/xen
	$(MAKE) FAULTS=1 all
	tools/check-faults
check-system: all uk
	tools/check-system $(or $(SUITE),check) $(TESTS)

## make corpus        let each fuzzer add to its corpus for CORPUS_SECONDS=60
corpus: $(FUZZERS)
	tools/check-fuzz --grow $(or $(CORPUS_SECONDS),60) $^

## make format        put every C file into the house's format
format:
	clang-format -i $(shell git ls-files '*.c' '*.h' | grep -v ^third_party)

## make stats         lines of each room, and of third parties
stats:
	+tools/stats

## make docs          docs/abi.md and docs/uk-syscalls.md, from the tables of calls
docs: $(UK)/musl.fetched
	tools/gen_uk_calls >docs/uk.new && mv docs/uk.new docs/uk-syscalls.md
	tools/gen_abi >docs/abi.md.new && mv docs/abi.md.new docs/abi.md

## make install       DESTDIR/boot/xen-paravane-VERSION.gz, found by GRUB; pvcc
install: all install-uk
	install -D -m 644 build/paravane.gz \
	    $(DESTDIR)/boot/xen-paravane-$(VERSION).gz

## make clean         removes what is built, keeps what was fetched
clean:
	find build -mindepth 1 -maxdepth 1 ! -name kernels ! -name apt \
	    ! -name third_party -exec rm -rf {} + 2>/dev/null || true
