namespace MedSeg.Network.Cpu;

/// <summary>
/// The weights of a network that is not trained any more, in the order in which convolutions read them. They are reordered or transformed
/// when a layer first requires them, rather than for each batch. Those of Winograd convolutions take four times the memory of the weights.
/// </summary>
internal sealed unsafe class KeptWeights : IDisposable
{
    private readonly Dictionary<(nint Weights, bool IsTransposed), WinogradWeights> _winograd = [];
    private readonly Dictionary<(nint Weights, bool IsTransposed), PackedWeights> _packed = [];

    /// <summary>Returns the weights of a Winograd convolution, which belong to this object.</summary>
    /// <param name="weights">The weights, [M, 9, N]: M channels of the coarse image, N of the fine one.</param>
    /// <param name="isTransposed">Whether the convolution is from the coarse image to the fine one.</param>
    /// <param name="coarse">The number M of channels of the coarse image.</param>
    /// <param name="fine">The number N of channels of the fine image.</param>
    public WinogradWeights Winograd(float* weights, bool isTransposed, int coarse, int fine)
    {
        if (!_winograd.TryGetValue(((nint)weights, isTransposed), out WinogradWeights? kept))
        {
            kept = isTransposed ? WinogradWeights.Transposed(weights, coarse, fine, isKept: true) : WinogradWeights.Forward(weights, coarse, fine, isKept: true);
            _winograd.Add(((nint)weights, isTransposed), kept);
        }

        return kept;
    }

    /// <summary>Returns the weights of a direct convolution from the fine image to the coarse one, which belong to this object.</summary>
    /// <param name="weights">The weights, [M, taps, N]: M channels of the coarse image, N of the fine one.</param>
    /// <param name="coarse">The number M of channels of the coarse image.</param>
    /// <param name="taps">The number of taps.</param>
    /// <param name="fine">The number N of channels of the fine image.</param>
    public PackedWeights Forward(float* weights, int coarse, int taps, int fine) =>
        _packed.TryGetValue(((nint)weights, false), out PackedWeights? kept)
            ? kept
            : _packed[((nint)weights, false)] = PackedWeights.Forward(weights, coarse, taps, fine);

    /// <summary>Returns the weights of a direct convolution from the coarse image to the fine one, which belong to this object.</summary>
    /// <param name="weights">The weights, [M, taps, N]: M channels of the coarse image, N of the fine one.</param>
    /// <param name="coarse">The number M of channels of the coarse image.</param>
    /// <param name="taps">The taps, in the order in which they are packed.</param>
    /// <param name="fine">The number N of channels of the fine image.</param>
    public PackedWeights Transposed(float* weights, int coarse, int[] taps, int fine) =>
        _packed.TryGetValue(((nint)weights, true), out PackedWeights? kept)
            ? kept
            : _packed[((nint)weights, true)] = PackedWeights.Transposed(weights, coarse, taps, fine);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (WinogradWeights weights in _winograd.Values)
        {
            weights.Dispose();
        }

        foreach (PackedWeights weights in _packed.Values)
        {
            weights.Dispose();
        }
    }
}
