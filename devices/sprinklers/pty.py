"""A pty in place of a USB serial cable: pty.py LINK

LINK becomes a symbolic link to the pty's slave, which the host opens as its serial port. Bytes from stdin go to the
host, bytes from the host go to stdout. Lines on stderr: "linked" once the link is there, then "open" and "close" as the
host opens and closes the port. The end of stdin or SIGTERM removes the link; the end of this process hangs the host up.

Linux only: inotify tells of every open and close. The hang-up that poll() shows misses a port that is reopened at once.
"""
import ctypes
import os
import select
import signal
import struct
import sys
import tty

IN_CLOSE_WRITE, IN_CLOSE_NOWRITE, IN_OPEN = 0x08, 0x10, 0x20


def report(word):
    os.write(2, word.encode() + b"\n")


def read_all(fd):
    data = b""
    try:
        while part := os.read(fd, 4096):
            data += part
    except OSError:  # nothing left (EAGAIN), or nobody has the slave open (EIO)
        pass
    return data


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
link = sys.argv[1]
master, slave = os.openpty()  # the module `pty` would be this very file
tty.setraw(slave)
target = os.ttyname(slave)
os.close(slave)  # the port is the host's alone
os.set_blocking(master, False)
libc = ctypes.CDLL(None)
events = libc.inotify_init1(os.O_NONBLOCK)
if libc.inotify_add_watch(events, target.encode(), IN_OPEN | IN_CLOSE_WRITE | IN_CLOSE_NOWRITE) < 0:
    sys.exit("inotify does not work here")
try:
    os.symlink(target, f"{link}.{os.getpid()}")
    os.replace(f"{link}.{os.getpid()}", link)
    report("linked")

    holders = 0
    while True:
        # The master of a closed port reports its hang-up without end: only look at it while the port is open.
        poll = select.poll()
        for fd in (0, events, master) if holders else (0, events):
            poll.register(fd, select.POLLIN)
        ready = dict(poll.poll())
        masks = [mask for _, mask, _, _ in struct.iter_unpack("iIII", read_all(events))]
        if not masks and ready.get(master, 0) & select.POLLHUP:
            masks = [IN_CLOSE_WRITE] * holders  # equal events in a row are merged into one: this puts the count right
        for mask in masks:
            if mask & IN_OPEN:
                holders += 1
                if holders == 1:
                    report("open")
            elif holders:
                os.write(1, read_all(master))
                holders -= 1
                if holders == 0:
                    report("close")
        if master in ready:
            os.write(1, read_all(master))
        if 0 in ready:
            data = os.read(0, 4096)
            if not data:
                break
            if holders:
                try:
                    os.write(master, data)
                except OSError:  # the host does not read, or has just closed: a wire does not wait
                    pass
finally:
    if os.path.islink(link) and os.readlink(link) == target:
        os.unlink(link)
