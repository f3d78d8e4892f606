# The files that run before dom0's first instruction only: all of them joins
# .init, which is unmapped and given back then. The linker refuses a reference
# to .init from what stays (paravane.lds).
BOOT_ONLY := $(patsubst %,$(O)/hv/%.o, acpi/acpi acpi/fadt acpi/madt \
    acpi/tables boot/cmdline boot/dom0_mem boot/e820 \
    boot/multiboot boot/multiboot1 boot/multiboot2 console/serial_config \
    cpu/spec_ctrl_options cpu/spec_ctrl_policy loader/bzimage loader/dom0 \
    loader/dom0_memory loader/dom0_tables loader/elf loader/kernel \
    loader/layout loader/payload loader/xen_notes lib/option time/calibrate)

$(O)/boot_only.o: $(BOOT_ONLY) hv/boot/room.mk third_party/merge.ld
	$(LD) -r -T third_party/merge.ld -o $@ $(BOOT_ONLY)
	$(OBJCOPY) $(TP_SECTIONS) $@

boot-only:
	@echo $(BOOT_ONLY:$(O)/%.o=%)
.PHONY: boot-only
