"""Makes the TIFF masks of this folder with Pillow, OpenCV and tifffile (Debian's python3-pil, python3-opencv and
python3-tifffile). Run in this folder: /usr/bin/python3 make_tiff.py. Sizes of samples that none of them writes (2, 4 and 12
bits) are put together here from the specification.
"""
import struct

import cv2
import numpy as np
import tifffile
from PIL import Image

# 0 to 6, in blocks and single pixels; odd sizes, so that rows and tiles have remainders.
rows, columns = np.mgrid[0:19, 0:21]
MASK = ((rows // 5 + columns // 4) % 7).astype("u1")
MASK[3, 5], MASK[18, 20], MASK[0, 0] = 6, 5, 4
np.save("tiff_mask.npy", MASK)
grey = Image.fromarray(MASK)
for name, compression in {"none": None, "packbits": "packbits", "lzw": "tiff_lzw", "deflate": "tiff_adobe_deflate"}.items():
    grey.save(f"tiff_u1_{name}.tif", compression=compression)
grey.save("tiff_u1_lzw_predicted.tif", compression="tiff_lzw", tiffinfo={317: 2})
Image.fromarray(MASK.astype("u2")).save("tiff_u2_deflate_predicted.tif", compression="tiff_adobe_deflate", tiffinfo={317: 2})
indexed = Image.fromarray(MASK, "P")
indexed.putpalette([11 * (i % 23) for i in range(768)])
indexed.save("tiff_indexed.tif")
two = Image.fromarray((MASK > 2).astype("u1") * 255).convert("1")
for name in ["group3", "group4", "tiff_ccitt", "raw"]:
    two.save(f"tiff_bits1_{name.replace('tiff_', '')}.tif", compression=None if name == "raw" else name)
cv2.imwrite("tiff_u2_opencv.tif", MASK.astype("u2"))
for kind in ["i1", "u2", "i2", "u4", "i4", "f2", "f4", "f8"]:
    for order in "<>":
        tifffile.imwrite(f"tiff_{kind}_{'be' if order == '>' else 'le'}.tif", MASK.astype(kind), byteorder=order, metadata=None)
tifffile.imwrite("tiff_tiled.tif", MASK, tile=(16, 16), metadata=None)
tifffile.imwrite("tiff_strips.tif", MASK, rowsperstrip=4, metadata=None)
tifffile.imwrite("tiff_white_is_zero.tif", MASK, photometric="miniswhite", metadata=None)

# A stack as ImageJ and tifffile write it: one directory, the planes follow.
STACK = np.stack([MASK, np.flipud(MASK), (MASK > 3).astype("u1")])
np.save("tiff_stack.npy", STACK)
tifffile.imwrite("tiff_stack_imagej.tif", STACK, imagej=True)
tifffile.imwrite("tiff_stack_imagej_u2.tif", STACK.astype("u2"), imagej=True)
tifffile.imwrite("tiff_stack_pages.tif", STACK, photometric="minisblack", metadata=None, contiguous=False)
pages = [Image.fromarray(page) for page in STACK]
pages[0].save("tiff_stack_lzw.tif", save_all=True, append_images=pages[1:], compression="tiff_lzw")

RED, LIME, BLUE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0)
COLORS = np.array([[BLACK, RED, LIME], [BLUE, RED, BLACK]], "u1")
Image.fromarray(COLORS).save("colors_rgb8.tif", compression="tiff_lzw")
tifffile.imwrite("colors_planar.tif", np.moveaxis(COLORS, 2, 0), photometric="rgb", planarconfig="separate", metadata=None)
tifffile.imwrite("colors_rgb16.tif", COLORS.astype("u2") * 257, photometric="rgb", metadata=None)
tifffile.imwrite("colors_tiled.tif", COLORS, photometric="rgb", tile=(16, 16), metadata=None)
alpha = np.array([[255, 128, 255], [1, 255, 0]], "u1")
visible = COLORS.copy()
visible[1, 2] = (9, 9, 9)
Image.fromarray(np.dstack([visible, alpha])).save("colors_rgba8.tif", compression="tiff_adobe_deflate")
Image.fromarray(MASK * 40).save("tiff_jpeg.tif", compression="jpeg")


def packed(bits):
    """One strip of samples of so many bits, the most significant first, rows in whole bytes."""
    data = b""
    for row in MASK:
        text = "".join(format(v, f"0{bits}b") for v in row)
        text += "0" * (-len(text) % 8)
        data += bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))
    entries = [(256, 21), (257, 19), (258, bits), (259, 1), (262, 1), (273, 8), (277, 1), (278, 19), (279, len(data))]
    directory = struct.pack("<H", len(entries))
    directory += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries) + bytes(4)
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + directory


for bits in [3, 4, 12]:
    with open(f"tiff_bits{bits}_packed.tif", "wb") as f:
        f.write(packed(bits))
tifffile.imwrite("extremes_i1.tif", np.array([[-128, 127, -1]], "i1"), metadata=None)
tifffile.imwrite("extremes_i2.tif", np.array([[-32768, 32767, -1]], ">i2"), metadata=None, byteorder=">")
tifffile.imwrite("extremes_f2.tif", np.array([[-2.5, 65504, 2 ** -24]], "f2"), metadata=None)
tifffile.imwrite("refused_inexact.tif", np.array([[0, 0.1]], "f8"), metadata=None)
