using MedSeg.Files;

namespace MedSeg.Tests.Files;

/// <summary>What is suggested for a path that does not exist.</summary>
public sealed class MissingPathTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("trian", "train")]
    [InlineData("trian/dicoms", "train")]
    [InlineData("Train2", "train")]
    [InlineData("model.safetensor", "model.safetensors")]
    [InlineData("studies", null)]
    [InlineData("train", null)]
    [InlineData("model.safetensors", null)]
    [InlineData("x", null)]
    [InlineData("empty/train", null)]
    public void A_similar_name_next_to_it_is_suggested(string missing, string? expected)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "train"));
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));
        File.WriteAllText(Path.Combine(_folder, "model.safetensors"), "");

        string advice = MissingPath.Advise(Path.Combine(_folder, missing), "Look.");

        Assert.Equal(expected is null ? "Look." : $"Did you mean {Path.Combine(_folder, expected)}? Look.", advice);
    }
}
