using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Dicom;

/// <summary>
/// Writes MR images as DICOM files (PS3.10): one frame, 16 bits unsigned, MONOCHROME2, explicit VR little endian, with
/// the modules of the MR Image IOD (PS3.3, A.4).
/// </summary>
internal static class DicomWriter
{
    private const int MaximumTextLength = 64;

    private const string MrImageStorage = "1.2.840.10008.5.1.4.1.1.4";

    // The Implementation Class UID, from a UUID generated for MedSeg (PS3.7, D.3.3.2).
    private const string ImplementationUid = "2.25.298988205343536884265553555117250291144";

    /// <summary>Writes an image to a file, which appears under its name only once it is complete.</summary>
    /// <param name="path">The absolute path; an existing file is replaced.</param>
    /// <param name="slice">The image.</param>
    /// <exception cref="MedSegException">The file cannot be written.</exception>
    public static void Write(string path, DicomMrSlice slice)
    {
        ArgumentNullException.ThrowIfNull(slice);
        AtomicFile.Write(path, stream => Write(stream, slice));
    }

    /// <summary>Writes an image to a stream.</summary>
    /// <param name="stream">The stream to write to.</param>
    /// <param name="slice">The image.</param>
    /// <exception cref="ArgumentException">The image's size, number of pixels or texts are out of range.</exception>
    public static void Write(Stream stream, DicomMrSlice slice)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(slice);
        Check(slice);
        WriteMeta(stream, slice);
        var elements = new DicomElementWriter(stream);
        WriteIdentification(elements, slice);
        WriteAcquisition(elements, slice);
        WriteGeometry(elements, slice);
        WritePixels(elements, slice);
    }

    private static void Check(DicomMrSlice slice)
    {
        Require(slice.Rows is >= 1 and <= ushort.MaxValue, "The number of rows must be from 1 to 65535.");
        Require(slice.Columns is >= 1 and <= ushort.MaxValue, "The number of columns must be from 1 to 65535.");
        Require(slice.Pixels.Length == (long)slice.Rows * slice.Columns, "The number of pixels must be rows times columns.");
        Require(slice.ImagePosition.Count == 3, "The image position must have three coordinates.");
        Require(slice.ImageOrientation.Count == 6, "The image orientation must have six direction cosines.");
        string[] texts =
        [
            slice.PatientId, slice.PatientName, slice.SeriesDescription,
            slice.StudyInstanceUid, slice.SeriesInstanceUid, slice.SopInstanceUid, slice.FrameOfReferenceUid,
        ];
        foreach (string text in texts)
        {
            Require(text.Length <= MaximumTextLength, "Texts and UIDs must have at most 64 characters.");
        }
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ArgumentException(message);
        }
    }

    private static void WriteMeta(Stream stream, DicomMrSlice slice) => WriteMeta(stream, MrImageStorage, slice.SopInstanceUid);

    /// <summary>Writes the preamble and meta header of a file.</summary>
    /// <param name="stream">The stream to write to.</param>
    /// <param name="sopClass">The SOP Class UID.</param>
    /// <param name="sopInstance">The SOP Instance UID.</param>
    /// <param name="syntax">The transfer syntax; <see langword="null"/> for explicit VR little endian.</param>
    internal static void WriteMeta(Stream stream, string sopClass, string sopInstance, DicomTransferSyntax? syntax = null)
    {
        using var group = new MemoryStream();
        var meta = new DicomElementWriter(group);
        meta.Bytes(new(0x0002, 0x0001), DicomVr.OB, [0, 1]);
        meta.Text(new(0x0002, 0x0002), DicomVr.UI, sopClass);
        meta.Text(new(0x0002, 0x0003), DicomVr.UI, sopInstance);
        meta.Text(DicomTag.TransferSyntaxUid, DicomVr.UI, (syntax ?? DicomTransferSyntax.ExplicitVrLittleEndian).Uid);
        meta.Text(new(0x0002, 0x0012), DicomVr.UI, ImplementationUid);
        meta.Text(new(0x0002, 0x0013), DicomVr.SH, "MEDSEG");

        stream.Write(new byte[DicomFile.PreambleLength]);
        stream.Write("DICM"u8);
        new DicomElementWriter(stream).UInt32(DicomTag.FileMetaGroupLength, (uint)group.Length);
        group.WriteTo(stream);
    }

    // Empty values are attributes that the standard requires even if they are unknown (type 2).
    private static void WriteIdentification(DicomElementWriter elements, DicomMrSlice slice)
    {
        elements.Text(new(0x0008, 0x0005), DicomVr.CS, "ISO_IR 192");
        elements.Text(new(0x0008, 0x0008), DicomVr.CS, "ORIGINAL\\PRIMARY\\OTHER");
        elements.Text(new(0x0008, 0x0016), DicomVr.UI, MrImageStorage);
        elements.Text(new(0x0008, 0x0018), DicomVr.UI, slice.SopInstanceUid);
        elements.Text(new(0x0008, 0x0020), DicomVr.DA, "");
        elements.Text(new(0x0008, 0x0030), DicomVr.TM, "");
        elements.Text(new(0x0008, 0x0050), DicomVr.SH, "");
        elements.Text(DicomTag.Modality, DicomVr.CS, "MR");
        elements.Text(new(0x0008, 0x0070), DicomVr.LO, "");
        elements.Text(new(0x0008, 0x0090), DicomVr.PN, "");
        elements.Text(new(0x0008, 0x103E), DicomVr.LO, slice.SeriesDescription);
        elements.Text(new(0x0010, 0x0010), DicomVr.PN, slice.PatientName);
        elements.Text(DicomTag.PatientId, DicomVr.LO, slice.PatientId);
        elements.Text(new(0x0010, 0x0030), DicomVr.DA, "");
        elements.Text(new(0x0010, 0x0040), DicomVr.CS, "");
    }

    private static void WriteAcquisition(DicomElementWriter elements, DicomMrSlice slice)
    {
        elements.Text(new(0x0018, 0x0020), DicomVr.CS, "SE");
        elements.Text(new(0x0018, 0x0021), DicomVr.CS, "NONE");
        elements.Text(new(0x0018, 0x0022), DicomVr.CS, "");
        elements.Text(new(0x0018, 0x0023), DicomVr.CS, "2D");
        elements.Decimals(new(0x0018, 0x0050), slice.SliceThickness);
        elements.Text(new(0x0018, 0x0080), DicomVr.DS, "");
        elements.Text(new(0x0018, 0x0081), DicomVr.DS, "");
        elements.Text(new(0x0018, 0x0091), DicomVr.IS, "");
        elements.Text(new(0x0018, 0x5100), DicomVr.CS, "HFS");
    }

    private static void WriteGeometry(DicomElementWriter elements, DicomMrSlice slice)
    {
        elements.Text(DicomTag.StudyInstanceUid, DicomVr.UI, slice.StudyInstanceUid);
        elements.Text(new(0x0020, 0x000E), DicomVr.UI, slice.SeriesInstanceUid);
        elements.Text(new(0x0020, 0x0010), DicomVr.SH, "");
        elements.Integer(new(0x0020, 0x0011), 1);
        elements.Integer(new(0x0020, 0x0013), slice.InstanceNumber);
        elements.Decimals(new(0x0020, 0x0032), slice.ImagePosition);
        elements.Decimals(new(0x0020, 0x0037), slice.ImageOrientation);
        elements.Text(new(0x0020, 0x0052), DicomVr.UI, slice.FrameOfReferenceUid);
        elements.Text(new(0x0020, 0x0060), DicomVr.CS, "");
        elements.Text(new(0x0020, 0x1040), DicomVr.LO, "");
    }

    private static void WritePixels(DicomElementWriter elements, DicomMrSlice slice)
    {
        elements.UInt16(DicomTag.SamplesPerPixel, 1);
        elements.Text(DicomTag.PhotometricInterpretation, DicomVr.CS, "MONOCHROME2");
        elements.UInt16(DicomTag.Rows, slice.Rows);
        elements.UInt16(DicomTag.Columns, slice.Columns);
        elements.Decimals(DicomTag.PixelSpacing, slice.Spacing.Row, slice.Spacing.Column);
        elements.UInt16(DicomTag.BitsAllocated, 16);
        elements.UInt16(DicomTag.BitsStored, 16);
        elements.UInt16(DicomTag.HighBit, 15);
        elements.UInt16(DicomTag.PixelRepresentation, 0);
        elements.Words(DicomTag.PixelData, slice.Pixels);
    }
}
