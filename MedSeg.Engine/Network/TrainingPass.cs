using MedSeg.Network.Cpu;
using static TorchSharp.torch;

namespace MedSeg.Network;

/// <summary>The probabilities of a batch, and the way back from a loss of them to the gradients of the parameters.</summary>
internal sealed class TrainingPass : IDisposable
{
    private readonly CpuLayers? _blocks;

    /// <summary>Initializes a new instance of the <see cref="TrainingPass"/> class.</summary>
    /// <param name="stage1">The probabilities of stage 1.</param>
    /// <param name="stage2">The probabilities of stage 2.</param>
    /// <param name="blocks">What computed them; null where torch's gradients lead back by themselves.</param>
    public TrainingPass(Tensor stage1, Tensor stage2, CpuLayers? blocks)
    {
        Stage1 = stage1;
        Stage2 = stage2;
        _blocks = blocks;
    }

    /// <summary>Gets the probabilities of stage 1, [B, K + 1, S, S].</summary>
    public Tensor Stage1 { get; }

    /// <summary>Gets the probabilities of stage 2, [B, K + 1, S, S].</summary>
    public Tensor Stage2 { get; }

    /// <summary>Adds the gradients of a loss to those of the parameters. Once at most.</summary>
    /// <param name="loss">A scalar that torch computed of both probabilities.</param>
    public void Backward(Tensor loss)
    {
        loss.backward();
        _blocks?.Backward();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stage1.Dispose();
        Stage2.Dispose();
        _blocks?.Dispose();
    }
}
