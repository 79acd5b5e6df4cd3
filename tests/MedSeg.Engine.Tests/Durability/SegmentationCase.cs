using MedSeg.Inference;
using MedSeg.Inference.Output;

namespace MedSeg.Tests.Durability;

/// <summary>A segmentation into a new folder. After an interruption, each mask is whole or missing, and the command writes all with -Force.</summary>
internal sealed class SegmentationCase : CrashCase
{
    private readonly string _model;
    private readonly string _images;
    private readonly Dictionary<string, byte[]> _masks;

    public SegmentationCase(string model, string images, string reference)
    {
        (_model, _images) = (model, images);
        Run(reference);
        _masks = Masks(reference);
        Assert.NotEmpty(_masks);
    }

    public override string Name => "segmentation";

    public override void Run(string folder) => Segment(folder, force: false);

    public override void Check(string folder)
    {
        RequireWhole(folder);

        Segment(folder, force: true);

        RequireWhole(folder);
        Assert.Equal(_masks.Keys.Order(StringComparer.Ordinal), Masks(folder).Keys.Order(StringComparer.Ordinal));
    }

    /// <summary>Checks that each mask that is there is whole.</summary>
    /// <param name="folder">The absolute path.</param>
    public void RequireWhole(string folder) =>
        Assert.All(Masks(folder), mask => Assert.True(_masks[mask.Key].AsSpan().SequenceEqual(mask.Value), $"{mask.Key} is wrong."));

    private static Dictionary<string, byte[]> Masks(string folder) => Directory.Exists(folder)
        ? Directory.GetFiles(folder, "*.png").ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes, StringComparer.Ordinal)
        : [];

    private void Segment(string folder, bool force)
    {
        using var segmenter = new Segmenter(_model);
        Assert.All(segmenter.Run([_images], new MaskOutput { OutputPath = folder, Force = force }), slice => Assert.NotNull(slice.MaskPath));
    }
}
