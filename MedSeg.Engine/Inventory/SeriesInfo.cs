using MedSeg.Imaging;
using MedSeg.Wording;

namespace MedSeg.Inventory;

/// <summary>A series of images, as its headers describe it: slices of one scan and of one kind, a multi-frame file, or a volume that is not DICOM.</summary>
public sealed record SeriesInfo
{
    /// <summary>Gets the patient: the Patient ID of DICOM files or, on request, its hash, which is that of <see cref="Data.Samples.Sample.Patient"/> in this session; for other files what their names say.</summary>
    public required string Patient { get; init; }

    /// <summary>Gets the description of the study; empty if it is not stated.</summary>
    public string Study { get; init; } = "";

    /// <summary>Gets the date and time of the study; null if they are not stated.</summary>
    public DateTime? Date { get; init; }

    /// <summary>Gets the number of the series in its study; null if it is not stated.</summary>
    public int? Number { get; init; }

    /// <summary>Gets the description of the series, or the name of its protocol; for a volume that is not DICOM, the name of its file.</summary>
    public string Description { get; init; } = "";

    /// <summary>Gets the modality, for example MR; null if it is not stated.</summary>
    public string? Modality { get; init; }

    /// <summary>Gets the name of the pulse sequence, or its kind such as <c>SE</c>; null if it is not stated.</summary>
    public string? Sequence { get; init; }

    /// <summary>Gets what the values show, for example water or fat.</summary>
    public ChannelKind Kind { get; init; }

    /// <summary>Gets the direction of the slices.</summary>
    public SliceOrientation Orientation { get; init; }

    /// <summary>Gets the number of slices or frames; 0 if the file is damaged.</summary>
    public int Slices { get; init; }

    /// <summary>Gets the number of slices that are missing between others; null if positions are not stated.</summary>
    public int? Gaps { get; init; }

    /// <summary>Gets the number of rows of the first slice.</summary>
    public int Rows { get; init; }

    /// <summary>Gets the number of columns of the first slice.</summary>
    public int Columns { get; init; }

    /// <summary>Gets the pixel spacing of the first slice, in mm; null if it is not stated.</summary>
    public PixelSpacing? PixelSpacing { get; init; }

    /// <summary>Gets the distance between the planes of neighbouring slices, in mm; null for one slice, or if positions are not stated.</summary>
    public double? SliceDistance { get; init; }

    /// <summary>Gets the thickness of the first slice, in mm; null if it is not stated.</summary>
    public double? Thickness { get; init; }

    /// <summary>Gets the format: DICOM, NIfTI, NRRD or MetaImage.</summary>
    public string Format { get; init; } = "DICOM";

    /// <summary>Gets the name of the transfer syntax (DICOM PS3.6, table A-1); null if the files are not DICOM.</summary>
    public string? TransferSyntax { get; init; }

    /// <summary>Gets the Study Instance UID; null if it is not stated.</summary>
    public string? StudyUid { get; init; }

    /// <summary>Gets the Series Instance UID; null if it is not stated, or each slice has another one.</summary>
    public string? SeriesUid { get; init; }

    /// <summary>Gets what would hinder the use of the series, in phrases such as <c>2 slices are missing</c>; empty if nothing would.</summary>
    public IReadOnlyList<string> Problems { get; init => field = ItemList<string>.Of(value); } = ItemList<string>.Of([]);

    /// <summary>Gets <see cref="Problems"/> as one text; null if there are none.</summary>
    public string? Problem => Problems.Count == 0 ? null : string.Join("; ", Problems);

    /// <summary>Gets the absolute path of the folder that was searched; names of slices are relative to it.</summary>
    public required string Root { get; init; }

    /// <summary>Gets the absolute paths of the files, in the order of the slices.</summary>
    public required IReadOnlyList<string> Files { get; init => field = ItemList<string>.Of(value); }
}
