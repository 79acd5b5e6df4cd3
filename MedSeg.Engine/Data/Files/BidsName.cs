using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>A file name of BIDS: parts such as <c>sub-01</c>, <c>ses-2</c> and <c>T2w</c>, separated by underscores.</summary>
internal sealed class BidsName
{
    /// <summary>Initializes a new instance of the <see cref="BidsName"/> class.</summary>
    /// <param name="path">The absolute path.</param>
    public BidsName(string path)
    {
        Path = path;
        string file = System.IO.Path.GetFileName(path);
        Stem = file[..^(VolumeFile.ExtensionOf(path)?.Length ?? 0)];
        Parts = Stem.Split('_', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Gets the absolute path.</summary>
    public string Path { get; }

    /// <summary>Gets the name without extension.</summary>
    public string Stem { get; }

    /// <summary>Gets the parts of the name.</summary>
    public IReadOnlyList<string> Parts { get; }

    /// <summary>Gets the first part, which is the subject.</summary>
    public string Subject => Parts.Count > 0 ? Parts[0] : "";

    /// <summary>Checks how the name ends, without regard to case.</summary>
    /// <param name="suffix">The suffix; empty for any.</param>
    public bool EndsWith(string suffix) => Stem.EndsWith(suffix, StringComparison.OrdinalIgnoreCase);
}
