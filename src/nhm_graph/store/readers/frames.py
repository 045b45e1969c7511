"""What service and reader process say to each other: frames with a kind and a length.

An answer is one HEAD, any number of DATA and one END, or a FAILURE in place of what is missing. It
is whole only when its END has come, so that a reader that died never looks like a complete answer.
"""

import struct

JOB = b"J"
READY = b"R"
HEAD = b"H"
DATA = b"D"
END = b"E"
FAILURE = b"F"
# The END of a reader that has grown and leaves by itself.
LEAVING = b"leaving"
# The most that a DATA frame carries, and that either side holds of an answer on its way.
CHUNK = 65_536

_HEADER = struct.Struct("!cI")
HEADER_BYTES = _HEADER.size


def packed(kind: bytes, payload: bytes = b"") -> bytes:
    """One frame.

    >>> packed(END)
    b'E\\x00\\x00\\x00\\x00'
    """
    return _HEADER.pack(kind, len(payload)) + payload


def header_of(start: bytes | bytearray) -> tuple[bytes, int]:
    """Kind and length (bytes of payload) of the frame that starts here.

    >>> header_of(packed(DATA, b"abc"))
    (b'D', 3)
    """
    kind, length = _HEADER.unpack_from(start)
    return kind, length


def first_frame(received: bytearray) -> tuple[bytes, bytes] | None:
    """Takes the first frame out of what was received; None while it is not complete.

    >>> received = bytearray(packed(DATA, b"abc") + b"E")
    >>> first_frame(received), first_frame(received), received
    ((b'D', b'abc'), None, bytearray(b'E'))
    """
    if len(received) < HEADER_BYTES:
        return None
    kind, length = header_of(received)
    end = HEADER_BYTES + length
    if len(received) < end:
        return None
    payload = bytes(received[HEADER_BYTES:end])
    del received[:end]
    return kind, payload
