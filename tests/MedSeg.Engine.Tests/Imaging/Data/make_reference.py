"""Makes the reference files of this folder with NumPy and Pillow, independently of MedSeg.

Run in this folder: /usr/bin/python3 make_reference.py. PNG kinds that Pillow does not write (Adam7, 2-bit grey, 16-bit
colour, every row filter) are put together here from the specification; Pillow then reads them as a check.
"""
import io
import struct
import zlib

import numpy as np
from PIL import Image

# --- .npy -----------------------------------------------------------------------------------------------------------
MASK = np.array([[0, 1, 2, 3], [4, 5, 6, 0], [1, 2, 3, 4]])
for kind in ["|b1", "|i1", "<i2", ">i2", "<i4", ">i4", "<i8", ">i8", "|u1", "<u2", ">u2", "<u4", ">u4", "<u8", ">u8",
             "<f2", ">f2", "<f4", ">f4", "<f8", ">f8"]:
    name = kind.replace("<", "le_").replace(">", "be_").replace("|", "")
    np.save(f"mask_{name}.npy", MASK.astype(kind))
np.save("mask_fortran.npy", np.asfortranarray(MASK.astype("<i2")))
np.save("mask_leading_axis.npy", MASK[None].astype("u1"))
np.save("mask_trailing_axis.npy", MASK[:, :, None].astype("u1"))
for version in [(2, 0), (3, 0)]:
    with open(f"mask_version{version[0]}.npy", "wb") as f:
        np.lib.format.write_array(f, MASK.astype("u1"), version=version)
np.save("extremes_i8.npy", np.array([[-128, 127, -1]], "i1"))
np.save("extremes_f2.npy", np.array([[-2.5, 65504, 2 ** -24]], "<f2"))
np.save("refused_object.npy", np.array([[1, None]], object), allow_pickle=True)
np.save("refused_text.npy", np.array([["a", "b"]]))
np.save("refused_complex.npy", np.array([[1j]]))
np.save("refused_structured.npy", np.zeros((1, 2), [("a", "u1"), ("b", "<f4")]))
np.save("refused_stack.npy", np.zeros((3, 2, 2), "u1"))
np.save("refused_nan.npy", np.array([[0, np.nan]]))
np.save("refused_infinite.npy", np.array([[0, np.inf]], "<f4"))
np.save("refused_inexact.npy", np.array([[0, 0.1]]))
np.save("refused_large.npy", np.array([[0, 2 ** 24 + 1]]))
np.save("array_4d.npy", np.arange(24, dtype="<f4").reshape(2, 1, 3, 4) / 4)

