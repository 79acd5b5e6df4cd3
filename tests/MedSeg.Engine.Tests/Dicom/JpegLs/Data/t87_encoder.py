"""A plain JPEG-LS encoder, written from ITU-T T.87 and for its readers' eyes rather than for speed.

make_reference.py uses it for streams that dcmcjpls cannot make, after checking that it writes the same bytes as dcmcjpls
where both can.
"""
import struct

J = [0] * 4 + [1] * 4 + [2] * 4 + [3] * 4 + [4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15]
NONE, LINE, SAMPLE = range(3)


class Bits:
    def __init__(self):
        self.bytes, self.byte, self.room = bytearray(), 0, 8

    def put(self, value, count):
        for i in reversed(range(count)):
            self.room -= 1
            self.byte |= (value >> i & 1) << self.room
            if self.room == 0:
                self.flush()

    def flush(self):
        self.bytes.append(self.byte)
        # The byte behind one of ones begins with a stuffed zero.
        self.room = 7 if self.byte == 0xFF else 8
        self.byte = 0

    def end(self):
        if self.room < 8:
            self.flush()
        if self.bytes and self.bytes[-1] == 0xFF:
            self.flush()
        return bytes(self.bytes)


def thresholds(maxval, near):
    def clamp(value, least):
        return least if value > maxval or value < least else value

    if maxval >= 128:
        f = (min(maxval, 4095) + 128) // 256
        basic = f * 1 + 2 + 3 * near, f * 4 + 3 + 5 * near, f * 17 + 4 + 7 * near
    else:
        f = 256 // (maxval + 1)
        basic = max(2, 3 // f + 3 * near), max(3, 7 // f + 5 * near), max(4, 21 // f + 7 * near)
    t1 = clamp(basic[0], near + 1)
    t2 = clamp(basic[1], t1)
    return t1, t2, clamp(basic[2], t2)


class Scan:
    """Encodes one restart interval: a list of planes, each [rows][columns] of equal size."""

    def __init__(self, maxval, near=0, t=None, reset=64):
        self.maxval, self.near, self.reset = maxval, near, reset
        self.t1, self.t2, self.t3 = t or thresholds(maxval, near)
        self.step = 2 * near + 1
        self.range = (maxval + 2 * near) // self.step + 1
        self.qbpp = (self.range - 1).bit_length()
        bpp = max(2, maxval.bit_length())
        self.limit = 2 * (bpp + max(8, bpp))
        a = max(2, (self.range + 32) // 64)
        self.A, self.B, self.C, self.N = [a] * 367, [0] * 365, [0] * 365, [1] * 367
        self.negatives = [0, 0]
        self.bits = Bits()

    def region(self, d):
        s, m = (-1 if d < 0 else 1), abs(d)
        return s * (0 if m <= self.near else 1 if m < self.t1 else 2 if m < self.t2 else 3 if m < self.t3 else 4)

    def golomb(self, value, k, limit):
        if value >> k < limit - self.qbpp - 1:
            self.bits.put(1, (value >> k) + 1)
            self.bits.put(value & (1 << k) - 1, k)
        else:
            self.bits.put(1, limit - self.qbpp)
            self.bits.put(value - 1, self.qbpp)

    def parameter(self, a, n):
        k = 0
        while n << k < a:
            k += 1
        return k

    def quantize(self, error, predicted, sign):
        """The coded error and the sample that the decoder will see."""
        q = (error + self.near) // self.step if error > 0 else -((self.near - error) // self.step)
        seen = min(self.maxval, max(0, predicted + sign * q * self.step))
        if q < 0:
            q += self.range
        if q >= (self.range + 1) // 2:
            q -= self.range
        return q, seen

    def regular(self, context, x, a, b, c):
        sign = -1 if context < 0 else 1
        q = abs(context)
        predicted = min(a, b) if c >= max(a, b) else max(a, b) if c <= min(a, b) else a + b - c
        predicted = min(self.maxval, max(0, predicted + sign * self.C[q]))
        error, seen = self.quantize(sign * (x - predicted), predicted, sign)
        k = self.parameter(self.A[q], self.N[q])
        if self.near == 0 and k == 0 and 2 * self.B[q] <= -self.N[q]:
            mapped = 2 * error + 1 if error >= 0 else -2 * (error + 1)
        else:
            mapped = 2 * error if error >= 0 else -2 * error - 1
        self.golomb(mapped, k, self.limit)
        self.B[q] += error * self.step
        self.A[q] += abs(error)
        if self.N[q] == self.reset:
            self.A[q] >>= 1
            self.B[q] >>= 1
            self.N[q] >>= 1
        self.N[q] += 1
        if self.B[q] <= -self.N[q]:
            self.B[q] = max(self.B[q] + self.N[q], 1 - self.N[q])
            self.C[q] = max(-128, self.C[q] - 1)
        elif self.B[q] > 0:
            self.B[q] = min(self.B[q] - self.N[q], 0)
            self.C[q] = min(127, self.C[q] + 1)
        return seen

    def interruption(self, x, a, b, index, alternating):
        kind = 1 if not alternating and abs(a - b) <= self.near else 0
        predicted = a if kind else b
        sign = -1 if kind == 0 and a > b else 1
        error, seen = self.quantize(sign * (x - predicted), predicted, sign)
        q = 365 + kind
        k = self.parameter(self.A[q] + (self.N[q] >> 1 if kind else 0), self.N[q])
        often = 2 * self.negatives[kind] >= self.N[q]
        bit = (k == 0 and error > 0 and not often) or (error < 0 and (often or k != 0))
        mapped = 2 * abs(error) - kind - bit
        self.golomb(mapped, k, self.limit - J[index] - 1)
        self.negatives[kind] += error < 0
        self.A[q] += (mapped + 1 - kind) >> 1
        if self.N[q] == self.reset:
            self.A[q] >>= 1
            self.N[q] >>= 1
            self.negatives[kind] >>= 1
        self.N[q] += 1
        return seen

    def line(self, groups, above, seen, index):
        """groups: the source lines that alternate by sample; above, seen: as lines with a column more at either side."""
        columns = len(groups[0])
        for s, u in zip(seen, above):
            s[0] = u[1]
            u[columns + 1] = u[columns]
        x = 1
        while x <= columns:
            contexts = [81 * self.region(u[x + 1] - u[x]) + 9 * self.region(u[x] - u[x - 1]) + self.region(u[x - 1] - s[x - 1])
                        for s, u in zip(seen, above)]
            if any(contexts):
                for g, s, u, context in zip(groups, seen, above, contexts):
                    s[x] = self.regular(context, g[x - 1], s[x - 1], u[x], u[x - 1])
                x += 1
                continue
            start = x
            while x <= columns and all(abs(g[x - 1] - s[start - 1]) <= self.near for g, s in zip(groups, seen)):
                for s in seen:
                    s[x] = s[start - 1]
                x += 1
            run = x - start
            while run >= 1 << J[index]:
                self.bits.put(1, 1)
                run -= 1 << J[index]
                index = min(31, index + 1)
            if x > columns:
                self.bits.put(1, 1 if run else 0)
                break
            self.bits.put(0, 1)
            self.bits.put(run, J[index])
            for g, s, u in zip(groups, seen, above):
                s[x] = self.interruption(g[x - 1], s[x - 1], u[x], index, len(groups) > 1)
            index = max(0, index - 1)
            x += 1
        return index

    def encode(self, planes, mode):
        """The coded bytes and the planes as a decoder will see them."""
        rows, columns = len(planes[0]), len(planes[0][0])
        groups = [planes] if mode == SAMPLE else [[p] for p in planes]
        above = [[[0] * (columns + 2) for _ in g] for g in groups]
        index = [0] * len(groups)
        decoded = [[] for _ in groups]
        for row in range(rows):
            for i, g in enumerate(groups):
                seen = [[0] * (columns + 2) for _ in g]
                index[i] = self.line([p[row] for p in g], above[i], seen, index[i])
                decoded[i].append([s[1:-1] for s in seen])
                above[i] = seen
        planes = [[row[j] for row in decoded[i]] for i, g in enumerate(groups) for j in range(len(g))]
        return self.bits.end(), planes


def segment(marker, payload):
    return bytes([0xFF, marker]) + struct.pack(">H", len(payload) + 2) + payload


def encode(planes, precision, mode=NONE, near=0, preset=None, restart=0, restart_bytes=2, scans=None, extra=b""):
    """A codestream of planes [rows][columns] and the planes that it decodes to.

    preset: (MAXVAL, T1, T2, T3, RESET); scans: the numbers of planes of each scan, all in one scan or one each by default.
    """
    rows, columns = len(planes[0]), len(planes[0][0])
    maxval, *t, reset = preset or ((1 << precision) - 1, 0, 0, 0, 64)
    t = t if any(t) else None
    out = b"\xff\xd8" + extra + segment(0xF7, struct.pack(">BHHB", precision, rows, columns, len(planes))
                                        + b"".join(bytes([i + 1, 0x11, 0]) for i in range(len(planes))))
    if preset:
        out += segment(0xF8, struct.pack(">B5H", 1, *preset))
    if restart:
        out += segment(0xDD, restart.to_bytes(restart_bytes, "big"))
    decoded, first = [], 0
    for count in scans or ([1] * len(planes) if mode == NONE else [len(planes)]):
        part = planes[first:first + count]
        ids = b"".join(bytes([first + i + 1, 0]) for i in range(count))
        out += extra + segment(0xDA, bytes([count]) + ids + bytes([near, mode if count > 1 else NONE, 0]))
        seen = [[] for _ in part]
        height = restart or rows
        for number, row in enumerate(range(0, rows, height)):
            if number:
                out += bytes([0xFF, 0xD0 + (number - 1) % 8])
            data, strip = Scan(maxval, near, t, reset or 64).encode([p[row:row + height] for p in part], mode if count > 1 else NONE)
            out += data
            for s, p in zip(seen, strip):
                s += p
        decoded += seen
        first += count
    return out + b"\xff\xd9", decoded
