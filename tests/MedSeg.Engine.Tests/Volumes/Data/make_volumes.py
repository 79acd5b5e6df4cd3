"""Makes a small oblique DICOM series and label volumes on it, with pydicom, nibabel and dcm2niix (Debian's python3-pydicom,
python3-nibabel, dcm2niix). Run in this folder: /usr/bin/python3 make_volumes.py.
"""
import glob
import os
import shutil
import subprocess
import tempfile

import nibabel as nib
import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence

SLICES, ROWS, COLUMNS = 5, 10, 12
ROOT = "2.25.1234567890"
SERIES, STUDY, FRAME = f"{ROOT}.1", f"{ROOT}.2", f"{ROOT}.3"


def rotation(x, y, z):
    cx, sx, cy, sy, cz, sz = np.cos(x), np.sin(x), np.cos(y), np.sin(y), np.cos(z), np.sin(z)
    return (np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]]) @ np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
            @ np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]]))


TURN = rotation(0.2, -0.3, 0.1)
ROW, COLUMN, NORMAL = TURN[:, 0], TURN[:, 1], TURN[:, 2]
ROW_SPACING, COLUMN_SPACING, DISTANCE = 1.5, 1.25, 3.0
ORIGIN = np.array([-40.0, 25.5, 110.25])
# Columns of the matrix: a step along column number, row number, slice number; DICOM's coordinates.
LPS = np.eye(4)
LPS[:3, 0], LPS[:3, 1], LPS[:3, 2], LPS[:3, 3] = ROW * COLUMN_SPACING, COLUMN * ROW_SPACING, NORMAL * DISTANCE, ORIGIN
AFFINE = np.diag([-1, -1, 1, 1]) @ LPS

random = np.random.default_rng(7)
LABELS = random.integers(0, 4, (SLICES, ROWS, COLUMNS)).astype("u1")
np.save("labels.npy", LABELS)
PIXELS = (np.arange(SLICES)[:, None, None] * 1000 + np.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS) + 1).astype("u2")


def file(uid_class, uid):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = uid_class, uid
    meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.is_little_endian, dataset.is_implicit_VR = True, False
    dataset.SOPClassUID, dataset.SOPInstanceUID = uid_class, uid
    dataset.StudyInstanceUID, dataset.FrameOfReferenceUID, dataset.PatientID, dataset.PatientName = STUDY, FRAME, "V1", "V1"
    dataset.Modality, dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = "MR", ROWS, COLUMNS, 1
    dataset.PhotometricInterpretation, dataset.PixelRepresentation = "MONOCHROME2", 0
    return dataset


def decimals(values):
    return [f"{v:.10g}" for v in values]


# --- the series; file numbers run against the positions, so that sorting by name would be wrong -----------------------
for k in range(SLICES):
    d = file("1.2.840.10008.5.1.4.1.1.4", f"{ROOT}.4.{k + 1}")
    d.SeriesInstanceUID, d.InstanceNumber = SERIES, k + 1
    d.ImageType, d.Manufacturer, d.MRAcquisitionType, d.SeriesNumber = ["ORIGINAL", "PRIMARY"], "Siemens", "2D", 1
    d.ImagePositionPatient = decimals(ORIGIN + k * DISTANCE * NORMAL)
    d.ImageOrientationPatient = decimals([*ROW, *COLUMN])
    d.PixelSpacing, d.SliceThickness, d.SpacingBetweenSlices = [ROW_SPACING, COLUMN_SPACING], DISTANCE, DISTANCE
    d.BitsAllocated, d.BitsStored, d.HighBit = 16, 16, 15
    d.PixelData = PIXELS[k].tobytes()
    d.save_as(f"slice{SLICES - k}.dcm", write_like_original=False)

# An image that names the class of segmentations in a reference is still an image.
d.ReferencedImageSequence = Sequence([Dataset()])
d.ReferencedImageSequence[0].ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.66.4"
d.ReferencedImageSequence[0].ReferencedSOPInstanceUID = f"{ROOT}.5"
d.save_as("refers_to_seg.dcm", write_like_original=False)

# --- NIfTI ------------------------------------------------------------------------------------------------------------
VOLUME = np.transpose(LABELS, (2, 1, 0))


def save(name, data, affine=AFFINE, kind=nib.Nifti1Image, change=None):
    image = kind(data, affine)
    image.set_sform(affine, 1)
    image.set_qform(affine, 0)
    if change:
        change(image)
    nib.save(image, name)


for kind in ["u1", "i1", "i2", "u2", "i4", "u4", "f4", "f8"]:
    save(f"nifti1_{kind}.nii", VOLUME.astype(kind))
