using MedSeg.Files;
using MedSeg.Formats.Npy;
using MedSeg.Formats.Png;
using MedSeg.Formats.Tiff;
using MedSeg.Imaging;
using MedSeg.Inference.Scans;

namespace MedSeg.Inference.Output;

/// <summary>Writes each mask to a file of its own, .png, .npy or .tif.</summary>
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
        return AtomicFile.Write(path, stream =>
        {
            switch (output.Format)
            {
                case MaskFormat.Npy:
                    NpyFile.Write(stream, slice.Rows, slice.Columns, values);
                    break;
                case MaskFormat.Tiff:
                    new TiffEncoder(stream, path, (slice.Rows, slice.Columns, 1), _palette, slice.Spacing, distance: null).WritePage(values);
                    break;
                default:
                    PngEncoder.WriteIndexed8(stream, slice.Rows, slice.Columns, values, _palette);
                    break;
            }
        }, output.Force, numbering: output.Numbering);
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
