"""Orders to what stands between a daemon and its machine: each a file that the test and a library of preload/ both map."""

import mmap
import os
import struct

from daemon import preload

NONE, KILL, WRITE_EIO, SYNC_EIO, FULL, SHORT, SLOW_SYNC = range(7)
NO_FAILURE, ONE_FAILS, ALL_FAIL = range(3)


class Orders:
    library = None

    def __init__(self, base):
        self.path = os.path.join(base, "orders-" + self.library)
        with open(self.path, "wb") as file:
            file.write(bytes(64))
        self.file = open(self.path, "r+b")
        self.map = mmap.mmap(self.file.fileno(), 64)

    def env(self):
        return {"LD_PRELOAD": preload(self.library), "EMBUDO_FAULT_CONTROL": self.path}

    def put(self, layout, offset, value):
        struct.pack_into("=" + layout, self.map, offset, value)

    def get(self, layout, offset):
        return struct.unpack_from("=" + layout, self.map, offset)[0]

    def close(self):
        self.map.close()
        self.file.close()


class Disk(Orders):
    """A disk that fails: preload/disk.c."""

    library = "disk"

    def order(self, fault, after=0, delay_ms=0):
        """From the operation after the next `after` on."""
        self.put("I", 4, delay_ms)
        self.put("Q", 8, self.operations() + after + 1)
        self.put("I", 0, fault)

    def clear(self):
        self.put("I", 0, NONE)

    def operations(self):
        return self.get("Q", 16)

    def syncs(self):
        return self.get("Q", 24)


class Memory(Orders):
    """Memory that runs out: preload/memory.c."""

    library = "memory"

    def order(self, failing, after=0):
        self.put("Q", 8, after)
        self.put("I", 0, failing)

    def failed(self):
        return self.get("Q", 16)


class Clock(Orders):
    """A wall clock that is set: preload/clock.c."""

    library = "clock"

    def set(self, offset_s):
        self.put("q", 0, offset_s * 1000)
