namespace MedSeg.Data.Files;

/// <summary>The image files of one place, one for each channel.</summary>
/// <param name="Name">The name that pairs them with a mask.</param>
/// <param name="Paths">The absolute path for each channel; <see langword="null"/> where there is none. At least one is there. A single path if one file has all channels.</param>
internal sealed record ChannelGroup(string Name, IReadOnlyList<string?> Paths)
{
    /// <summary>Gets the first file that is there.</summary>
    public string Path => Paths.First(path => path is not null)!;
}
