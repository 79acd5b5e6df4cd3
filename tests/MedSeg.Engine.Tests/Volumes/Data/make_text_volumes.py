"""Makes the NRRD and MetaImage volumes from those of make_volumes.py, with plastimatch (ITK) and teem-unu (Debian
packages plastimatch and teem-apps)."""

import gzip
import subprocess
import zlib

import nibabel as nib
import numpy as np


def run(*arguments):
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)


def without_notes(name):
    """ITK copies the NIfTI header into notes, which are of no interest."""
    head, data = open(name, "rb").read().split(b"\n\n", 1)
    lines = [line for line in head.split(b"\n") if b":=" not in line]
    open(name, "wb").write(b"\n".join(lines) + b"\n\n" + data)


def without_fields(name, keep, voxels=None):
    content = open(name, "rb").read()
    head, data = content.split(b"ElementDataFile", 1)
    end = data.index(b"\n") + 1
    lines = [line for line in head.split(b"\n") if line.split(b" =")[0].decode() in keep]
    open(name, "wb").write(b"\n".join(lines) + b"\nElementDataFile" + data[:end] + (data[end:] if voxels is None else voxels))


FIELDS = ["ObjectType", "NDims", "BinaryData", "BinaryDataByteOrderMSB", "CompressedData", "TransformMatrix", "Offset", "ElementSpacing", "DimSize", "ElementType"]
for name, source in [("itk_lps", "nifti1_gzip"), ("itk_pir", "nifti1_pir"), ("itk_sal", "nifti1_sal")]:
    run("plastimatch", "convert", "--input", f"{source}.nii.gz", "--output-img", f"{name}.nrrd")
    without_notes(f"{name}.nrrd")
    run("plastimatch", "convert", "--input", f"{source}.nii.gz", "--output-img", f"{name}.mha")
    without_fields(f"{name}.mha", FIELDS)

run("teem-unu", "save", "-f", "nrrd", "-e", "raw", "-en", "big", "-i", "itk_pir.nrrd", "-o", "teem_raw_big.nrrd")
run("teem-unu", "save", "-f", "nrrd", "-e", "bzip2", "-i", "itk_pir.nrrd", "-o", "teem_bzip2.nrrd")
run("teem-unu", "save", "-f", "nrrd", "-e", "hex", "-i", "itk_pir.nrrd", "-o", "teem_hex.nrrd")
run("teem-unu", "save", "-f", "nrrd", "-e", "ascii", "-i", "itk_sal.nrrd", "-o", "teem_text.nrrd")

# MetaImage compressed by zlib, as ITK writes it with compression on.
content = open("itk_sal.mha", "rb").read()
head, data = content.split(b"ElementDataFile = LOCAL\n", 1)
packed = zlib.compress(data)
open("itk_sal_zlib.mha", "wb").write(
    head.replace(b"CompressedData = False", b"CompressedData = True\nCompressedDataSize = " + str(len(packed)).encode()) + b"ElementDataFile = LOCAL\n" + packed
)

# Segments as 3D Slicer 5 stores them: the first two overlap in no voxel and share a layer, the third has its own.
header, voxels = open("teem_raw_big.nrrd", "rb").read().split(b"\n\n", 1)
labels = np.asanyarray(nib.load("nifti1_pir.nii.gz").dataobj).astype("u1")
layers = np.stack([np.where(labels < 3, labels, 0), labels == 3]).astype("u1")
fields = [line for line in header.decode().split("\n") if line.split(":")[0] in ("space", "space origin")]
directions = next(line for line in header.decode().split("\n") if line.startswith("space directions"))
sizes = " ".join(str(n) for n in labels.shape)
lines = ["NRRD0004", "type: unsigned char", "dimension: 4", *fields, f"sizes: 2 {sizes}", directions.replace(": ", ": none "), "kinds: list domain domain domain", "encoding: gzip"]
for i, (name, layer, value) in enumerate([("L psoas", 0, 1), ("R psoas", 0, 2), ("L4", 1, 1)]):
    lines += [f"Segment{i}_ID:=Segment_{i + 1}", f"Segment{i}_LabelValue:={value}", f"Segment{i}_Layer:={layer}", f"Segment{i}_Name:={name}"]
open("slicer_pir.seg.nrrd", "wb").write("\n".join(lines).encode() + b"\n\n" + gzip.compress(layers.tobytes(order="F"), mtime=0))
