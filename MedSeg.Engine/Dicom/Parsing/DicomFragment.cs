namespace MedSeg.Dicom.Parsing;

/// <summary>A fragment of encapsulated pixel data (DICOM PS3.5, A.4).</summary>
/// <param name="Position">The offset of its item tag from that of the first fragment, as in offset tables.</param>
/// <param name="Offset">The offset of its first byte in the source.</param>
/// <param name="Bytes">The compressed bytes.</param>
internal readonly record struct DicomFragment(int Position, int Offset, ReadOnlyMemory<byte> Bytes);
