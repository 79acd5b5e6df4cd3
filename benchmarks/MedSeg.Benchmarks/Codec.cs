namespace MedSeg.Benchmarks;

/// <summary>A way to compress slices, with the tools that do and undo it.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Folder">The folder of its files.</param>
/// <param name="Encoder">Compresses a file; null where it is left as it was written.</param>
/// <param name="Decoders">Write a file without compression.</param>
internal sealed record Codec(string Name, string Folder, string? Encoder, params string[] Decoders)
{
    /// <summary>Gets all that are measured.</summary>
    public static IReadOnlyList<Codec> All { get; } =
    [
        new("uncompressed", "raw", null, "dcmconv", "dcm2pnm +Fa +op", "gdcmconv --raw"),
        new("RLE", "rle", "dcmcrle", "dcmdrle", "dcm2pnm +Fa +op", "gdcmconv --raw"),
        new("JPEG lossless", "jpeg", "dcmcjpeg +e1", "dcmdjpeg", "dcmj2pnm +Fa +op", "gdcmconv --raw"),
        new("JPEG-LS", "jls", "dcmcjpls", "dcmdjpls", "dcml2pnm +Fa +op", "gdcmconv --raw"),
        new("JPEG 2000", "j2k", "gdcmconv --j2k", "gdcmconv --raw"),
    ];

    /// <summary>Gets a value indicating whether its encoder is installed.</summary>
    public bool IsAvailable => Encoder is null || ExternalTool.FindVersion(Encoder.Split(' ')[0]) is not null;
}
