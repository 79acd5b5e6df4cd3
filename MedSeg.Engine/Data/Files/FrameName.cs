using System.Globalization;

namespace MedSeg.Data.Files;

/// <summary>Names the frames of multi-frame images: <c>volume_f01</c>, <c>volume_f02</c> and so on.</summary>
internal static class FrameName
{
    private const string Separator = "_f";

    /// <summary>Names a frame. All numbers of an image have the same number of digits, so names sort in the order of the frames.</summary>
    /// <param name="name">The name of the image.</param>
    /// <param name="frame">The number of the frame, from 1.</param>
    /// <param name="frames">The number of frames of the image.</param>
    /// <returns>The name of the image alone if it has one frame.</returns>
    public static string Of(string name, int frame, int frames)
    {
        if (frames == 1)
        {
            return name;
        }

        int digits = frames.ToString(CultureInfo.InvariantCulture).Length;
        return name + Separator + frame.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
    }

    /// <summary>Returns the name of the image that a frame belongs to.</summary>
    /// <param name="frameName">A name that <see cref="Of"/> returned for an image of several frames.</param>
    public static string ImageOf(string frameName) => frameName[..frameName.LastIndexOf(Separator, StringComparison.Ordinal)];
}
