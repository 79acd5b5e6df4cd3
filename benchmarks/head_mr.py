"""Makes a data set of real MR: coronal slices of one head, with structures of the brain as ROIs.

Usage: head_mr.py FOLDER [--labels aal|brodmann] [--templates FOLDER]. The templates are those of Debian's package
mricron-data: the T1 head "ch2" (Holmes et al. 1998: 27 scans of one person, averaged) and labels that were drawn on it,
four deep structures of AAL (Tzourio-Mazoyer et al. 2002) or the six largest Brodmann areas. Nothing of it is part of
MedSeg. Left and right are one ROI. Each coronal slice becomes a DICOM file and a mask: blocks of six, every third one
held out, with two slices left out between them, since neighbours are alike.
"""
import argparse
import pathlib

import nibabel
import numpy
import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

ROIS = {
    "aal": [("striatum", range(71, 75)), ("thalamus", range(77, 79)), ("cerebellum", range(91, 109)), ("insula", range(29, 31))],
    "brodmann": [(f"area {number}", range(number, number + 1)) for number in (6, 18, 19, 20, 37, 48)],
}


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
    parser = argparse.ArgumentParser()
    parser.add_argument("target", type=pathlib.Path)
    parser.add_argument("--labels", choices=ROIS, default="aal")
    parser.add_argument("--templates", type=pathlib.Path, default=pathlib.Path("/usr/share/mricron/templates"))
    options = parser.parse_args()
    target = options.target
    head = numpy.asarray(nibabel.load(options.templates / "ch2.nii.gz").dataobj)
    areas = numpy.asarray(nibabel.load(options.templates / f"{options.labels}.nii.gz").dataobj)
    labels = numpy.zeros(areas.shape, numpy.uint8)
    for value, (_, numbers) in enumerate(ROIS[options.labels], 1):
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
