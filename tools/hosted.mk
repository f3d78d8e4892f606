# What runs on the host: unit tests (cmocka under ASan and UBSan) and fuzzers
# (libFuzzer). hv/ROOM/NAME_test.c, uk/ROOM/NAME_test.c and hv/ROOM/NAME_fuzz.c
# say what they link in a comment: /* link: hv/loader/elf.c hv/lib/string.c */

H := build/host
UNIT_SOURCES := $(sort $(wildcard hv/*/*_test.c uk/*/*_test.c))
FUZZ_SOURCES := $(sort $(wildcard hv/*/*_fuzz.c))
UNIT_TESTS := $(patsubst hv/%,$(H)/unit/%, \
    $(patsubst uk/%,$(H)/unit/uk/%,$(UNIT_SOURCES:.c=)))
FUZZERS := $(FUZZ_SOURCES:hv/%.c=$(H)/fuzz/%)

HOST_CFLAGS := -std=gnu11 -O1 -g -fno-omit-frame-pointer -fno-strict-aliasing \
    -fno-sanitize-recover=all -fsanitize=address,undefined \
    -isystem build/include -Ihv -I. -include hv/lib/compiler.h
FUZZ_CFLAGS := -fsanitize=fuzzer-no-link -fprofile-instr-generate \
    -fcoverage-mapping

# The Unix layer shares no header with the hypervisor, names of them it does.
# Its direct map is where a process may have memory.
$(H)/unit/obj/uk/%.o: HOST_CFLAGS := $(subst -Ihv -I. -include \
    hv/lib/compiler.h,-iquote uk,$(HOST_CFLAGS)) -D_GNU_SOURCE \
    -D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__ \
    -DDIRECT_BASE=0x200000000000UL

$(H)/unit/obj/%.o: %.c Makefile tools/hosted.mk | build/include/xen
	mkdir -p $(@D)
	$(HOSTCC) $(HOST_CFLAGS) $(WARNINGS) -MMD -MP -c -o $@ $<

$(H)/fuzz/obj/%.o: %.c Makefile tools/hosted.mk | build/include/xen
	mkdir -p $(@D)
	clang $(HOST_CFLAGS) $(FUZZ_CFLAGS) $(WARNINGS) -MMD -MP -c -o $@ $<
unit_link := $(HOSTCC) -fsanitize=address,undefined
fuzz_link := clang -fsanitize=fuzzer,address,undefined -fprofile-instr-generate

# $(1) unit or fuzz, $(2) the source: what its program links
objects_of = $(patsubst build/third_party/%,$(TP_BUILD)/%,$(patsubst \
    %.c,$(H)/$(1)/obj/%.o,$(2) $(filter-out -l%,$(shell tools/note link $(2)))))
# and the machine's libraries among it
libs_of = $(filter -l%,$(shell tools/note link $(1)))

# $(1) unit or fuzz, $(2) the source
define hosted_program
$(H)/$(1)/$(patsubst hv/%,%,$(2:.c=)): $(call objects_of,$(1),$(2))
	$(say) HOST $$@
	mkdir -p $$(@D)
	$($(1)_link) -o $$@ $$^ $(call libs_of,$(2)) \
	    $(if $(filter unit,$(1)),-lcmocka)
-include $(patsubst %.o,%.d,$(call objects_of,$(1),$(2)))
endef

# Notes are read only when somebody asks for the programs.
ifneq ($(filter check-unit check-fuzz corpus $(H)/%,$(MAKECMDGOALS)),)
$(foreach s,$(UNIT_SOURCES),$(eval $(call hosted_program,unit,$(s))))
$(foreach s,$(FUZZ_SOURCES),$(eval $(call hosted_program,fuzz,$(s))))
endif
