using System.Globalization;
using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Volumes;

namespace MedSeg.Inventory;

/// <summary>Describes DICOM files by their headers.</summary>
internal static class DicomScan
{
    private const int Byte = 8;
    private const double ParallelTolerance = 1e-2;

    /// <summary>Describes a file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="file">Its header.</param>
    /// <param name="length">The length of the file, in bytes.</param>
    /// <returns>The description; <see langword="null"/> for a segmentation, a report, a directory and the like.</returns>
    public static ScannedFile? Describe(string path, DicomFile file, long length)
    {
        DicomDataset dataset = file.Dataset;
        if (!dataset.HasPixels || dataset.FindText(DicomTag.Modality) is "SEG" or "RTDOSE" || dataset.FindText(DicomTag.SopClassUid) == SegVolume.SegClass)
        {
            return null;
        }

        SeriesHeader header = HeaderOf(file);
        try
        {
            PixelFormat format = dataset.Contains(DicomTag.PixelData) ? PixelFormat.Integer : dataset.Contains(DicomTag.FloatPixelData) ? PixelFormat.Single : PixelFormat.Double;
            var pixels = PixelDescription.Read(dataset, format);
            var attributes = new FrameAttributes(dataset, pixels);
            header = header with
            {
                Rows = pixels.Rows,
                Columns = pixels.Columns,
                PixelSpacing = attributes.Spacing(0),
                Thickness = attributes.Thickness(0),
                IsMosaic = attributes.IsMosaic,
            };
            return Place(new ScannedFile(path, header, pixels.Frames, [], null) { Problem = ProblemOf(file, pixels, length) }, attributes);
        }
        catch (FileFormatException e)
        {
            return new ScannedFile(path, header, 0, [], null) { Problem = PhraseOf(e, path) };
        }
    }

    /// <summary>Returns the finding of an error as a phrase, without the path.</summary>
    /// <param name="error">The error.</param>
    /// <param name="path">The path of the file.</param>
    public static string PhraseOf(MedSegException error, string path) =>
        (error.Finding.StartsWith(path + ": ", StringComparison.Ordinal) ? error.Finding[(path.Length + 2)..] : error.Finding).TrimEnd('.');

    private static SeriesHeader HeaderOf(DicomFile file)
    {
        DicomDataset dataset = file.Dataset;
        string? characters = dataset.FindText(DicomTag.SpecificCharacterSet);
        string? Text(DicomTag tag) => dataset.FindText(tag, DicomVr.LO, characters);
        string description = Text(DicomTag.SeriesDescription) ?? Text(DicomTag.ProtocolName) ?? "";
        return new SeriesHeader
        {
            Patient = dataset.FindText(DicomTag.PatientId) ?? dataset.FindText(DicomTag.StudyInstanceUid),
            StudyUid = dataset.FindText(DicomTag.StudyInstanceUid),
            SeriesUid = dataset.FindText(DicomTag.SeriesInstanceUid),
            FrameOfReference = dataset.FindText(DicomTag.FrameOfReferenceUid),
            Study = Text(DicomTag.StudyDescription) ?? "",
            Date = DateOf(dataset),
            Number = dataset.FindDecimals(DicomTag.SeriesNumber, count: 1) is [>= int.MinValue and <= int.MaxValue and double number] ? (int)number : null,
            Description = description,
            Modality = dataset.FindText(DicomTag.Modality),
            Sequence = Text(DicomTag.SequenceName) ?? Text(DicomTag.PulseSequenceName) ?? dataset.FindText(DicomTag.ScanningSequence)?.Replace('\\', '/'),
            Kind = ChannelKinds.Of(dataset, description),
            TransferSyntax = file.StatedSyntax.Name,
        };
    }

    private static DateTime? DateOf(DicomDataset dataset)
    {
        foreach ((DicomTag date, DicomTag time) in ((DicomTag, DicomTag)[])[(DicomTag.StudyDate, DicomTag.StudyTime), (DicomTag.SeriesDate, DicomTag.SeriesTime), (DicomTag.AcquisitionDate, DicomTag.AcquisitionTime)])
        {
            string day = (dataset.FindText(date) ?? "").Replace(".", "", StringComparison.Ordinal);
            string seconds = (dataset.FindText(time) ?? "").Replace(":", "", StringComparison.Ordinal).Split('.')[0];
            if (DateTime.TryParseExact(day + seconds, ["yyyyMMddHHmmss", "yyyyMMddHHmm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime at)
                || DateTime.TryParseExact(day, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out at))
            {
                return at;
            }
        }

        return null;
    }

    private static string? ProblemOf(DicomFile file, PixelDescription pixels, long length)
    {
        DicomDataset dataset = file.Dataset;
        if (file.Syntax.Compression == PixelCompression.Unsupported)
        {
            return $"The transfer syntax {file.StatedSyntax.Name} is not supported";
        }

        bool isShort = dataset.PixelBytes is { } bytes && (bytes < ((pixels.FrameBits * pixels.Frames) + Byte - 1) / Byte || (!file.Syntax.IsDeflated && dataset.PixelStart + bytes > length));
        return isShort ? "The file is truncated: pixels are missing" : null;
    }

    private static ScannedFile Place(ScannedFile file, FrameAttributes attributes)
    {
        var origins = new List<Vector3D>();
        Vector3D? first = null;
        bool isMixed = false;
        for (int frame = 0; frame < file.Frames; frame++)
        {
            if (attributes.Position(frame) is [var x, var y, var z] && NormalOf(attributes.Orientation(frame)) is { } normal)
            {
                origins.Add(new Vector3D(x, y, z));
                first ??= normal;
                isMixed |= Math.Abs(normal.Dot(first.Value)) < 1 - ParallelTolerance;
            }
        }

        return file with { Origins = [.. origins], Normal = first, IsMixed = isMixed };
    }

    private static Vector3D? NormalOf(double[]? cosines)
    {
        if (cosines is null)
        {
            return null;
        }

        Vector3D normal = new Vector3D(cosines[0], cosines[1], cosines[2]).Cross(new Vector3D(cosines[3], cosines[4], cosines[5]));
        return normal.IsFinite && Math.Abs(normal.Length - 1) < ParallelTolerance ? 1 / normal.Length * normal : null;
    }
}
