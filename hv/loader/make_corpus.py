#!/usr/bin/python3
"""make_corpus.py - writes the loader's seeds for fuzzers and unit tests.

Tiny synthetic kernels, sound ones and one for each thing that can be wrong, go
to tests/corpus/{payload,bzimage,elf,xen_notes,layout,kernel}. The files are
kept in the tree; run this again (it needs lz4 and zstd) when a parser changes.
"""
import bz2
import gzip
import lzma
import os
import random
import struct
import subprocess

BASE = 0xFFFFFFFF80000000
PADDR = 0x1000000
TEXT_AT, DATA_AT, NOTES_AT, SECTIONS_AT, END = 0x500, 0x600, 0x100, 0x680, 0x700
LOAD, NOTE = 1, 4


def u(size, value):
    return (value & (1 << 8 * size) - 1).to_bytes(size, "little")


def poke(data, at, size, value):
    return data[:at] + u(size, value) + data[at + size:]


def note(kind, desc, name=b"Xen\0", align=4):
    def pad(b):
        return b + b"\0" * (-len(b) % align)
    head = struct.pack("<III", len(name), len(desc), kind) + name
    return pad(pad(head) + desc)


# As Debian's 6.1 kernel, with the hypercall page of older ones.
NOTES = {
    6: b"linux\0",
    7: b"2.6\0",
    5: b"xen-3.0\0",
    3: u(8, BASE),
    4: u(8, 0),
    15: u(8, 0x8000000000),
    1: u(8, BASE + PADDR + 0x1C0),
    10: b"!writable_page_tables|pae_pgdir_above_4gb\0",
    17: u(4, 0x8801),
    9: b"yes\0",
    8: b"generic\0",
    13: u(8, 1) + u(8, 1),
    14: u(4, 1),
    12: u(8, 0xFFFF800000000000),
    16: u(4, 1),
    18: u(8, PADDR + 0x850),
    2: u(8, BASE + PADDR + 0x1000),
}


def notes(change=None):
    """The notes as bytes; change maps a number to a new value or None."""
    wanted = dict(NOTES)
    wanted.update(change or {})
    out = note(3, b"\x11" * 20, b"GNU\0")
    return out + b"".join(note(k, d) for k, d in wanted.items()
                          if d is not None)


def elf(note_bytes=None, note_segment=NOTE, note_align=4):
    """A kernel of two segments and a bss; see the constants for its places."""
    if note_bytes is None:
        note_bytes = notes()
    assert NOTES_AT + len(note_bytes) <= TEXT_AT
    ident = b"\x7fELF\2\1\1" + b"\0" * 9
    head = ident + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x1000000, 64,
                               SECTIONS_AT, 0, 64, 56, 3, 64, 2, 0)
    for seg in ((LOAD, 7, TEXT_AT, BASE + PADDR, PADDR, 0x100, 0x3000, 4096),
                (LOAD, 6, DATA_AT, 0, PADDR + 0x3000, 0x80, 0x1000, 4096),
                (note_segment, 4, NOTES_AT, 0, 0, len(note_bytes),
                 len(note_bytes), note_align)):
        head += struct.pack("<IIQQQQQQ", *seg)
    data = head.ljust(NOTES_AT, b"\0") + note_bytes
    data = data.ljust(TEXT_AT, b"\0") + b"\x90" * 0x100 + b"\x55" * 0x80
    section = struct.pack("<IIQQQQIIQQ", 0, 7, 0, 0, NOTES_AT,
                          len(note_bytes), 0, 0, note_align, 0)
    data = data.ljust(SECTIONS_AT, b"\0") + b"\0" * 64 + section
    assert len(data) == END
    return data


def tool(data, *command):
    return subprocess.run(command, input=data, capture_output=True,
                          check=True).stdout


def xz(data, check=lzma.CHECK_CRC32, dict_size=1 << 20):
    return lzma.compress(data, lzma.FORMAT_XZ, check, filters=[
        {"id": lzma.FILTER_X86},
        {"id": lzma.FILTER_LZMA2, "dict_size": dict_size}])


STREAMS = {
    "gzip": lambda d: gzip.compress(d, 9, mtime=0),
    "bzip2": bz2.compress,
    "lzma": lambda d: lzma.compress(d, lzma.FORMAT_ALONE),
    "xz": xz,
    "lz4": lambda d: tool(d, "lz4", "-l", "-9", "-c"),
    "zstd": lambda d: tool(d, "zstd", "-19", "-c"),
}


def payload(name, data):
    """As Linux's build makes it: the size goes behind all but gzip."""
    out = STREAMS[name](data)
    return out if name == "gzip" else out + u(4, len(data))


def bzimage(data, version=0x020F, setup_sects=1, loadflags=1, xloadflags=1):
    head = bytearray(((setup_sects or 4) + 1) * 512)
    head[0x1F1] = setup_sects
    head[0x1FE:0x200] = b"\x55\xaa"
    head[0x202:0x206] = b"HdrS"
    head[0x206:0x208] = u(2, version)
    head[0x211] = loadflags
    head[0x236:0x238] = u(2, xloadflags)
    head[0x248:0x24C] = u(4, 0x10)
    head[0x24C:0x250] = u(4, len(data))
    return bytes(head) + b"\0" * 0x10 + data


