"""Makes the reference files of this folder with DCMTK, GDCM and pydicom, independently of MedSeg.

Run in this folder: /usr/bin/python3 make_reference.py (Debian packages dcmtk, libgdcm-tools, python3-pydicom). Each
<name>.jls is the codestream of one frame; <name>.npy is what it decodes to: [rows, columns] or [rows, columns, components].
- dcmtk_*: encoded by dcmcjpls; gdcm_*: encoded by gdcmconv; decoded by dcmdjpls or, where that refuses, gdcmconv.
- t87_*: what neither tool writes (few bits, greatest values that are no power of two, restart markers, four components,
  scans of one and of two components), encoded by t87_encoder.py. Where one of the tools supports them it decodes them as
  a check; the script prints which none does. That encoder writes the same bytes as dcmcjpls in all cases of CHECKED.
"""
import os
import subprocess
import tempfile

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import decode_data_sequence, encapsulate

import t87_encoder as t87

FOLDER = tempfile.mkdtemp()
SOURCE, PACKED, UNPACKED = (os.path.join(FOLDER, name) for name in ["source.dcm", "packed.dcm", "unpacked.dcm"])
random = np.random.default_rng(87)


def dataset(image, stored, syntax):
    image = image if image.ndim == 3 else image[:, :, None]
    d = Dataset()
    d.file_meta = FileMetaDataset()
    d.file_meta.TransferSyntaxUID = syntax
    d.file_meta.MediaStorageSOPClassUID = d.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    d.file_meta.MediaStorageSOPInstanceUID = d.SOPInstanceUID = "2.25.87"
    d.Rows, d.Columns, d.SamplesPerPixel = image.shape
    d.PhotometricInterpretation = "MONOCHROME2" if image.shape[2] == 1 else "RGB"
    if image.shape[2] > 1:
        d.PlanarConfiguration = 0
    d.BitsAllocated, d.BitsStored, d.HighBit, d.PixelRepresentation = image.itemsize * 8, stored, stored - 1, 0
    d.is_little_endian, d.is_implicit_VR = True, False
    return d


def pack(image, stored, command):
    d = dataset(image, stored, "1.2.840.10008.1.2.1")
    raw = image.tobytes()
    d.add_new(0x7FE00010, "OB" if image.itemsize == 1 else "OW", raw + b"\0" * (len(raw) % 2))
    d.save_as(SOURCE, write_like_original=False)
    subprocess.run([*command.split(), SOURCE, PACKED], check=True)
    return decode_data_sequence(pydicom.dcmread(PACKED).PixelData)[0]


def unpack(stream, image, stored):
    """What dcmdjpls or, where that refuses, GDCM makes of a codestream; None where both refuse."""
    d = dataset(image, stored, "1.2.840.10008.1.2.4.81")
    d.PixelData = encapsulate([stream + b"\0" * (len(stream) % 2)])
    d["PixelData"].is_undefined_length = True
    d["PixelData"].VR = "OB"
    d.save_as(PACKED, write_like_original=False)
    for command in ["dcmdjpls +px", "gdcmconv --raw"]:
        if subprocess.run([*command.split(), PACKED, UNPACKED], capture_output=True).returncode == 0:
            break
    else:
        return None
    d = pydicom.dcmread(UNPACKED)
    values = np.frombuffer(d.PixelData, image.dtype)[:image.size].reshape(image.shape)
    if image.ndim == 3 and d.PlanarConfiguration == 1:
        values = values.reshape(image.shape[2], *image.shape[:2]).transpose(1, 2, 0)
    return values


def store(name, stream, values):
    with open(f"{name}.jls", "wb") as f:
        f.write(stream)
    np.save(f"{name}.npy", np.ascontiguousarray(values))


def noise(rows, columns, bits, *components):
    return random.integers(0, 1 << bits, (rows, columns, *components)).astype("u1" if bits <= 8 else "<u2")


