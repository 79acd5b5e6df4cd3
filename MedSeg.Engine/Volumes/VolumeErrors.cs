using System.Globalization;
using MedSeg.Errors;
using MedSeg.Formats;

namespace MedSeg.Volumes;

/// <summary>Creates the errors of NRRD, MetaImage and Analyze files.</summary>
/// <param name="path">The absolute path.</param>
/// <param name="format">The name of the format.</param>
internal sealed class VolumeErrors(string path, string format)
{
    /// <summary>Gets the absolute path.</summary>
    public string Path => path;

    /// <summary>Creates an error about a header that contradicts itself.</summary>
    /// <param name="finding">What was found and what was expected.</param>
    public FileFormatException Invalid(string finding) => new(ErrorIds.VolumeInvalid, path, finding) { Advice = "Save the volume again." };

    /// <summary>Creates an error about a kind of file that is not supported.</summary>
    /// <param name="finding">What was found.</param>
    /// <param name="advice">What to do.</param>
    public FileFormatException Unsupported(string finding, string advice) => new(ErrorIds.VolumeUnsupported, path, finding) { Advice = advice };

    /// <summary>Creates the error of a file whose voxels are incomplete.</summary>
    /// <param name="required">The bytes that the header states.</param>
    /// <param name="present">The bytes that there are.</param>
    public FileFormatException Truncated(long required, long present) => new(
        ErrorIds.VolumeTruncated, path, string.Create(CultureInfo.InvariantCulture, $"The {format} header states voxels of {required:N0} bytes, but there are {present:N0}."))
    {
        Advice = ImageFile.DamagedAdvice,
    };

    /// <summary>Creates the error of compressed voxels that are damaged.</summary>
    /// <param name="cause">The error of the decompressor.</param>
    public FileFormatException Damaged(Exception cause) => new(ErrorIds.VolumeInvalid, path, "The compressed voxels are damaged.", null, cause) { Advice = ImageFile.DamagedAdvice };
}