save("nifti1_gzip.nii.gz", VOLUME)
for kind in ["i8", "u8"]:
    nib.save(nib.Nifti2Image(VOLUME.astype(kind), AFFINE, dtype=kind), f"nifti2_{kind}.nii")
nib.save(nib.Nifti2Image(VOLUME.astype("i2"), AFFINE), "nifti2_gzip.nii.gz")
for version, kind in [(1, nib.Nifti1Image), (2, nib.Nifti2Image)]:
    header = kind.header_class(endianness=">")
    header.set_data_dtype(">i2")
    header.set_data_shape(VOLUME.shape)
    header.set_sform(AFFINE, 1)
    with open(f"nifti{version}_big_endian.nii", "wb") as f:
        header["vox_offset"] = 352 if version == 1 else 544
        header["magic"] = header.single_magic
        header.write_to(f)
        f.write(b"\0" * (header["vox_offset"].item().__int__() - f.tell()))
        f.write(VOLUME.astype(">i2").tobytes(order="F"))
    assert np.array_equal(np.asanyarray(nib.load(f"nifti{version}_big_endian.nii").dataobj), VOLUME)
    save(f"nifti{version}_qform.nii.gz", VOLUME, kind=kind, change=lambda i: (i.set_sform(None, 0), i.set_qform(AFFINE, 1)))
save("nifti1_canonical.nii.gz", *(lambda i: (np.asanyarray(i.dataobj), i.affine))(nib.as_closest_canonical(nib.Nifti1Image(VOLUME, AFFINE))))
for axes in ["PIR", "SAL", "IRP", "LAS"]:
    image = nib.Nifti1Image(VOLUME, AFFINE)
    turn = nib.orientations.ornt_transform(nib.io_orientation(AFFINE), nib.orientations.axcodes2ornt(tuple(axes)))
    image = image.as_reoriented(turn)
    save(f"nifti1_{axes.lower()}.nii.gz", np.asanyarray(image.dataobj), image.affine)
    # The quaternion with qfac of either sign says the same.
    save(f"nifti1_{axes.lower()}_qform.nii.gz", np.asanyarray(image.dataobj), image.affine, change=lambda i: (i.set_qform(i.affine, 1), i.set_sform(None, 0)))
save("nifti1_scaled.nii.gz", (VOLUME.astype("i2") + 1) * 2, change=lambda i: i.header.set_slope_inter(0.5, -1))
assert np.array_equal(nib.load("nifti1_scaled.nii.gz").get_fdata(), VOLUME)
save("nifti1_rounded.nii.gz", VOLUME.astype("f8"), change=lambda i: i.set_data_dtype("i2"))
assert not np.array_equal(nib.load("nifti1_rounded.nii.gz").get_fdata(), VOLUME)
METRES = AFFINE.copy()
METRES[:3] /= 1000
save("nifti1_metres.nii.gz", VOLUME, METRES, change=lambda i: i.header.set_xyzt_units("meter"))
CROP = AFFINE.copy()
CROP[:3, 3] = (AFFINE @ [3, 2, 1, 1])[:3]
save("cropped.nii.gz", VOLUME[3:9, 2:8, 1:4], CROP)
BESIDE = AFFINE.copy()
BESIDE[:3, 3] = (AFFINE @ [0, 0, 0.4, 1])[:3]
save("between.nii.gz", VOLUME, BESIDE)
save("tilted.nii.gz", VOLUME, AFFINE @ np.block([[rotation(0.1, 0, 0), np.zeros((3, 1))], [np.zeros((1, 3)), np.ones((1, 1))]]))
save("no_position.nii.gz", VOLUME, change=lambda i: (i.set_sform(None, 0), i.set_qform(None, 0)))
save("four_axes.nii.gz", np.stack([VOLUME, VOLUME], axis=3))
save("fractions.nii.gz", VOLUME.astype("f4") + 0.5)
nib.save(nib.Nifti1Image(LABELS[2].T, np.eye(4)), "plain.nii")
save("colours.nii.gz", np.zeros(VOLUME.shape, [("R", "u1"), ("G", "u1"), ("B", "u1")]))
save("complex.nii.gz", VOLUME.astype("c8"))

with tempfile.TemporaryDirectory() as folder:
    for path in glob.glob("slice*.dcm"):
        shutil.copy(path, folder)
    subprocess.run(["dcm2niix", "-z", "y", "-o", folder, "-f", "x", "-b", "n", folder], check=True, stdout=subprocess.DEVNULL)
    os.replace(glob.glob(folder + "/x*.nii.gz")[0], "dcm2niix.nii.gz")

# --- DICOM SEG --------------------------------------------------------------------------------------------------------


def item(**values):
    d = Dataset()
    for key, value in values.items():
        setattr(d, key, value)
    return d