def payload_seeds(kernel):
    rng = random.Random(1)
    noise = bytes(rng.randrange(256) for _ in range(600))
    text = b"0123456789abcdef" * 200 + noise + kernel
    for name in STREAMS:
        good = payload(name, text)
        middle = len(good) // 2
        yield name, good
        yield name + "-noise", payload(name, noise)
        yield name + "-bare", STREAMS[name](text)
        yield name + "-tail", good + b"tail" * 2
        yield name + "-half", good[:middle]
        yield name + "-corrupt", poke(good, middle, 8, 0xAA55AA55AA55AA55)
        yield name + "-size-less", poke(good, len(good) - 4, 4, 100)
        yield name + "-size-zero", good[:-4] + u(4, 0)
        yield name + "-size-huge", good[:-4] + u(4, 0xFFFFFFFF)
        yield name + "-magic", good[:6]
    yield "lzo", b"\x89LZO\0\r\n\x1a\n" + noise
    yield "unknown", noise
    yield "empty", b""
    for check in (lzma.CHECK_CRC64, lzma.CHECK_SHA256, lzma.CHECK_NONE):
        yield f"xz-check{check}", xz(text, check) + u(4, len(text))
    yield "xz-dict", xz(text, dict_size=1 << 30) + u(4, len(text))
    good = payload("lz4", text)
    yield "lz4-block-huge", poke(good, 4, 4, 0xFFFFFF)
    yield "lz4-magic-twice", good[:4] + good
    yield "lz4-12-bytes", good[:4] + u(4, 0) + u(4, 0)
    good = payload("zstd", text)
    yield "zstd-window", poke(good, 4, 2, 0xFF00)


def bzimage_seeds(kernel):
    body = payload("gzip", kernel)
    good = bzimage(body)
    yield "good", good
    yield "protocol-2.08", bzimage(body, version=0x208)
    yield "four-sectors", bzimage(body, setup_sects=0)
    yield "not", b"MZ" * 600
    yield "flag-only", poke(b"\0" * 0x400, 0x1FE, 2, 0xAA55)
    yield "magic-only", poke(good, 0x1FE, 2, 0)
    yield "short", good[:0x200]
    yield "shorter", good[:0x1FF]
    yield "header-cut", good[:0x24F]
    yield "payload-cut", good[:-1]
    yield "payload-empty", bzimage(b"")
    yield "payload-offset", poke(good, 0x248, 4, 0xFFFFFFFF)
    yield "payload-length", poke(good, 0x24C, 4, 0xFFFFFFFF)
    yield "zimage", bzimage(body, loadflags=0)
    yield "version-1", bzimage(body, version=0x100)
    yield "old", bzimage(body, version=0x207)
    yield "32-bit", bzimage(body, xloadflags=0)
    yield "empty", b""


def elf_seeds(kernel):
    ph = 64
    yield "good", kernel
    yield "sections", elf(note_segment=0)
    yield "align-8", elf(note(1, b"12345678", align=8) * 3, note_align=8)
    yield "not", b"\x7fELG" + kernel[4:]
    yield "empty", b""
    yield "cut", kernel[:60]
    yield "cut-32-bit", poke(kernel, 4, 1, 1)[:52]
    for at, size, values in ((4, 1, (1, 3)), (5, 1, (2,)), (18, 2, (3, 183)),
                             (16, 2, (1, 3)), (56, 2, (0, 0xFFFF)),
                             (54, 2, (32,)), (32, 8, (0x6FF, 2**64 - 8)),
                             (58, 2, (40,)), (60, 2, (0, 0xFFFF)),
                             (40, 8, (2**64 - 64,)),
                             (ph + 8, 8, (END, 2**64 - 1)),
                             (ph + 24, 8, (0x1003000, 2**64 - 4096)),
                             (ph + 32, 8, (0x3001, 2**63)),
                             (ph + 40, 8, (0, 2**52, 0x3001)),
                             (ph + 56, 4, (0,)),
                             (ph + 112 + 8, 8, (2**64 - 4,)),
                             (ph + 112 + 32, 8, (END,))):
        for value in values:
            bad = poke(kernel, at, size, value)
            yield f"poke-{at:x}-{value:x}", bad
            if at in (40, 58, 60):
                yield f"sections-{at:x}-{value:x}", poke(
                    elf(note_segment=0), at, size, value)
    yield "nothing", poke(poke(kernel, ph, 4, 6), ph + 56, 4, 6)
    empty = poke(poke(kernel, ph + 32, 8, 0), ph + 40, 8, 0)
    yield "empty-segment", empty
    for kind in (LOAD, NOTE):
        count = 20
        head = poke(kernel, 56, 2, count)[:64]
        for i in range(count):
            head += struct.pack("<IIQQQQQQ", kind if i else LOAD, 7, 0x40, 0,
                                0x1000 * i, 0x40, 0x1000, 4)
        yield f"many-{kind}", head
    yield "note-name-long", poke(kernel, NOTES_AT, 4, 0xFFFFFFFF)
    yield "note-desc-long", poke(kernel, NOTES_AT + 4, 4, 0xFFFFFFFF)


