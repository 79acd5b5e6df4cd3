using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files.Safetensors;

namespace MedSeg.Interchange.PyTorch;

/// <summary>The weights of a .pt file and its metadata.</summary>
internal sealed class TorchFile : IDisposable
{
    private const string ParallelPrefix = "module.";
    private static readonly string[] s_stateKeys = ["state_dict", "model_state_dict"];

    private readonly TorchArchive _archive;

    private TorchFile(TorchArchive archive, string path)
    {
        _archive = archive;
        PickleDictionary root = PickleReader.Read(archive.ReadPickle(), path) as PickleDictionary ?? throw NoState(path, "it is not a dictionary");
        PickleDictionary state = s_stateKeys.Select(root.Find<PickleDictionary>).FirstOrDefault(found => found is not null) ?? root;
        Epoch = root.Items.GetValueOrDefault("epoch") is long epoch and >= 0 and <= int.MaxValue ? (int)epoch : null;
        Notes = root.Find<PickleDictionary>(TorchNotes.Key) is { } notes ? TorchNotes.Read(notes) : null;
        HasOptimizer = root.Items.ContainsKey("optimizer");

        // nn.DataParallel, which the published program trains with, prefixes each name.
        bool isParallel = state.Items.Count > 0 && state.Items.Keys.All(key => key is string name && name.StartsWith(ParallelPrefix, StringComparison.Ordinal));
        foreach ((object key, object? value) in state.Items)
        {
            if (key is not string name || value is not TorchTensor tensor)
            {
                throw NoState(path, $"its entry '{key}' is not a tensor");
            }

            Tensors[isParallel ? name[ParallelPrefix.Length..] : name] = tensor;
        }
    }

    /// <summary>Gets the number of finished epochs; null if the file does not say.</summary>
    public int? Epoch { get; }

    /// <summary>Gets the description that MedSeg added to the weights; null in other files.</summary>
    public DataDescription? Notes { get; }

    /// <summary>Gets a value indicating whether the file has the state of an optimizer.</summary>
    public bool HasOptimizer { get; }

    /// <summary>Gets the tensors of the state dictionary by parameter name.</summary>
    public Dictionary<string, TorchTensor> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>Opens a file.</summary>
    /// <param name="content">The file's bytes.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <exception cref="FileFormatException">The file is damaged, or is not a checkpoint or a state dictionary.</exception>
    public static TorchFile Open(byte[] content, string path)
    {
        TorchArchive archive = TorchArchive.Open(content, path);
        try
        {
            return new TorchFile(archive, path);
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    /// <summary>Reads a tensor's numbers.</summary>
    public SafetensorsTensor Read(TorchTensor tensor) => _archive.ReadTensor(tensor);

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    private static FileFormatException NoState(string path, string problem) => new(
        ErrorIds.TorchNoState, path, $"The file has no state dictionary: {problem}.")
    {
        Advice = "Save the network with torch.save(network.state_dict(), path).",
    };
}
