using MedSeg.Dicom;
using MedSeg.Inference.Scans;

namespace MedSeg.Inference.Output;

/// <summary>Writes the masks of a series, slice by slice in the series' order.</summary>
internal interface IMaskWriter : IDisposable
{
    /// <summary>Gets a value indicating whether masks are only there when the series is.</summary>
    bool IsVolume { get; }

    /// <summary>Writes a mask.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="image">What its file says.</param>
    /// <param name="mask">The ROI numbers, row by row.</param>
    /// <returns>The absolute path under which it is, or will be when the series is finished.</returns>
    string Write(SourceSlice slice, DicomImage image, ReadOnlySpan<byte> mask);

    /// <summary>Gives what was written its final name, where that was left to the end.</summary>
    void Finish();
}
