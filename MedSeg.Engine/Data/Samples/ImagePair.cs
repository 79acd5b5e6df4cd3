namespace MedSeg.Data.Samples;

/// <summary>An image and its mask that belong together whatever their names are, for example because a table says so.</summary>
/// <param name="Name">The name of the sample.</param>
/// <param name="ImagePath">The absolute path of the image, or of a folder with the DICOM files of a series.</param>
/// <param name="LabelPath">The absolute path of the mask; for a folder, a label volume.</param>
public sealed record ImagePair(string Name, string ImagePath, string LabelPath)
{
    /// <summary>Gets the absolute path of the image of each channel, the first of which is <see cref="ImagePath"/>; empty if images have one channel.</summary>
    public IReadOnlyList<string> ChannelPaths { get; init; } = [];

    /// <summary>Gets what tells patients apart; null for what the image states. It is hashed at once and not kept.</summary>
    public string? Patient { get; init; }

    /// <summary>Gets what the sample belongs to, such as a hospital; null for nothing.</summary>
    public string? Group { get; init; }

    /// <summary>Gets where the pair is listed, for messages; null if it is not.</summary>
    public string? Origin { get; init; }
}
