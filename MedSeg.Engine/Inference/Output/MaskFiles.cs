using MedSeg.Files;
using MedSeg.Formats.Npy;
using MedSeg.Formats.Png;
using MedSeg.Imaging;
using MedSeg.Inference.Scans;

namespace MedSeg.Inference.Output;

/// <summary>Writes each mask to a file of its own, .png or .npy.</summary>
/// <param name="output">The folder and the format.</param>
/// <param name="roiCount">The number K of ROIs.</param>
internal sealed class MaskFiles(MaskOutput output, int roiCount) : IMaskWriter
{
    private readonly uint[] _palette = RoiPalette.Indexed(roiCount);

    /// <inheritdoc/>
    public bool IsVolume => false;

    /// <inheritdoc/>
    public string Write(SourceSlice slice, ReadOnlySpan<byte> mask)
    {
        string path = OutputPaths.Of(slice.Name, output);
        byte[] values = mask.ToArray();
        AtomicFile.Write(path, stream =>
        {
            if (output.Format == MaskFormat.Npy)
            {
                NpyFile.Write(stream, slice.Rows, slice.Columns, values);
            }
            else
            {
                PngEncoder.WriteIndexed8(stream, slice.Rows, slice.Columns, values, _palette);
            }
        }, output.Force);
        return path;
    }

    /// <inheritdoc/>
    public void Finish()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
