using MedSeg.Interchange;

namespace MedSeg.PowerShell.Completion;

/// <summary>Completes model files: .safetensors, .onnx and .pt.</summary>
public sealed class ModelPathCompleter : PathCompleter
{
    /// <inheritdoc/>
    private protected override bool IsOffered(string name) => ModelFile.IsModelName(name);
}
