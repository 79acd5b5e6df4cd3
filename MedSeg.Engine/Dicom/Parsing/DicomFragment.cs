namespace MedSeg.Dicom.Parsing;

/// <summary>A fragment of encapsulated pixel data (DICOM PS3.5, A.4).</summary>
/// <param name="Position">The offset of its item tag from that of the first fragment, as offset tables count.</param>
/// <param name="Offset">The offset of its first byte in the source.</param>
/// <param name="Bytes">Its content.</param>
internal readonly record struct DicomFragment(int Position, int Offset, ReadOnlyMemory<byte> Bytes);
