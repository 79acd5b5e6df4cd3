namespace MedSeg.PowerShell.Completion;

/// <summary>Completes model files: .safetensors, .onnx and .pt.</summary>
public sealed class ModelPathCompleter : PathCompleter
{
    private static readonly string[] s_extensions = [".safetensors", ".onnx", ".pt"];

    /// <inheritdoc/>
    private protected override bool IsOffered(string name) => s_extensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);
}
