using System.Security.Cryptography;
using System.Text;
using MedSeg.Errors;
using MedSeg.Files.Safetensors;

namespace MedSeg.Training;

/// <summary>
/// The layout of MedSeg's safetensors files. A model has the weights; a checkpoint also has Adam's moments and the running
/// average of the weights. The metadata holds the version, the state as JSON, and a checksum over state and tensors.
/// </summary>
internal static class CheckpointFile
{
    /// <summary>The prefix of Adam's first moments.</summary>
    public const string FirstPrefix = "optimizer.exp_avg.";

    /// <summary>The prefix of Adam's second moments.</summary>
    public const string SecondPrefix = "optimizer.exp_avg_sq.";

    /// <summary>The prefix of the averaged weights.</summary>
    public const string AveragePrefix = "average.";

    private const string FormatVersion = "2";
    private const string VersionKey = "medseg.format";
    private const string DigestKey = "medseg.sha256";
    private const string StateKey = "medseg.state";

    /// <summary>Says whether MedSeg wrote the file.</summary>
    public static bool IsMedSeg(SafetensorsFile file) => file.Metadata.ContainsKey(StateKey);

    /// <summary>Says whether a run can resume from the file: it has the state of the optimizer.</summary>
    public static bool CanResume(SafetensorsFile file) =>
        file.Tensors.Keys.Any(name => name.StartsWith(FirstPrefix, StringComparison.Ordinal));

    /// <summary>Returns the weights to use: the averaged ones if the file has any.</summary>
    public static IReadOnlyDictionary<string, SafetensorsTensor> Weights(SafetensorsFile file)
    {
        bool isAveraged = file.Tensors.Keys.Any(name => name.StartsWith(AveragePrefix, StringComparison.Ordinal));
        return file.Tensors
            .Where(t => isAveraged
                ? t.Key.StartsWith(AveragePrefix, StringComparison.Ordinal)
                : !t.Key.StartsWith("optimizer.", StringComparison.Ordinal))
            .ToDictionary(t => isAveraged ? t.Key[AveragePrefix.Length..] : t.Key, t => t.Value, StringComparer.Ordinal);
    }

    /// <summary>Makes the content of a file.</summary>
    public static SafetensorsFile Make(CheckpointState state, IEnumerable<KeyValuePair<string, SafetensorsTensor>> named)
    {
        var tensors = new Dictionary<string, SafetensorsTensor>(named, StringComparer.Ordinal);
        string json = state.ToJson();
        return new SafetensorsFile(tensors, Metadata(json, Entries(tensors)));
    }

    /// <summary>Makes the content of a file from tensors that are written one by one.</summary>
    public static SafetensorsContent Make(CheckpointState state, IReadOnlyList<SafetensorsEntry> tensors) => new(tensors, Metadata(state.ToJson(), tensors));

    /// <summary>Reads the state of a model or checkpoint, and checks the checksum.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <exception cref="FileFormatException">
    /// The file is not MedSeg's or its state is invalid (<c>CheckpointInvalid</c>), of another version (<c>CheckpointVersion</c>) or
    /// damaged (<c>CheckpointDamaged</c>).
    /// </exception>
    public static CheckpointState ReadState(SafetensorsFile file, string path)
    {
        string? version = file.Metadata.GetValueOrDefault(VersionKey);
        if (version is not null && version != FormatVersion)
        {
            throw new FileFormatException(ErrorIds.CheckpointVersion, path, $"The file is a MedSeg model or checkpoint of format {version}; this MedSeg reads format {FormatVersion}.")
            {
                Advice = "Use the MedSeg version that wrote it, or train again.",
            };
        }

        if (version is null || !file.Metadata.TryGetValue(StateKey, out string? json))
        {
            throw new FileFormatException(ErrorIds.CheckpointInvalid, path, "This is a safetensors file, but not a MedSeg model or checkpoint.")
            {
                Advice = "If it contains the weights of a network, convert it with Import-MedSegModel.",
            };
        }

        return file.Metadata.GetValueOrDefault(DigestKey) == Digest(json, Entries(file.Tensors))
            ? CheckpointState.FromJson(json, path)
            : throw new FileFormatException(ErrorIds.CheckpointDamaged, path, "The checksum is wrong: the file was damaged or edited.")
            {
                Advice = "Copy the file again, or use another checkpoint.",
            };
    }

    private static Dictionary<string, string> Metadata(string state, IEnumerable<SafetensorsEntry> tensors) => new()
    {
        [VersionKey] = FormatVersion,
        [DigestKey] = Digest(state, tensors),
        [StateKey] = state,
    };

    private static IEnumerable<SafetensorsEntry> Entries(IReadOnlyDictionary<string, SafetensorsTensor> tensors) =>
        tensors.Select(tensor => SafetensorsEntry.Of(tensor.Key, tensor.Value));

    private static string Digest(string state, IEnumerable<SafetensorsEntry> tensors)
    {
        using var hash = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
        {
            stream.Write(Encoding.UTF8.GetBytes(state));
            foreach (SafetensorsEntry tensor in tensors.OrderBy(t => t.Name, StringComparer.Ordinal))
            {
                tensor.Write(stream);
            }
        }

        return Convert.ToHexString(hash.Hash!);
    }
}
