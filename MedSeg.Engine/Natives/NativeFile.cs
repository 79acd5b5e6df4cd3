using System.Text.Json.Serialization;

namespace MedSeg.Natives;

/// <summary>A file of a package of native libraries.</summary>
internal sealed record NativeFile
{
    /// <summary>Gets the path within the package, with slashes.</summary>
    [JsonRequired]
    public string Name { get; init; } = string.Empty;

    /// <summary>Gets the size in bytes.</summary>
    [JsonRequired]
    public long Size { get; init; }

    /// <summary>Gets the SHA-256 of the content, in hexadecimal digits.</summary>
    [JsonRequired]
    public string Sha256 { get; init; } = string.Empty;
}