def smooth(rows, columns, bits, *components):
    """A soft mound with a little noise, dark and even at the border as a slice is."""
    r, c = np.mgrid[:rows, :columns]
    mound = np.clip(1.2 * np.exp(-((r / rows - .5) ** 2 + (c / columns - .5) ** 2) * 9) - .3, 0, 1)
    mound = mound if not components else mound[:, :, None] * np.linspace(1, .6, components[0])
    value = mound * ((1 << bits) - 1) + (mound > 0) * random.normal(0, 2 ** bits / 128, mound.shape)
    return np.clip(value, 0, (1 << bits) - 1).astype("u1" if bits <= 8 else "<u2")


def edges(rows, columns, bits, *components):
    """Blocks of the extremes, of different sizes."""
    r, c = np.mgrid[:rows, :columns]
    block = ((r // 5 + c // 7) % 2 ^ (c % 11 == 3))
    block = block if not components else np.stack([block, 1 - block, block & (r > 6)], 2)
    return (block * ((1 << bits) - 1)).astype("u1" if bits <= 8 else "<u2")


def rough(*shape):
    """The blocks with some noise, so that near-lossless coding has something to lose."""
    image = edges(*shape).astype(int)
    return np.clip(image + random.integers(-6, 7, image.shape), 0, (1 << shape[2]) - 1).astype("u1" if shape[2] <= 8 else "<u2")


def constant(rows, columns, value):
    image = np.full((rows, columns), value, "u1")
    image[rows // 2, columns // 2] = 0
    return image


# --- DCMTK and GDCM -------------------------------------------------------------------------------------------------
# Of some noise dcmcjpls 3.6.7 writes a wrong byte, so that dcmdjpls and GDCM refuse it: GDCM codes the noise.
COOKED = "dcmcjpls +un +pc"
GDCM = "gdcmconv --jpegls"
for name, image, bits, command in [
        ("grey8_1x1", noise(1, 1, 8), 8, COOKED),
        ("grey12_1x33", noise(1, 33, 12), 12, COOKED),
        ("grey12_33x1", noise(33, 1, 12), 12, COOKED),
        ("grey12_7x5_near3", noise(7, 5, 12), 12, COOKED + " +en +md 3"),
        ("grey8_noise", noise(31, 29, 8), 8, GDCM),
        ("grey8_smooth", smooth(60, 70, 8), 8, COOKED),
        ("grey8_smooth_near1", smooth(40, 50, 8), 8, COOKED + " +en +md 1"),
        ("grey8_smooth_near3", smooth(40, 50, 8), 8, COOKED + " +en +md 3"),
        ("grey8_edges", edges(45, 37, 8), 8, COOKED),
        ("grey8_rough_near2", rough(45, 37, 8), 8, COOKED + " +en +md 2"),
        ("grey8_constant", constant(120, 150, 200), 8, COOKED),
        ("grey10_smooth", smooth(21, 33, 10), 10, COOKED),
        ("grey12_smooth", smooth(64, 64, 12), 12, COOKED),
        ("grey12_smooth_near1", smooth(40, 40, 12), 12, COOKED + " +en +md 1"),
        ("grey12_smooth_near3", smooth(40, 40, 12), 12, COOKED + " +en +md 3"),
        ("grey12_as_16", smooth(40, 40, 12), 12, "dcmcjpls +un"),
        ("grey12_thresholds", smooth(40, 40, 12), 12, COOKED + " +t1 5 +t2 40 +t3 400 +rs 31"),
        ("grey14_smooth", smooth(30, 30, 14), 14, COOKED),
        ("grey16_noise", noise(30, 31, 16), 16, GDCM),
        ("grey16_edges", edges(31, 30, 16), 16, COOKED),
        ("grey16_smooth", smooth(50, 40, 16), 16, COOKED),
        # A steady rise drives the correction of one context to its bound.
        ("grey16_ramp_1x300", np.arange(0, 60000, 200, dtype="<u2")[None], 16, COOKED),
        ("grey16_smooth_near3", smooth(30, 40, 16), 16, COOKED + " +en +md 3"),
        ("rgb8_line", smooth(19, 23, 8, 3), 8, COOKED + " +il"),
        ("rgb8_sample", smooth(19, 23, 8, 3), 8, COOKED + " +is"),
        ("rgb8_none", smooth(19, 23, 8, 3), 8, COOKED + " +in"),
        ("rgb8_rough_line_near3", rough(19, 23, 8, 3), 8, COOKED + " +il +en +md 3"),
        ("rgb8_rough_sample_near1", rough(19, 23, 8, 3), 8, COOKED + " +is +en +md 1"),
        ("rgb8_none_near2", smooth(19, 23, 8, 3), 8, COOKED + " +in +en +md 2"),
        ("rgb12_line", smooth(13, 17, 12, 3), 12, COOKED + " +il"),
        ("rgb12_sample", smooth(13, 17, 12, 3), 12, COOKED + " +is"),
        ("rgb16_none", smooth(13, 17, 16, 3), 16, COOKED + " +in"),
        ("grey12", smooth(33, 31, 12), 12, GDCM),
        ("rgb8", smooth(12, 14, 8, 3), 8, GDCM)]:
    stream = pack(image, bits, command)
    values = unpack(stream, image, bits)
    assert values is not None, name
    near = int(name[name.index("near") + 4:]) if "near" in name else 0
    difference = np.abs(values.astype(int) - image).max()
    assert difference <= near and (near > 0) == (difference > 0), (name, difference)
    store(("gdcm_" if GDCM in command else "dcmtk_") + name, stream, values)


# --- What they do not write -----------------------------------------------------------------------------------------
def planes(image):
    return [image.tolist()] if image.ndim == 2 else [image[:, :, i].tolist() for i in range(image.shape[2])]


CHECKED = [
    (noise(9, 11, 12), 12, "", {}), (smooth(40, 30, 8), 8, "", {}), (edges(30, 30, 8), 8, "", {}),
    (rough(30, 30, 12), 12, "+en +md 3", dict(near=3)), (smooth(40, 30, 12), 12, "+en +md 2", dict(near=2)),
    (smooth(40, 30, 8, 3), 8, "+il", dict(mode=t87.LINE)), (edges(40, 30, 8, 3), 8, "+is", dict(mode=t87.SAMPLE)),
    (rough(30, 30, 8, 3), 8, "+is +en +md 1", dict(mode=t87.SAMPLE, near=1)), (smooth(9, 8, 8, 3), 8, "+in", {}),
    (constant(90, 90, 7), 8, "", {}),
    (smooth(40, 30, 12), 12, "+t1 5 +t2 40 +t3 400 +rs 31", dict(preset=(4095, 5, 40, 400, 31)))]
for image, bits, options, parameters in CHECKED:
    theirs = pack(image, bits, f"{COOKED} {options}").rstrip(b"\0")
    ours, _ = t87.encode(planes(image), bits, **parameters)
    # dcmcjpls makes the length even with one more byte of ones before the last marker.
    assert theirs.replace(b"\xff\xff\xd9", b"\xff\xd9") == ours.replace(b"\xff\xff\xd9", b"\xff\xd9"), options

# Strips coded by dcmcjpls, joined by restart markers, are the restart intervals of the encoder.
image = smooth(24, 30, 12)
strips = [pack(image[row:row + 5], 12, COOKED).rstrip(b"\0") for row in range(0, 24, 5)]
strips = [s[s.index(b"\xff\xda") + 10:s.index(b"\xff\xd9")].removesuffix(b"\xff") for s in strips]
joined = strips[0] + b"".join(bytes([0xFF, 0xD0 + i]) + s for i, s in enumerate(strips[1:]))
assert joined in t87.encode(planes(image), 12, restart=5)[0]

EXTRA = t87.segment(0xFE, b"made by hand") + t87.segment(0xE8, b"mrfx\0") + t87.segment(0xE1, b"Exif\xff\xd9")
for name, image, bits, parameters in [
        ("bits2", noise(9, 13, 2), 2, {}),
        ("bits3", noise(9, 13, 3), 3, {}),
        ("bits5_near1", noise(19, 13, 5), 5, dict(near=1)),
        ("bits7", smooth(19, 13, 7), 7, {}),
        ("bits9_near255", noise(9, 13, 9), 9, dict(near=255)),
        ("bits13", noise(9, 13, 13), 13, {}),
        ("maximum1", noise(9, 13, 1), 2, dict(preset=(1, 0, 0, 0, 0))),
        ("maximum84", np.minimum(smooth(21, 23, 7), 84), 7, dict(preset=(84, 0, 0, 0, 64))),
        ("maximum159", np.minimum(smooth(21, 23, 8), 159), 8, dict(preset=(159, 0, 0, 0, 64))),
        ("maximum1000", np.minimum(smooth(21, 23, 10), 1000), 10, dict(preset=(1000, 0, 0, 0, 64))),
        ("maximum1000_near2", np.minimum(noise(21, 23, 10), 1000), 10, dict(preset=(1000, 0, 0, 0, 3), near=2)),
        ("restart1", edges(11, 17, 8), 8, dict(restart=1)),
        ("restart2_3bytes", smooth(23, 17, 12), 12, dict(restart=2, restart_bytes=3)),
        ("restart5_rgb_line", smooth(13, 17, 8, 3), 8, dict(restart=5, restart_bytes=4, mode=t87.LINE)),
        ("restart6_rgb_sample", edges(13, 17, 8, 3), 8, dict(restart=6, mode=t87.SAMPLE)),
        ("restart4_rgb_none", smooth(13, 17, 8, 3), 8, dict(restart=4)),
        ("components2_sample", smooth(13, 17, 8, 2), 8, dict(mode=t87.SAMPLE)),
        ("components4_sample", smooth(13, 17, 8, 4), 8, dict(mode=t87.SAMPLE)),
        ("components4_line", smooth(13, 17, 8, 4), 8, dict(mode=t87.LINE)),
        ("scans1_2_sample", smooth(13, 17, 8, 3), 8, dict(mode=t87.SAMPLE, scans=[1, 2])),
        ("scans2_1_line_near1", smooth(13, 17, 8, 3), 8, dict(mode=t87.LINE, scans=[2, 1], near=1)),
        ("segments", smooth(13, 17, 8, 3), 8, dict(extra=EXTRA)),
        ("long_runs", constant(1, 65535, 9), 8, {})]:
    stream, decoded = t87.encode(planes(image), bits, **parameters)
    values = np.array(decoded).astype(image.dtype)
    values = values[0] if image.ndim == 2 else values.transpose(1, 2, 0)
    judged = unpack(stream, image, bits)
    if judged is None:
        print(f"t87_{name}: not supported by dcmdjpls or gdcmconv")
    else:
        assert (judged == values).all(), name
    assert np.abs(values.astype(int) - image).max() <= parameters.get("near", 0), name
    store(f"t87_{name}", stream, values)

# The worked example of ITU-T T.87, H.3.
EXAMPLE = np.array([[0, 0, 90, 74], [68, 50, 43, 205], [64, 145, 145, 145], [100, 145, 145, 145]], "u1")
stream = bytes.fromhex("FFD8FFF7000B0800040004010111 00FFDA000801010000000 0C000006C80208E01C0000057400000"
                       "6EE6000001BC18000005D80000916 0FFD9".replace(" ", ""))
assert (unpack(stream, EXAMPLE, 8) == EXAMPLE).all() and t87.encode(planes(EXAMPLE), 8)[0] == stream
store("t87_annex_h3", stream, EXAMPLE)
