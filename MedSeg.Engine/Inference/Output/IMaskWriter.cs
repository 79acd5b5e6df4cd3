using MedSeg.Inference.Scans;

namespace MedSeg.Inference.Output;

/// <summary>Writes the masks of a series, slice by slice in the series' order.</summary>
internal interface IMaskWriter : IDisposable
{
    /// <summary>Gets a value indicating whether one file holds the masks of the whole series, so that none exists before <see cref="Finish"/>.</summary>
    bool IsVolume { get; }

    /// <summary>Writes a mask.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="mask">The ROI numbers, row by row.</param>
    /// <returns>The absolute path of the file, which for a volume exists after <see cref="Finish"/>.</returns>
    string Write(SourceSlice slice, ReadOnlySpan<byte> mask);

    /// <summary>Completes the file of a volume; does nothing where each mask is a file.</summary>
    void Finish();
}
