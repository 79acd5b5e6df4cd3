"""Makes the reference files of this folder with OpenJPEG, independently of MedSeg.

Run in this folder: /usr/bin/python3 make_reference.py (Debian packages libopenjp2-tools and python3-numpy). For each case
opj_compress writes a codestream from an image made here; some are then rearranged by the standard (ITU-T T.800), because
opj_compress has no option for it. opj_decompress says what each decodes to: the values are 16 bits each, little endian,
interleaved by pixel, row by row. Cases with the same values share a file. manifest.json lists all of it.
"""
import glob
import hashlib
import json
import os
import struct
import subprocess
import tempfile

import numpy as np

SCRATCH = tempfile.mkdtemp()
MANIFEST = []


def image(rows, columns, components, bits, signed, seed=1):
    """A smooth image with edges and a little noise; [rows, columns, components]."""
    random = np.random.default_rng(seed)
    y, x, c = np.mgrid[0:rows, 0:columns, 0:components]
    values = 0.5 + 0.3 * np.sin(x / 9 + c) * np.cos(y / 7 - c) + 0.2 * ((x - columns / 2) ** 2 + (y - rows / 2) ** 2 < rows * columns / 9)
    values = (values * (2 ** bits - 1) + random.integers(-2, 3, values.shape)).clip(0, 2 ** bits - 1).astype(np.int64)
    return values - 2 ** (bits - 1) if signed else values


def samples(values, bits):
    """Planar little-endian samples, as the tools read and write them."""
    return np.moveaxis(values, 2, 0).astype("<i2" if bits > 8 else "i1").tobytes()


def compress(values, bits, signed, options, kind="j2k"):
    rows, columns, components = values.shape
    source, target = os.path.join(SCRATCH, "source.rawl"), os.path.join(SCRATCH, f"target.{kind}")
    with open(source, "wb") as f:
        f.write(samples(values, bits))
    form = f"{columns},{rows},{components},{bits},{'s' if signed else 'u'}"
    subprocess.run(["opj_compress", "-i", source, "-o", target, "-F", form, *options.split()], check=True, stdout=subprocess.DEVNULL)
    with open(target, "rb") as f:
        return f.read()


def decompress(stream, shape, bits, signed, kind):
    rows, columns, components = shape
    source, target = os.path.join(SCRATCH, f"stream.{kind}"), os.path.join(SCRATCH, "decoded.rawl")
    with open(source, "wb") as f:
        f.write(stream)
    subprocess.run(["opj_decompress", "-i", source, "-o", target], check=True, stdout=subprocess.DEVNULL)
    values = np.moveaxis(np.fromfile(target, "<u2" if bits > 8 else "u1").reshape(components, rows, columns), 0, 2).astype(np.int64)
    # opj_decompress leaves the bits above the sample's own at 0.
    return np.where(signed & (values >= 2 ** (bits - 1)), values - 2 ** bits, values)


def case(name, shape, bits, options="", signed=False, rearrange=None, kind="j2k"):
    source = image(*shape, bits, signed)
    stream = compress(source, bits, signed, options, kind)
    if rearrange:
        stream = rearrange(stream)
    decoded = decompress(stream, shape, bits, signed, kind)
    exact = "-I" not in options.split()
    if exact and ("-r" not in options.split() or ",1 " in options + " "):
        assert (decoded == source).all(), name
    # opj_compress 2.5.0 does not double a line that is one high-frequency sample (T.800, F.4.6) with -I; opj_decompress halves it.
    assert 1 in shape[:2] and not exact or np.abs(decoded - source).max() < 2 ** bits / 8, name
    values = decoded.astype("<i2" if signed else "<u2").tobytes()
    values_file = hashlib.sha256(values).hexdigest()[:12] + ".raw"
    for path, content in [(f"{name}.{kind}", stream), (values_file, values)]:
        with open(path, "wb") as f:
            f.write(content)
    # OpenJPEG 2.5.0 has 1.625732422 for 2 / K where it is 1.625786132 (T.800, table F.4), which tells in 16 bits.
    tolerance = 0 if exact else 2 if bits > 12 else 1
    MANIFEST.append({"file": f"{name}.{kind}", "values": values_file, "rows": shape[0], "columns": shape[1], "components": shape[2],
                     "precision": bits, "signed": signed, "tolerance": tolerance})


# --- Rearranging codestreams ----------------------------------------------------------------------------------------
def split(stream):
    """The marker segments of the main header (SOC left out), and the tile-parts: header segments and packets."""
    def segments(position, end_marker):
        found = []
        while stream[position:position + 2] != end_marker:
            length, = struct.unpack_from(">H", stream, position + 2)
            found.append(stream[position:position + 2 + length])
            position += 2 + length
        return found, position

    main, position = segments(2, b"\xff\x90")
    parts = []
    while stream[position:position + 2] == b"\xff\x90":
        length, = struct.unpack_from(">I", stream, position + 6)
        header, data = segments(position, b"\xff\x93")
        parts.append((header, stream[data + 2:position + length]))
        position += length
    return main, parts


