"""Runs a hypervisor under QEMU's instruction count and reads what came out.

A run is deterministic: one instruction of whichever CPU is one nanosecond, the
CPUs take turns, the clock of the RTC is virtual too. So nothing is repeated, and a result is kept
under build/bench/raw by a checksum of all that went in.
"""
import hashlib
import os
import re
import struct
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__))))
OUT = os.path.join(TOP, "build", "bench")
RAW = os.path.join(OUT, "raw")
PLUGIN = os.path.join(OUT, "libhvprof.so")
VMLINUX = os.path.join(OUT, "vmlinux")
HYPERVISORS = {
    "xen": os.path.join(TOP, "build", "kernels", "xen", "xen"),
    "paravane": os.path.join(TOP, "build", "paravane"),
}
COMPRESSED = {
    "xen": os.path.join(TOP, "build", "kernels", "xen", "xen.gz"),
    "paravane": os.path.join(TOP, "build", "paravane.gz"),
}
HV_LINE = "com1=115200,8n1 console=com1 dom0_mem=1024M,max:1024M"
KERNEL_LINE = "norandmaps panic=-1 rdinit=/bin/bench-init"
CONSOLES = {"none": "console=ttyS0,115200"}
RTC = "-rtc base=2024-01-01T00:00:00,clock=vm"


def checksum(*parts):
    """Of files that exist, by content, and of plain words."""
    total = hashlib.sha256()
    for part in parts:
        if os.path.isfile(part):
            with open(part, "rb") as f:
                total.update(f.read())
        else:
            total.update(part.encode())
    return total.hexdigest()[:16]


def entry_address(path):
    """The ELF32 entry: where a multiboot loader jumps to."""
    with open(path, "rb") as f:
        return struct.unpack_from("<I", f.read(28), 24)[0]


def idle_code(path):
    """Where the hypervisor zeroes memory while it idles, for the plugin; no
    word of Xen, whose symbols are not there."""
    elf = path + ".elf"
    if not os.path.exists(elf):
        return ""
    symbols = subprocess.run(["nm", "-S", elf], check=True,
                             capture_output=True, text=True).stdout
    m = re.search(r"^(\w+) (\w+) t scrub_frame$", symbols, re.M)
    start, length = (int(n, 16) for n in m.groups())
    return f",idle={start:x}-{start + length:x}"


def make_initramfs(name, script, more=()):
    path = os.path.join(OUT, name + ".initramfs.gz")
    subprocess.run(
        [os.path.join(TOP, "tools", "mkinitramfs"), "-m", "xen-privcmd",
         "-a", os.path.join(OUT, "pvbench"),
         "-a", os.path.join(OUT, "physinfo"),
         "-a", os.path.join(TOP, "bench", "lib", "bench-init"), "-i", script,
         *more, path], check=True)
    return path


def boot_command(hv, hv_args, initrd, raw, cpus):
    plugin = f"{PLUGIN},out={raw}.new"
    kernel_line = f"{CONSOLES.get(hv, 'console=hvc0')} {KERNEL_LINE}"
    command = [os.path.join(TOP, "tools", "run"), "--bare", "--quiet",
               "--icount", "--machine", "pc", "--cpu", "qemu64",
               "--smp", str(cpus),
               "--memory", "3072M", "--kernel", VMLINUX, "--initrd", initrd,
               "--cmdline", kernel_line, "--qemu", RTC, "--timeout", "240",
               "--end", "poweroff", "--expect", "BENCH-DONE",
               "--name", "bench-" + hv, "--log", raw + ".log"]
    if hv == "none":
        command += ["--hv", "none"]
    else:
        path = HYPERVISORS[hv]
        plugin += f",entry={entry_address(path):x}" + idle_code(path)
        command += ["--hv", path, "--hv-args",
                    f"{HV_LINE} dom0_max_vcpus={cpus} {hv_args}".strip()]
    return command + (["--plugin", plugin] if cpus == 1 else [])


def measure(hv, hv_args, initrd, cpus=1):
    """A Result; None (and a word why) when there is no such hypervisor. With
    several CPUs there is no profile: the plugin follows one."""
    path = HYPERVISORS.get(hv, "")
    if hv != "none" and not os.path.exists(path):
        print(f"bench: {os.path.relpath(path)} is missing: no column for it",
              file=sys.stderr)
        return None
    os.makedirs(RAW, exist_ok=True)
    raw = os.path.join(RAW, f"{hv}-" + checksum(
        path, hv, hv_args, HV_LINE, KERNEL_LINE, RTC, initrd, VMLINUX, PLUGIN,
        str(cpus)))
    if not os.path.exists(raw + ".prof"):
        print(f"bench: running {hv} {hv_args or 'with its defaults'}",
              file=sys.stderr)
        if subprocess.run(boot_command(hv, hv_args, initrd, raw, cpus),
                          stdout=sys.stderr, check=False).returncode:
            return None
        if cpus > 1:
            open(raw + ".new", "w", encoding="ascii").close()
        os.rename(raw + ".new", raw + ".prof")
    return Result(raw)


class Visits:
    """Visits of one kind: how many, and their instructions together."""

    def __init__(self):
        self.count = self.insns = 0

    def add(self, count, insns):
        self.count += count
        self.insns += insns

    @property
    def mean(self):
        return self.insns / self.count


class Section:
    def __init__(self, times, user, kern, hv):
        self.times = times
        self.user, self.kern, self.hv = user, kern, hv
        self.visits = {}        # (cause, exit) -> Visits
        self.blocks = []        # (address, instructions, times)
        self.events = {}        # (region, class) -> count

    @property
    def total(self):
        return self.user + self.kern + self.hv


class Result:
    """What one run left: the profile, and what the programs printed."""

    def __init__(self, raw):
        self.points = {}        # name -> (total, user, kern, hv, idle)
        self.sections = {}      # id -> Section
        self.read_profile(raw + ".prof")
        with open(raw + ".log", encoding="latin-1") as f:
            self.log = f.read().replace("\r", "")
        self.names, self.times, self.least = {}, {}, {}
        for m in re.finditer(r"^R (\d+) (\w+) n=(\d+) reps=\d+ min=([\d.]+)",
                             self.log, re.M):
            self.names[m[2]] = int(m[1])
            self.times[m[2]] = int(m[3])
            self.least[m[2]] = float(m[4])
        for m in re.finditer(r"^S (\w+) cpus=\d+ n=\d+ min=([\d.]+)",
                             self.log, re.M):
            self.least[m[1]] = float(m[2])

    def read_profile(self, path):
        with open(path, encoding="ascii") as f:
            for line in f:
                kind, *rest = line.split()
                if kind == "POINT":
                    self.points[rest[0]] = tuple(map(int, rest[1:]))
                elif kind == "B":
                    self.sections[int(rest[0])] = Section(*map(int, rest[1:]))
                elif kind == "V":
                    visits = self.sections[int(rest[0])].visits.setdefault(
                        (rest[1], rest[2]), Visits())
                    visits.add(int(rest[3]), int(rest[4]))
                elif kind == "T":
                    self.sections[int(rest[0])].blocks.append(
                        (int(rest[1], 16), int(rest[2]), int(rest[3])))
                elif kind == "E":
                    self.sections[int(rest[0])].events[rest[1], rest[2]] = \
                        int(rest[3])

    def section(self, name):
        """The section of a benchmark by name, or None."""
        return self.sections.get(self.names.get(name))

    def hypervisor_part(self, name):
        """Hypervisor instructions for one operation of a benchmark."""
        s = self.section(name)
        return s.hv / (s.times * self.times[name]) if s else None
