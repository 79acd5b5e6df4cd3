using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedSeg.Data.Samples;
using MedSeg.Distributed;
using MedSeg.Errors;
using MedSeg.Network.Definition;
using MedSeg.Tensors;

namespace MedSeg.Training;

/// <summary>Refuses to train with ranks that differ: in the program, the options or the data at the start, and in the weights later.</summary>
internal static class RankAgreement
{
    private const int MostDifferences = 5;
    private const int DigestLength = 12;

    /// <summary>Compares what the ranks are about to do.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="plan">What this rank is about to do.</param>
    /// <exception cref="MedSegException"><c>RanksDiffer</c>: the ranks differ; the message lists how.</exception>
    public static void Require(RankGroup ranks, TrainingPlan plan)
    {
        string[][] own = [.. FactsOf(plan).Select(fact => (string[])[fact.Name, fact.Value])];
        if (ranks.Meet(JsonSerializer.SerializeToUtf8Bytes(own)) is not { } told)
        {
            return;
        }

        string[] differences = [.. FindDifferences([.. told.Select(text => JsonSerializer.Deserialize<string[][]>(text)!)], ranks.NameOf)];
        if (differences.Length > 0)
        {
            string more = differences.Length > MostDifferences ? $"; and {Text(differences.Length - MostDifferences)} more" : string.Empty;
            string first = string.Join("; ", differences.Take(MostDifferences));
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.RanksDiffer, $"The ranks differ: {first}{more}.")
            {
                Advice = "Start all ranks with the same script, the same MedSeg and the same data.",
            };
        }
    }

    /// <summary>Compares the weights of the ranks, which are equal unless their machines compute differently.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="parameters">The weights of this rank.</param>
    /// <returns>Whether all ranks are still there.</returns>
    /// <exception cref="MedSegException"><c>RanksDiffer</c>: the weights differ.</exception>
    public static bool RequireSameWeights(RankGroup ranks, NetworkParameters parameters)
    {
        if (ranks.Size == 1)
        {
            return true;
        }

        using TorchSharp.torch.Tensor weights = parameters.Values.cpu();
        byte[] digest = SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(TensorMemory.Of(weights)));
        if (ranks.Meet(digest) is not { } told)
        {
            return false;
        }

        int other = Array.FindIndex(told, each => !each.AsSpan().SequenceEqual(told[0]));
        return other < 0 ? true : throw new MedSegException(
            ErrorKind.Device,
            ErrorIds.RanksDiffer,
            $"The weights of {ranks.NameOf(other)} are not those of {ranks.NameOf(0)}, though both took the same steps: their machines compute differently.")
        {
            Advice = "Use machines with the same kind of CPU or GPU and the same MedSeg, and continue with -Resume.",
        };
    }

    /// <summary>Compares the facts of the ranks with those of rank 0.</summary>
    /// <param name="facts">Of each rank, pairs of a name and a value, all in the same order.</param>
    /// <param name="nameOf">Names a rank.</param>
    /// <returns>Clauses without a full stop, one for each fact that differs.</returns>
    internal static IEnumerable<string> FindDifferences(IReadOnlyList<string[][]> facts, Func<int, string> nameOf)
    {
        foreach (string[] first in facts[0])
        {
            for (int rank = 1; rank < facts.Count; rank++)
            {
                string other = facts[rank].FirstOrDefault(fact => fact[0] == first[0])?[1] ?? "unknown";
                if (other != first[1])
                {
                    yield return $"{first[0]} is {first[1]} on {nameOf(0)} and {other} on {nameOf(rank)}";
                    break;
                }
            }
        }
    }

    // Paths may differ between machines.
    private static IEnumerable<(string Name, string Value)> FactsOf(TrainingPlan plan)
    {
        Assembly program = typeof(RankAgreement).Assembly;
        string build = program.ManifestModule.ModuleVersionId.ToString("N")[..DigestLength];
        yield return ("the version of MedSeg", $"{program.GetName().Version?.ToString(3)}, build {build},");
        foreach (PropertyInfo option in typeof(TrainingOptions).GetProperties().Where(p => p.CanWrite && p.Name != nameof(TrainingOptions.FoldPath)))
        {
            yield return ($"-{option.Name}", Text(option.GetValue(plan.Options)));
        }

        yield return ("-Resume", Text(plan.Run.Resume));
        yield return ("-ModelName", plan.Run.ModelName);
        yield return ("-AllowTF32", Text(plan.Run.AllowTF32));
        yield return ("the device", plan.Device.type.ToString());
        yield return ("the list of ROIs", string.Join(", ", plan.Dataset.LabelNames));
        yield return ("the preprocessing", Digest(JsonSerializer.Serialize(plan.Dataset.Preprocessing)));
        foreach ((string set, IReadOnlyList<Sample> samples) in new[] { ("training", plan.Split.Training), ("validation", plan.Split.Validation) })
        {
            yield return ($"the number of {set} slices", Text(samples.Count));
            yield return ($"the checksum of the names of the {set} slices", Digest(string.Join('\n', samples.Select(s => s.Name))));
            yield return ($"the checksum of the sizes of the {set} slices and their ROIs", Digest(string.Join('\n', samples.Select(Measures))));
            yield return ($"the checksum of the intensities of the {set} slices", Digest(string.Join('\n', samples.Select(Intensities))));
        }
    }

    private static string Measures(Sample sample)
    {
        string rois = $"{string.Join(' ', sample.RoiPixels)}; {string.Join(' ', sample.DrawnRois ?? [])}";
        return string.Create(CultureInfo.InvariantCulture, $"{sample.Rows} {sample.Columns} {sample.Spacing} {sample.IgnoredPixels} {rois}");
    }

    // Rounded: other CPUs add the pixels in another order.
    private static string Intensities(Sample sample) =>
        sample.Spread is { } spread ? string.Create(CultureInfo.InvariantCulture, $"{spread.Mean:G6} {spread.Deviation:G6}") : string.Empty;

    private static string Text(object? value) => value is null ? "not set" : string.Create(CultureInfo.InvariantCulture, $"{value}");

    private static string Digest(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..DigestLength];
}