# --- PNG ------------------------------------------------------------------------------------------------------------
ADAM7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def scanlines(image, depth):
    """image: [rows, columns, channels]; each row gets the next of the five filters."""
    distance = max(1, image.shape[2] * depth // 8)
    above = None
    out = b""
    for number, row in enumerate(image):
        bits = "".join(format(int(v), f"0{depth}b") for v in row.reshape(-1))
        bits += "0" * (-len(bits) % 8)
        raw = [int(bits[i:i + 8], 2) for i in range(0, len(bits), 8)]
        above = above or [0] * len(raw)
        kind = (number + 4) % 5
        line = [kind]
        for i, value in enumerate(raw):
            a = raw[i - distance] if i >= distance else 0
            c = above[i - distance] if i >= distance else 0
            b = above[i]
            line.append((value - [0, a, b, (a + b) // 2, paeth(a, b, c)][kind]) & 255)
        out += bytes(line)
        above = raw
    return out


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(image, depth, color, interlaced=False):
    image = image if image.ndim == 3 else image[:, :, None]
    rows, columns, channels = image.shape
    assert channels == CHANNELS[color]
    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    raw = b"".join(scanlines(image[r::rs, c::cs], depth) for r, c, rs, cs in passes if image[r::rs, c::cs].size)
    packed = zlib.compress(raw)
    palette = chunk(b"PLTE", bytes(range(3 * min(256, 2 ** depth) % 256 or 255))) if color == 3 else b""
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, depth, color, 0, 0, interlaced))
            + chunk(b"tEXt", b"Comment\0made from the specification") + palette
            + chunk(b"IDAT", packed[:7]) + chunk(b"IDAT", packed[7:]) + chunk(b"IEND", b""))


def pattern(rows, columns, depth):
    """value = (7r + 3c + rc) mod 2^depth, times 257 at 16 bits: the tests compute it too."""
    r, c = np.mgrid[:rows, :columns]
    value = 7 * r + 3 * c + r * c
    return value * 257 % 65536 if depth == 16 else value % 2 ** depth


def save(name, data):
    with open(name, "wb") as f:
        f.write(data)


for rows, columns in [(7, 9), (3, 2)]:
    for interlaced in [False, True]:
        for color, depths in [(0, [1, 2, 4, 8, 16]), (3, [1, 2, 4, 8]), (4, [8, 16]), (2, [8, 16]), (6, [8, 16])]:
            for depth in depths:
                grey = pattern(rows, columns, depth)
                alpha = (grey * 5 + 3) % 2 ** depth
                image = {0: grey, 3: grey, 4: np.dstack([grey, alpha]), 2: np.dstack([grey] * 3),
                         6: np.dstack([grey] * 3 + [alpha])}[color]
                name = f"png_{rows}x{columns}_color{color}_{depth}bit{'_adam7' if interlaced else ''}.png"
                data = png(image, depth, color, interlaced)
                save(name, data)
                read = np.array(Image.open(io.BytesIO(data)))
                first = (read if read.ndim == 2 else read[:, :, 0]).astype(int)
                if color == 3 or depth == 8 or (color == 0 and depth == 16):
                    assert (first == grey).all(), name
                elif depth == 1:
                    assert ((first != 0) == (grey != 0)).all(), name
                elif depth < 8:
                    assert (first == grey * (255 // (2 ** depth - 1))).all(), name
                else:
                    assert (first == grey >> 8).all(), name

Image.fromarray(pattern(7, 9, 8).astype("u1")).save("pillow_grey8.png")
Image.fromarray(pattern(7, 9, 16).astype("u2")).save("pillow_grey16.png")
Image.fromarray(pattern(7, 9, 1).astype(bool)).save("pillow_grey1.png")
for bits in [1, 2, 4, 8]:
    picture = Image.fromarray(pattern(7, 9, bits).astype("u1"), "P")
    picture.putpalette(list(np.random.default_rng(1).integers(0, 256, 3 * 2 ** bits)))
    picture.save(f"pillow_indexed{bits}.png", bits=bits)
colored = np.dstack([pattern(7, 9, 8)] * 3).astype("u1")
colored[2, 5, 1] += 1
Image.fromarray(colored).save("pillow_colored.png")

# --- JPEG -----------------------------------------------------------------------------------------------------------
r, c = np.mgrid[:48, :48]
MASK48 = np.zeros((48, 48), "u1")
for k, (row, column, radius) in enumerate([(10, 10, 6), (10, 34, 7), (24, 22, 6), (36, 9, 5), (37, 28, 6), (38, 42, 4)], 1):
    MASK48[(r - row) ** 2 + (c - column) ** 2 <= radius ** 2] = k
np.save("jpeg_mask.npy", MASK48)
for name, image, options in [
        ("jpeg_step42", MASK48 * 42, dict(quality=95)),
        ("jpeg_step20", MASK48 * 20, dict(quality=100)),
        ("jpeg_step42_progressive", MASK48 * 42, dict(quality=95, progressive=True)),
        ("jpeg_step42_smeared", MASK48 * 42, dict(quality=40)),
        ("jpeg_plain", MASK48, dict(quality=75)),
        ("jpeg_plain_best", MASK48, dict(quality=100)),
        ("jpeg_only_roi4_step20", (MASK48 == 4) * np.uint8(80), dict(quality=100)),
        ("jpeg_binary", (MASK48 > 0) * np.uint8(255), dict(quality=95)),
        ("jpeg_background", MASK48 * 0, dict(quality=75)),
        ("jpeg_rgb_grey", np.dstack([MASK48 * 42] * 3), dict(quality=95)),
        ("jpeg_colored", np.dstack([MASK48 * 42, MASK48 * 0, 252 - MASK48 * 42]), dict(quality=95))]:
    Image.fromarray(image).save(f"{name}.jpg", "JPEG", **options)
    if image.ndim == 2:
        np.save(f"{name}_decoded.npy", np.array(Image.open(f"{name}.jpg")))
turned = Image.Exif()
turned[0x0112] = 6
Image.fromarray(MASK48 * 42).save("jpeg_turned.jpg", quality=95, exif=turned)

# --- resizing and normalising ---------------------------------------------------------------------------------------
random = np.random.default_rng(20)
source = (random.normal(size=(23, 17)) * 300).astype("<f4")
np.save("resize_source.npy", source)
for size in [5, 16, 17, 23, 40]:
    np.save(f"resize_{size}.npy", np.array(Image.fromarray(source, "F").resize((size, size), Image.BILINEAR)))
labels = random.integers(0, 7, (23, 17)).astype("u1")
np.save("nearest_source.npy", labels)
for size in [5, 16, 40]:
    np.save(f"nearest_{size}.npy", np.array(Image.fromarray(labels).resize((size, size), Image.NEAREST)))
low, high = np.percentile(source.astype("f8"), [0.5, 99.5])
wide = source.astype("f8")
np.save("normalized_Percentile.npy", np.clip((wide - low) / (high - low), 0, 1).astype("<f4"))
np.save("normalized_MinMax.npy", ((wide - wide.min()) / (wide.max() - wide.min())).astype("<f4"))
np.save("normalized_ZScore.npy", ((wide - wide.mean()) / wide.std()).astype("<f4"))
np.save("normalized_None.npy", source)