def seg(name, frames, labels, kind="BINARY", series=SERIES, sources=False, planes=True, frame_uid=FRAME, character_set=None, compressed=False):
    """frames: (segment, slice, pixels)."""
    d = file("1.2.840.10008.5.1.4.1.1.66.7" if kind == "LABELMAP" else "1.2.840.10008.5.1.4.1.1.66.4", f"{ROOT}.5")
    if character_set:
        d.SpecificCharacterSet = character_set
    d.SeriesInstanceUID, d.Modality, d.FrameOfReferenceUID = f"{ROOT}.6", "SEG", frame_uid
    d.SegmentationType, d.NumberOfFrames = kind, len(frames)
    if series:
        d.ReferencedSeriesSequence = Sequence([item(SeriesInstanceUID=series)])
    d.SegmentSequence = Sequence([item(SegmentNumber=n, SegmentLabel=label, SegmentAlgorithmType="MANUAL") for n, label in labels])
    if kind == "FRACTIONAL":
        d.SegmentationFractionalType, d.MaximumFractionalValue = "PROBABILITY", 200
    measures = item(PixelSpacing=[ROW_SPACING, COLUMN_SPACING], SliceThickness=DISTANCE, SpacingBetweenSlices=DISTANCE)
    shared = item(PixelMeasuresSequence=Sequence([measures]))
    if planes:
        shared.PlaneOrientationSequence = Sequence([item(ImageOrientationPatient=decimals([*ROW, *COLUMN]))])
    d.SharedFunctionalGroupsSequence = Sequence([shared])
    groups = []
    for segment, k, _ in frames:
        group = Dataset()
        if kind != "LABELMAP":
            group.SegmentIdentificationSequence = Sequence([item(ReferencedSegmentNumber=segment)])
        if planes:
            group.PlanePositionSequence = Sequence([item(ImagePositionPatient=decimals(ORIGIN + k * DISTANCE * NORMAL))])
        if sources:
            source = item(ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.4", ReferencedSOPInstanceUID=f"{ROOT}.4.{k + 1}")
            group.DerivationImageSequence = Sequence([item(SourceImageSequence=Sequence([source]))])
        groups.append(group)
    d.PerFrameFunctionalGroupsSequence = Sequence(groups)
    pixels = np.stack([p for _, _, p in frames])
    if kind == "BINARY":
        d.BitsAllocated, d.BitsStored, d.HighBit = 1, 1, 0
        data = np.packbits(pixels.reshape(-1).astype("u1"), bitorder="little").tobytes()
    else:
        d.BitsAllocated, d.BitsStored, d.HighBit = 8, 8, 7
        data = pixels.astype("u1").tobytes()
    d.PixelData = data + b"\0" * (len(data) % 2)
    if compressed:
        d.compress(pydicom.uid.RLELossless)
    d.save_as(name, write_like_original=False)


NAMES = [(1, "L psoas"), (2, "R psoas"), (3, "L4")]
# Frames in an order of no meaning; slices without a segment have no frame.
BINARY = [(s, k, LABELS[k] == s) for s in (3, 1, 2) for k in (4, 0, 2, 1, 3)]
seg("seg_binary.dcm", BINARY, NAMES)
seg("seg_binary_sources.dcm", BINARY, NAMES, sources=True)
seg("seg_only_sources.dcm", BINARY, NAMES, sources=True, planes=False)
seg("seg_no_series.dcm", BINARY, NAMES, series=None)
seg("seg_labelmap.dcm", [(0, k, LABELS[k]) for k in (3, 1, 0, 2, 4)], NAMES, kind="LABELMAP")
seg("seg_labelmap_rle.dcm", [(0, k, LABELS[k]) for k in (3, 1, 0, 2, 4)], NAMES, kind="LABELMAP", compressed=True)
seg("seg_fractional.dcm", [(s, k, np.where(LABELS[k] == s, random.integers(100, 201, (ROWS, COLUMNS)), random.integers(0, 100, (ROWS, COLUMNS)))) for s, k, _ in BINARY], NAMES, kind="FRACTIONAL")
seg("seg_sparse.dcm", [(1, 1, LABELS[1] == 1), (2, 3, LABELS[3] == 2)], NAMES)
seg("seg_overlap.dcm", [(1, 2, LABELS[2] > 0), (2, 2, LABELS[2] == 2)], NAMES)
seg("seg_other_frame.dcm", BINARY, NAMES, frame_uid=f"{ROOT}.99")
seg("seg_umlaut.dcm", BINARY, [(1, "Lende, groß"), (2, "R psoas"), (3, "L4")], character_set="ISO_IR 192")
seg("seg_undescribed.dcm", BINARY, NAMES[:2])
