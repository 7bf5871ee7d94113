"""Orders to the disk under a daemon (preload/disk.c)."""

import mmap
import os
import struct

from daemon import preload

NONE, KILL, WRITE_EIO, SYNC_EIO, FULL, SHORT, SLOW_SYNC = range(7)


class Disk:
    def __init__(self, base):
        self.path = os.path.join(base, "disk-orders")
        with open(self.path, "wb") as file:
            file.write(bytes(64))
        self.file = open(self.path, "r+b")
        self.map = mmap.mmap(self.file.fileno(), 64)

    def env(self):
        return {"LD_PRELOAD": preload("disk"), "EMBUDO_FAULT_CONTROL": self.path}

    def order(self, fault, after=0, delay_ms=0):
        """From the operation after the next `after` on."""
        struct.pack_into("=I", self.map, 4, delay_ms)
        struct.pack_into("=Q", self.map, 8, self.operations() + after + 1)
        struct.pack_into("=I", self.map, 0, fault)

    def clear(self):
        struct.pack_into("=I", self.map, 0, NONE)

    def operations(self):
        return struct.unpack_from("=Q", self.map, 16)[0]

    def syncs(self):
        return struct.unpack_from("=Q", self.map, 24)[0]

    def close(self):
        self.map.close()
        self.file.close()


NO_FAILURE, ONE_FAILS, ALL_FAIL = range(3)


class Memory:
    """Orders to the allocator under a daemon (preload/memory.c)."""

    def __init__(self, base):
        self.path = os.path.join(base, "memory-orders")
        with open(self.path, "wb") as file:
            file.write(bytes(64))
        self.file = open(self.path, "r+b")
        self.map = mmap.mmap(self.file.fileno(), 64)

    def env(self):
        return {"LD_PRELOAD": preload("memory"), "EMBUDO_FAULT_CONTROL": self.path}

    def order(self, failing, after=0):
        struct.pack_into("=Q", self.map, 8, after)
        struct.pack_into("=I", self.map, 0, failing)

    def failed(self):
        return struct.unpack_from("=Q", self.map, 16)[0]

    def close(self):
        self.map.close()
        self.file.close()
