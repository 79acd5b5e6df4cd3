using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>Says what a file is that is not read as an image or a mask, from its content and its extension.</summary>
internal static class FileKind
{
    private const int HeadLength = 1024;
    private const string StructureSetClass = "1.2.840.10008.5.1.4.1.1.481.3";

    // Formats that the content does not show, or that a name shows more clearly.
    private static readonly (string Extension, string Kind)[] s_extensions =
    [
        (".seg.nrrd", "is a segmentation of 3D Slicer, which has masks"), (".mrb", "is a scene of 3D Slicer, of which the volumes and segmentations can be saved"), (".mrml", "is a scene of 3D Slicer, which has no pixels"),
        (".vtk", "is a surface or mesh of VTK"), (".vtp", "is a surface of VTK"), (".stl", "is a surface"), (".xls", "is a table"), (".xlsx", "is a table"),
        (".nrrd", "is NRRD"), (".nhdr", "is NRRD"), (".mha", "is MetaImage"), (".mhd", "is MetaImage"), (".nii.gz", "is NIfTI"), (".nii", "is NIfTI"),
        (".mat", "is a MATLAB file"), (".roi", "is an ImageJ ROI"), (".mgz", "is a FreeSurfer volume"), (".mgh", "is a FreeSurfer volume"), (".json", "is JSON"), (".xml", "is XML"), (".csv", "is a table"),
    ];

    /// <summary>Describes a file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>A verb and its object, for example <c>is NRRD</c>.</returns>
    public static string Of(string path)
    {
        if (DicomImageReader.IsDicom(path))
        {
            return OfDicom(path);
        }

        byte[] head = FileContent.TryReadHead(path, HeadLength);
        string extension = Path.GetExtension(path).ToLowerInvariant();
        bool isHeader = extension == ".hdr" && head.AsSpan() is [0x5C, 1, 0, 0, ..] or [0, 0, 1, 0x5C, ..];
        if (isHeader || (extension == ".img" && File.Exists(Path.ChangeExtension(path, ".hdr"))))
        {
            return "is part of an Analyze volume (.hdr and .img)";
        }

        string? kind = s_extensions.FirstOrDefault(known => path.EndsWith(known.Extension, StringComparison.OrdinalIgnoreCase)).Kind;
        return kind ?? FileSignature.Describe(head);
    }

    private static string OfDicom(string path)
    {
        if (SegVolume.IsSegmentation(path))
        {
            return "is a DICOM segmentation (SEG)";
        }

        try
        {
            DicomDataset dataset = DicomImageReader.Parse(path).Dataset;
            return dataset.FindText(DicomTag.SopClassUid) == StructureSetClass || dataset.FindText(DicomTag.Modality) == "RTSTRUCT"
                ? "is an RT Structure Set (RTSTRUCT), which has outlines and no pixels"
                : dataset.HasPixels ? "is a DICOM image and not a segmentation (SEG)" : "is DICOM, but neither an image nor a segmentation (SEG)";
        }
        catch (MedSegException)
        {
            return "is a damaged DICOM file";
        }
    }
}