def join(main, parts):
    stream = b"\xff\x4f" + b"".join(main)
    for header, data in parts:
        length = sum(map(len, header)) + 2 + len(data)
        first = header[0][:6] + struct.pack(">I", length) + header[0][10:]
        stream += first + b"".join(header[1:]) + b"\xff\x93" + data
    return stream + b"\xff\xd9"


def segment(marker, content):
    return struct.pack(">HH", marker, 2 + len(content)) + content


def find(segments, marker):
    return next(i for i, s in enumerate(segments) if s[:2] == struct.pack(">H", marker))


def split_packets(data):
    """Packet headers and bodies, from packets with SOP and EPH markers, which occur nowhere else."""
    packets = [packet[4:].split(b"\xff\x92", 1) for packet in data.split(b"\xff\x91")[1:]]
    return [header for header, _ in packets], [body for _, body in packets]


def pack_in_main(stream):
    main, parts = split(stream)
    content, packed = b"", []
    for header, data in parts:
        headers, bodies = split_packets(data)
        joined = b"".join(h + b"\xff\x92" for h in headers)
        content += struct.pack(">I", len(joined)) + joined
        packed.append((header, b"".join(bodies)))
    # Cut where it falls: within a length and within headers. The second segment stands before the first.
    cut = len(content) // 2
    main += [segment(0xFF60, b"\x01" + content[cut:]), segment(0xFF60, b"\x00" + content[:cut])]
    cod = find(main, 0xFF52)
    main[cod] = main[cod][:4] + bytes([main[cod][4] & ~2]) + main[cod][5:]
    return join(main, packed)


def pack_in_tiles(stream):
    main, parts = split(stream)
    packed = []
    for header, data in parts:
        headers, bodies = split_packets(data)
        joined = b"".join(h + b"\xff\x92" for h in headers)
        cut = len(joined) // 2
        # OpenJPEG wants numbers to go on through the tile-parts of a tile.
        number = 2 * header[0][10]
        packed.append((header + [segment(0xFF61, bytes([number]) + joined[:cut]), segment(0xFF61, bytes([number + 1]) + joined[cut:])],
                       b"".join(b"\xff\x91\x00\x04" + struct.pack(">H", i) + body for i, body in enumerate(bodies))))
    return join(main, packed)


