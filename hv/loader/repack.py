#!/usr/bin/python3
"""repack.py VMLINUZ FORMAT OUT - the same kernel in another wrapping.

FORMAT: gzip, bzip2, lzma, xz, lz4 or zstd for a bzImage with such a payload,
made by the commands of Linux's build; lzo for one that only claims to be; elf
for the plain ELF file. Needs the bzip2, xz, lz4 and zstd commands.
"""
import struct
import subprocess
import sys

# Magic, unpack, pack; Linux's scripts/Makefile.lib, xz_wrap.sh.
TOOLS = {
    "gzip": (b"\x1f\x8b", "gzip -dc", "gzip -n -9"),
    "bzip2": (b"BZh", "bzip2 -dc", "bzip2 -9"),
    "lzma": (b"\x5d\0\0", "xz -dc --format=lzma", "xz -c --format=lzma -6"),
    "xz": (b"\xfd7zXZ", "xz -dc",
           "xz -c --check=crc32 --x86 --lzma2=preset=4,dict=32MiB"),
    "lz4": (b"\x02\x21\x4c\x18", "lz4 -dc", "lz4 -l -9 -c"),
    "zstd": (b"\x28\xb5\x2f\xfd", "zstd -dc", "zstd -19 -c"),
}


def run(command, data):
    return subprocess.run(command.split(), input=data, capture_output=True,
                          check=True).stdout


def payload_slice(image):
    """Where the payload lies: Linux's Documentation/x86/boot.rst."""
    if image[0x202:0x206] != b"HdrS":
        sys.exit("repack.py: not a bzImage")
    start, length = struct.unpack_from("<II", image, 0x248)
    start += ((image[0x1F1] or 4) + 1) * 512
    return start, start + length


def unpack(payload):
    for magic, command, _ in TOOLS.values():
        if payload.startswith(magic):
            if magic != TOOLS["gzip"][0]:
                payload = payload[:-4]
            return run(command, payload)
    sys.exit("repack.py: unknown payload")


def pack(kernel, name):
    size = struct.pack("<I", len(kernel))
    if name == "lzo":
        return b"\x89LZO\0\r\n\x1a\n" + kernel[:4096] + size
    payload = run(TOOLS[name][2], kernel)
    return payload if name == "gzip" else payload + size


def main():
    vmlinuz, name, out = sys.argv[1:]
    with open(vmlinuz, "rb") as f:
        image = bytearray(f.read())
    start, end = payload_slice(image)
    kernel = unpack(bytes(image[start:end]))
    if name == "elf":
        image = kernel
    else:
        payload = pack(kernel, name)
        struct.pack_into("<I", image, 0x24C, len(payload))
        image[start:end] = payload
    with open(out, "wb") as f:
        f.write(image)


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[2] not in [*TOOLS, "lzo", "elf"]:
        sys.exit(__doc__)
    main()
