namespace MedSeg.Dicom.Parsing;

/// <summary>A data element as it stands in the file (DICOM PS3.5, 7.1).</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Vr">The value representation; <see cref="DicomVr.None"/> in implicit VR.</param>
/// <param name="Value">
/// The value in the file's byte order. Of a sequence, the items as they are encoded, without the sequence delimiter.
/// </param>
/// <param name="Offset">The offset of the element's tag.</param>
internal sealed record DicomElement(DicomTag Tag, DicomVr Vr, ReadOnlyMemory<byte> Value, int Offset)
{
    /// <summary>
    /// Gets the fragments of encapsulated pixel data, without the basic offset table (DICOM PS3.5, A.4);
    /// <see langword="null"/> of any other element.
    /// </summary>
    public IReadOnlyList<DicomFragment>? Fragments { get; init; }

    /// <summary>Gets the basic offset table of encapsulated pixel data: 32-bit offsets, or nothing.</summary>
    public ReadOnlyMemory<byte> OffsetTable { get; init; }
}
