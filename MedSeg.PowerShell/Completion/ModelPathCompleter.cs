namespace MedSeg.PowerShell.Completion;

/// <summary>Offers models: files that end with .safetensors, .onnx or .pt.</summary>
public sealed class ModelPathCompleter : PathCompleter
{
    private static readonly string[] s_endings = [".safetensors", ".onnx", ".pt"];

    /// <inheritdoc/>
    private protected override bool IsOffered(string name) => s_endings.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);
}
