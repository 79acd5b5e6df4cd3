using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;

namespace MedSeg.Inference.Output;

/// <summary>The attributes that a DICOM SEG or RT Structure Set copies from its source series: patient, study and frame of reference.</summary>
internal sealed class SegSource
{
    // Patient and study are those of the images by definition. Type 2: empty where unknown.
    private static readonly (DicomTag Tag, DicomVr Vr)[] s_copied =
    [
        (new(0x0008, 0x0020), DicomVr.DA), (new(0x0008, 0x0030), DicomVr.TM), (new(0x0008, 0x0050), DicomVr.SH), (new(0x0008, 0x0090), DicomVr.PN),
        (new(0x0010, 0x0010), DicomVr.PN), (DicomTag.PatientId, DicomVr.LO), (new(0x0010, 0x0030), DicomVr.DA), (new(0x0010, 0x0040), DicomVr.CS),
        (DicomTag.StudyInstanceUid, DicomVr.UI), (new(0x0020, 0x0010), DicomVr.SH),
    ];

    private const string Utf8 = "ISO_IR 192";

    private readonly Dictionary<DicomTag, (DicomVr Vr, byte[] Value)> _elements = [];

    /// <summary>Initializes a new instance of the <see cref="SegSource"/> class.</summary>
    /// <param name="image">The absolute path of an image of the series.</param>
    /// <param name="path">The file to write, for messages.</param>
    /// <param name="isPlaced">Whether positions are written, which require a frame of reference.</param>
    /// <param name="isAnonymous">Whether patient and study are left empty, except for the UID of the study, which may not be empty.</param>
    /// <exception cref="FileFormatException"><c>SeriesIdentity</c>: the image has no UID that a segmentation must reference.</exception>
    public SegSource(string image, string path, bool isPlaced, bool isAnonymous = false)
    {
        DicomDataset dataset = DicomImageReader.Parse(image).Dataset;
        SopClassUid = Require(dataset, DicomTag.SopClassUid, "SOP Class UID", image, path);
        SeriesInstanceUid = Require(dataset, DicomTag.SeriesInstanceUid, "Series Instance UID", image, path);
        FrameOfReferenceUid = isPlaced ? Require(dataset, DicomTag.FrameOfReferenceUid, "Frame of Reference UID", image, path) : null;
        StudyInstanceUid = Require(dataset, DicomTag.StudyInstanceUid, "Study Instance UID", image, path);
        _ = Require(dataset, DicomTag.SopInstanceUid, "SOP Instance UID", image, path);
        string? stated = dataset.FindText(DicomTag.SpecificCharacterSet);
        bool IsLeftOut(DicomTag tag) => isAnonymous && tag != DicomTag.StudyInstanceUid;
        var decoder = new DicomTextDecoder(stated);
        (DicomTag Tag, DicomVr Vr, byte[] Bytes)[] copied = [.. s_copied.Select(c => (c.Tag, c.Vr, System.Text.Encoding.Latin1.GetBytes((IsLeftOut(c.Tag) ? null : dataset.FindText(c.Tag)) ?? string.Empty)))];
        string?[] texts = [.. copied.Select(c => decoder.Decode(c.Bytes, c.Vr))];

        // Texts that cannot be decoded are copied byte for byte, with their character set.
        bool isDecoded = Array.TrueForAll(texts, text => text is not null);
        CharacterSet = isDecoded ? Utf8 : stated ?? string.Empty;
        for (int i = 0; i < copied.Length; i++)
        {
            _elements.Add(copied[i].Tag, (copied[i].Vr, isDecoded ? System.Text.Encoding.UTF8.GetBytes(texts[i]!) : copied[i].Bytes));
        }
    }

    /// <summary>Gets the specific character set; empty if the source does not state the set of its texts.</summary>
    public string CharacterSet { get; }

    /// <summary>Gets the SOP Class UID of the images.</summary>
    public string SopClassUid { get; }

    /// <summary>Gets the UID of the series.</summary>
    public string SeriesInstanceUid { get; }

    /// <summary>Gets the UID of the study.</summary>
    public string StudyInstanceUid { get; }

    /// <summary>Gets the UID of the frame of reference; null where no positions are written.</summary>
    public string? FrameOfReferenceUid { get; }

    /// <summary>Copies an element of patient or study.</summary>
    /// <param name="elements">The data set to write to.</param>
    /// <param name="group">The group.</param>
    /// <param name="element">The element number.</param>
    public void Copy(DicomElementWriter elements, ushort group, ushort element)
    {
        (DicomVr vr, byte[] value) = _elements[new DicomTag(group, element)];
        bool isOdd = (value.Length & 1) == 1;
        elements.Bytes(new DicomTag(group, element), vr, isOdd ? [.. value, vr == DicomVr.UI ? (byte)0 : (byte)' '] : value);
    }

    /// <summary>Writes a reference to an image.</summary>
    /// <param name="item">The item to write to.</param>
    /// <param name="instance">The UID of the image.</param>
    /// <param name="frame">The frame, from 1; null for the whole image.</param>
    public void Refer(DicomElementWriter item, string instance, int? frame)
    {
        item.Text(new(0x0008, 0x1150), DicomVr.UI, SopClassUid);
        item.Text(DicomTag.ReferencedSopInstanceUid, DicomVr.UI, instance);
        if (frame is { } number)
        {
            item.Integer(DicomTag.ReferencedFrameNumber, number);
        }
    }

    /// <summary>Replaces characters that the character set or a value does not have: a backslash separates values (PS3.5, 6.2).</summary>
    /// <param name="text">The text.</param>
    public string Fit(string text) =>
        string.Concat(text.Select(c => c == '\\' ? '/' : char.IsControl(c) ? ' ' : c < 128 || CharacterSet == Utf8 ? c : '?'));

    private static string Require(DicomDataset dataset, DicomTag tag, string name, string image, string path) =>
        dataset.FindText(tag) ?? throw new FileFormatException(ErrorIds.SeriesIdentity, path, $"The file was not written, because {image} has no {name} {tag}, which a DICOM segmentation must reference.")
        {
            Advice = "Export the images again, or use -Format Nifti or Png.",
        };
}
