using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Dicom.Parsing;

/// <summary>The uncompressed pixels of a large file, which stay in it: each frame is read when it is decoded.</summary>
/// <param name="path">The absolute path.</param>
/// <param name="start">The offset of the first byte of the pixels.</param>
/// <param name="length">The number of bytes of all frames that are in the file.</param>
internal sealed class PixelFile(string path, long start, long length)
{
    /// <summary>Gets the number of bytes.</summary>
    public long Length => length;

    /// <summary>Reads a frame.</summary>
    /// <param name="frame">The frame, from 0.</param>
    /// <param name="bytes">The number of bytes of a frame.</param>
    /// <exception cref="MedSegException"><c>FileUnreadable</c>: the file cannot be read, or has become shorter.</exception>
    public byte[] Read(int frame, int bytes)
    {
        byte[] content = GC.AllocateUninitializedArray<byte>(bytes);
        return FileContent.ReadPart(path, start + ((long)frame * bytes), content) == bytes ? content : throw FileContent.PartUnreadable(path, "It was shortened while being read.");
    }
}