FEATURES = ("dom0", "!dom0", "!nonsense", "nonsense", "", "|", "!", "||!dom0|",
            "!supervisor_mode_kernel", "!auto_translated_physmap",
            "writable_descriptor_tables|dom0")


def notes_seeds(kernel):
    def made(change):
        return elf(notes(change))
    yield "good", kernel
    yield "sections", elf(note_segment=0)
    yield "none", elf(note(3, b"\x11" * 20, b"GNU\0"))
    yield "none-sections", poke(elf(b"", note_segment=0), 60, 2, 0)
    yield "bad-sections", poke(elf(b"", note_segment=0), 60, 2, 0xFFFF)
    yield "few", elf(note(5, b"xen-3.0") + note(8, b"generic\0") +
                     note(3, u(8, BASE)) + note(1, u(8, BASE + PADDR)))
    yield "entry-missing", poke(made({1: None}), 24, 8, BASE + PADDR)
    yield "entry-e_entry", made({1: None})
    for i, text in enumerate(FEATURES):
        yield f"features-{i}", made({10: text.encode()})
    yield "features-only", made({10: b"dom0", 17: None})
    yield "not-dom0", made({17: u(4, 0x8001)})
    yield "unknown", made({31: b"x", 77: b"y"})
    yield "xen-4", made({5: b"xen-4.0\0"})
    yield "no-version", made({5: None})
    yield "loader", made({8: b"special\0", 6: b"other\0"})
    yield "loader-linux", made({8: b"special\0"})
    yield "long-text", made({7: b"v" * 100})
    yield "long-note", elf(notes() + u(4, 4) + u(4, 99) + u(4, 7) + b"Xen\0")
    yield "short-l1", made({13: u(8, 1)})
    for kind in (1, 14, 16, 17):
        yield f"size-{kind}", made({kind: b"123"})
    for kind in (1, 2, 3, 4, 12, 15):
        for value in (0, 1, 2**64 - 4096, 0xFFFF800000000000,
                      BASE + PADDR + 0x3000):
            yield f"value-{kind}-{value:x}", made({kind: u(8, value)})


def layout_seeds():
    """virt_base, kernel offset and bytes, p2m, initrd bytes, pages, flags."""
    mib = 1 << 20
    six = (BASE, 16 * mib, 58 * mib, 0x8000000000)
    small = (0, 0, 0x10000, 0)
    for i, values in enumerate((
            six + (0x1A00BA, 1 << 18, 3), six + (0, 1 << 18, 3),
            six + (0x1A00BA, 1 << 18, 2), six + (0, 1 << 30, 3),
            six + (0, 0x4BFF, 3), six + (3 * mib, 0x4C00 + 767, 3),
            six + (3 * mib, 0x4C00 + 768, 3), six + (3 * mib, 0x4BFF, 2),
            six + (0, (1 << 34) + 1, 3), six + (2**63, 1 << 20, 3),
            small + (5000, 8192, 0), small + (0, 8192, 1),
            (0x3FF000, 0x800, 0x1000, 0, 0, 8192, 1),
            ((1 << 39) - 2 * mib, 0, 4 * mib, 0, 0, 8192, 1),
            (BASE, 0, 0x7FE00000, 0, 0, 1 << 20, 1),
            six[:3] + (0x7FFFFFFFF000, 0, 1 << 20, 3),
            six[:3] + (BASE & ~(2**39 - 1), 0, 1 << 20, 3),
            six + (2048 * mib, 1 << 20, 2))):
        yield f"{i}", struct.pack("<7Q", *values)


def kernel_seeds(kernel):
    yield "plain", kernel
    yield "not", b"nothing of a kernel"
    yield "empty", b""
    for name in STREAMS:
        yield "bzimage-" + name, bzimage(payload(name, kernel))
        yield "compressed-" + name, payload(name, kernel)
    bad = poke(payload("xz", kernel), 200, 4, 0x12345678)
    yield "bzimage-corrupt", bzimage(bad)
    yield "bzimage-cut", bzimage(bad)[:-1]
    yield "bzimage-lzo", bzimage(b"\x89LZO\0\r\n\x1a\n" + kernel)
    yield "bzimage-32-bit", bzimage(payload("gzip", poke(kernel, 4, 1, 1)))
    yield "bzimage-no-notes", bzimage(payload("gzip", elf(b"")))


def write(folder, seeds):
    os.makedirs(folder, exist_ok=True)
    for name, data in seeds:
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)


def main():
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                          "../../tests/corpus"))
    kernel = elf()
    write("payload", payload_seeds(kernel))
    write("bzimage", bzimage_seeds(kernel))
    write("elf", elf_seeds(kernel))
    write("xen_notes", notes_seeds(kernel))
    write("layout", layout_seeds())
    write("kernel", kernel_seeds(kernel))


if __name__ == "__main__":
    main()
