namespace MedSeg.Dicom.Parsing;

/// <summary>A data element as encoded in the file (DICOM PS3.5, 7.1).</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Vr">The value representation; <see cref="DicomVr.None"/> in implicit VR.</param>
/// <param name="Value">
/// The value in the file's byte order. For a sequence, the encoded items, without the sequence delimiter.
/// </param>
/// <param name="Offset">The offset of the element's tag.</param>
internal sealed record DicomElement(DicomTag Tag, DicomVr Vr, ReadOnlyMemory<byte> Value, int Offset)
{
    /// <summary>
    /// Gets the fragments of encapsulated pixel data, without the basic offset table (DICOM PS3.5, A.4);
    /// <see langword="null"/> for any other element.
    /// </summary>
    public IReadOnlyList<DicomFragment>? Fragments { get; init; }

    /// <summary>Gets a value indicating whether the fragments end without a sequence delimiter, so that the last may be incomplete.</summary>
    public bool IsOpenEnded { get; init; }

    /// <summary>Gets the basic offset table of encapsulated pixel data: 32-bit offsets; may be empty.</summary>
    public ReadOnlyMemory<byte> OffsetTable { get; init; }
}
