# images.mk - what is booted: dom0 with a shell, dom0 with tools and a guest.

DOM0_MODULES := $(addprefix -m ,xen-evtchn xen-gntdev xen-gntalloc xen-privcmd \
    xenfs) $(addprefix -M ,xen-blkback xen-netback loop crc32c_generic ext4 \
    bridge)

.PHONY: dom0-modules
dom0-modules:
	@echo $(DOM0_MODULES)

build/dom0.gz: build/guest.gz tools/dom0-files tools/dom0-start \
    tools/dom0-banner.txt
	$(say) CPIO $@
	tools/mkinitramfs -p tools/dom0-files -s tools/dom0-start \
	    -b tools/dom0-banner.txt $(DOM0_MODULES) \
	    -a build/kernels/6.1/vmlinuz:/root/vmlinuz -a $<:/root/guest.gz $@

build/guest.gz: tools/mkinitramfs tools/initramfs-init \
    tools/guest-banner.txt
	$(say) CPIO $@
	tools/mkinitramfs -n guest -b tools/guest-banner.txt -m xen-blkfront \
	    -m xen-netfront -m crc32c_generic -m ext4 $@

build/initramfs.gz: tools/mkinitramfs tools/initramfs-init tools/banner.txt
	$(say) CPIO $@
	tools/mkinitramfs $@