def derive_quantization(stream):
    """One step for all bands; large enough that each band keeps all of its bit-planes."""
    main, parts = split(stream)
    qcd = find(main, 0xFF5C)
    steps = struct.unpack(f">{(len(main[qcd]) - 5) // 2}H", main[qcd][5:])
    exponent = max((step >> 11) + max(0, (i - 1) // 3) for i, step in enumerate(steps))
    main[qcd] = segment(0xFF5C, bytes([main[qcd][4] & 0xE0 | 1]) + struct.pack(">H", exponent << 11 | steps[0] & 0x7FF))
    return join(main, parts)


def mislead(segments, marker):
    """Makes a default useless: what overrides it must count."""
    i = find(segments, marker)
    content = bytearray(segments[i])
    if marker == 0xFF52:
        content[9] = 1
        content[10] = content[11] = 2
    else:
        content[5:] = bytes(b ^ 0x18 for b in content[5:])
    segments[i] = bytes(content)


def state_by_component(stream):
    main, parts = split(stream)
    cod, qcd = main[find(main, 0xFF52)], main[find(main, 0xFF5C)]
    own = [segment(0xFF53, bytes([c, cod[4] & 1]) + cod[9:]) for c in range(3)] + [segment(0xFF5D, bytes([c]) + qcd[4:]) for c in range(3)]
    mislead(main, 0xFF52)
    mislead(main, 0xFF5C)
    return join(main + own, parts)


def state_by_tile(stream):
    main, parts = split(stream)
    cod, qcd = main[find(main, 0xFF52)], main[find(main, 0xFF5C)]
    mislead(main, 0xFF52)
    mislead(main, 0xFF5C)
    return join(main, [(header + [cod, qcd], data) for header, data in parts])


def change_order_by_layer(stream):
    """States the order that packets have already as that of the first layer and that of the second one."""
    main, parts = split(stream)
    changes = bytes([0, 0, 0, 1, 3, 3, 0]) + bytes([0, 0, 0, 2, 3, 3, 1])
    return join(main + [segment(0xFF5F, changes)], parts)


def open_ended(stream):
    """The last tile-part does not state its length."""
    main, parts = split(stream)
    whole = join(main, parts)
    last = whole.rindex(b"\xff\x90\x00\x0a")
    return whole[:last + 6] + b"\0\0\0\0" + whole[last + 10:]


# --- The cases ------------------------------------------------------------------------------------------------------
for old in glob.glob("*.j2k") + glob.glob("*.jp2") + glob.glob("*.raw"):
    os.remove(old)
GREY = (47, 65, 1)
COLOUR = (35, 41, 3)
for bits in [8, 12, 16]:
    case(f"grey_{bits}", GREY, bits)
    case(f"grey_{bits}_signed", GREY, bits, signed=True)
    case(f"grey_{bits}_irreversible", GREY, bits, "-I -r 8", bits == 12)
    case(f"colour_{bits}", COLOUR, bits)
    case(f"colour_{bits}_irreversible", COLOUR, bits, "-I -r 6", bits == 16)
case("colour_without_transform", COLOUR, 8, "-mct 0")
case("four_components", (9, 11, 4), 8, "-mct 0 -n 3")
# opj_compress 2.5.0 goes wrong in some tiles whose lower resolutions have no sample, so most at an offset have few levels.
# Tiles may be larger than the image; opj_compress allows no more levels than halve a tile to one sample.
for columns, rows in [(1, 1), (7, 5), (33, 1), (1, 33), (2, 2)]:
    case(f"size_{columns}x{rows}", (rows, columns, 1), 12, "-n 4 -t 64,64")
    case(f"size_{columns}x{rows}_irreversible", (rows, columns, 1), 12, "-n 4 -I -t 64,64")
    case(f"size_{columns}x{rows}_offset", (rows, columns, 1), 12, "-n 2 -d 5,7 -t 64,64")
    case(f"size_{columns}x{rows}_offset_irreversible", (rows, columns, 1), 12, "-n 2 -d 5,7 -I -t 64,64")
case("levels_without_samples", (1, 33, 1), 12, "-n 5 -d 5,7 -t 64,64")
case("tiles_without_samples", COLOUR, 8, "-n 6 -t 32,32 -d 31,31 -b 16,16")
case("levels_0", GREY, 8, "-n 1")
case("levels_10", GREY, 8, "-n 11 -t 2048,2048")
case("tiles", GREY, 12, "-t 32,32")
case("tiles_offset", GREY, 12, "-n 3 -t 32,32 -d 13,27 -T 11,5")
case("tiles_offset_irreversible", GREY, 12, "-n 3 -t 32,32 -d 13,27 -T 11,5 -I")
case("tiles_colour_parts", COLOUR, 8, "-t 16,16 -TP R -TLM -PLT -r 4,1 -n 4")
for order in ["LRCP", "RLCP", "RPCL", "PCRL", "CPRL"]:
    case(f"order_{order}", COLOUR, 8, f"-p {order} -c [8,16],[8,8] -b 4,8 -n 4 -r 5,2,1 -d 3,6 -t 20,20")
    case(f"order_{order}_parts", COLOUR, 8, f"-p {order} -c [16,16],[8,8] -b 8,8 -n 3 -r 5,1 -TP {'C' if order[0] == 'C' else 'R'} -SOP")
case("order_changes_components", COLOUR, 8, "-n 3 -r 4,1 -POC T1=0,0,2,3,1,LRCP/T1=0,1,2,3,3,RPCL")
case("order_changes_layers", COLOUR, 8, "-n 3 -r 4,1", rearrange=change_order_by_layer)
case("order_changes_tiles", COLOUR, 8, "-n 3 -r 4,1 -t 16,16 " + "-POC " + "/".join(f"T{t}=0,0,2,2,3,RPCL/T{t}=2,0,2,3,3,LRCP" for t in range(1, 5)))
for mode in [1, 2, 4, 8, 16, 32, 5, 9, 12, 17, 63]:
    case(f"mode_{mode}", GREY, 12, f"-M {mode} -b 16,32 -n 3", rearrange=None)
case("mode_1_layers", GREY, 16, "-M 1 -r 8,4,2,1")
case("mode_5_layers", GREY, 16, "-M 5 -r 8,4,2,1 -I")
case("mode_63_layers", GREY, 12, "-M 63 -r 8,4,2,1")
case("layers_lossy_last", GREY, 12, "-r 20,10,4 -SOP -EPH")
case("layers_lossy_last_colour", COLOUR, 8, "-r 20,10,4")
case("precincts", GREY, 8, "-c [16,8],[8,8],[4,4] -b 4,4 -n 4")
case("blocks_flat", (6, 300, 1), 8, "-n 2 -b 1024,4")
case("blocks_upright", (300, 6, 1), 8, "-n 2 -b 4,1024")
case("region", GREY, 8, "-ROI c=0,U=12")
case("region_irreversible", GREY, 8, "-ROI c=0,U=9 -I -r 5")
case("guard_bits", GREY, 12, "-GuardBits 5")
case("packed_in_main", COLOUR, 8, "-SOP -EPH -t 16,16 -r 4,1 -n 3", rearrange=pack_in_main)
case("packed_in_tiles", COLOUR, 8, "-SOP -EPH -t 16,16 -TP R -r 4,1 -n 3", rearrange=pack_in_tiles)
case("quantization_derived", GREY, 12, "-I -r 4", rearrange=derive_quantization)
case("stated_by_component", COLOUR, 8, "-n 3 -b 16,16", rearrange=state_by_component)
case("stated_by_tile", GREY, 8, "-n 3 -b 16,16 -t 40,40 -I", rearrange=state_by_tile)
case("open_ended", GREY, 8, "-t 40,40", rearrange=open_ended)
case("box", GREY, 16, "", kind="jp2")
with open("manifest.json", "w", encoding="utf-8") as f:
    f.write("[\n" + ",\n".join("  " + json.dumps(entry) for entry in MANIFEST) + "\n]\n")
