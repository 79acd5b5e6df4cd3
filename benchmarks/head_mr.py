"""Makes a data set of real MR: coronal slices of one head, with four structures of the brain as ROIs.

Usage: head_mr.py FOLDER [TEMPLATES]. TEMPLATES is the folder of Debian's package mricron-data, which has the T1 head "ch2"
(Holmes et al. 1998: 27 scans of one person, averaged) and the labels that were drawn on it (AAL, Tzourio-Mazoyer et al.
2002). Nothing of it is part of MedSeg. Left and right are one ROI. Each coronal slice becomes a DICOM file and a mask:
blocks of six, every third one held out, with two slices left out between them, since neighbours are alike.
"""
import pathlib
import sys

import nibabel
import numpy
import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

ROIS = [("striatum", range(71, 75)), ("thalamus", range(77, 79)), ("cerebellum", range(91, 109)), ("insula", range(29, 31))]


def write(path, pixels, number, place):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = MRImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    file = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    file.SOPClassUID, file.SOPInstanceUID = MRImageStorage, meta.MediaStorageSOPInstanceUID
    file.Modality, file.PatientID, file.InstanceNumber = "MR", path.name.split("_")[0], number
    file.Rows, file.Columns = pixels.shape
    file.PixelSpacing = [1, 1]
    file.SliceThickness = 1
    file.ImagePositionPatient = [0, place, 0]
    file.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]
    file.SamplesPerPixel, file.PhotometricInterpretation = 1, "MONOCHROME2"
    file.BitsAllocated, file.BitsStored, file.HighBit, file.PixelRepresentation = 16, 16, 15, 0
    file.PixelData = pixels.astype("<u2").tobytes()
    file.save_as(str(path), write_like_original=False)


def main():
    target = pathlib.Path(sys.argv[1])
    templates = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "/usr/share/mricron/templates")
    head = numpy.asarray(nibabel.load(templates / "ch2.nii.gz").dataobj)
    areas = numpy.asarray(nibabel.load(templates / "aal.nii.gz").dataobj)
    labels = numpy.zeros(areas.shape, numpy.uint8)
    for value, (_, numbers) in enumerate(ROIS, 1):
        labels[numpy.isin(areas, list(numbers))] = value
    chosen = [y for y in range(areas.shape[1]) if labels[:, y].any()]
    for index, y in enumerate(chosen):
        block, within = divmod(index, 8)
        if within >= 6:
            continue
        part = "train" if block % 3 != 2 else "heldout"
        name = f"block{block:02d}_slice{y:03d}"
        for kind in ("dicoms", "labels"):
            (target / part / kind).mkdir(parents=True, exist_ok=True)
        write(target / part / "dicoms" / f"{name}.dcm", numpy.flipud(head[:, y].T), index + 1, float(y))
        numpy.save(target / part / "labels" / f"{name}.npy", numpy.ascontiguousarray(numpy.flipud(labels[:, y].T)))
    print(f"Wrote {len(list((target / 'train' / 'dicoms').iterdir()))} slices for training "
          f"and {len(list((target / 'heldout' / 'dicoms').iterdir()))} held out to {target}.")


main()
