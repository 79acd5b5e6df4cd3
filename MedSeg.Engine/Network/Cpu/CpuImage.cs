namespace MedSeg.Network.Cpu;

/// <summary>An image that a network computes, with the gradients that have reached it.</summary>
/// <param name="values">The values, which the image owns.</param>
/// <param name="wantsGradient">Whether gradients of the image are required.</param>
internal sealed class CpuImage(ChannelsLastView values, bool wantsGradient) : IDisposable
{
    private ChannelsLastView? _values = values;
    private ChannelsLastView? _first;
    private ChannelsLastView? _second;
    private Func<ChannelsLastView>? _compute;

    /// <summary>Gets the values, which are computed again if they were forgotten.</summary>
    public ChannelsLastView Values => _values ??= _compute!();

    /// <summary>Gets a value indicating whether the values can be computed again.</summary>
    public bool CanForget => _compute is not null;

    /// <summary>Gets a value indicating whether gradients of the image are required.</summary>
    public bool WantsGradient => wantsGradient;

    /// <summary>Gets the images that were joined to this one; null if it is no such image.</summary>
    public (CpuImage First, CpuImage Second)? Parts { get; init; }

    /// <summary>Gets a value indicating whether <see cref="Accumulate"/> can be called: memory of torch's is not changed.</summary>
    public bool CanAccumulate => wantsGradient && _second is null && _first is not { IsRented: false };

    /// <summary>Replaces the memory of the values by another block with the same content.</summary>
    /// <param name="same">The block, which the image owns from now on.</param>
    public void MoveTo(ChannelsLastView same)
    {
        _values?.Dispose();
        _values = same;
        _compute = null;
    }

    /// <summary>Allows <see cref="Forget"/>.</summary>
    /// <param name="compute">Computes the values again.</param>
    public void AllowForgetting(Func<ChannelsLastView> compute) => _compute = compute;

    /// <summary>Frees the memory of the values, until they are used again.</summary>
    public void Forget()
    {
        if (CanForget)
        {
            _values?.Dispose();
            _values = null;
        }
    }

    /// <summary>Adds a gradient; there are two at most.</summary>
    /// <param name="gradient">The gradient, which the image owns from now on.</param>
    public void AddGradient(ChannelsLastView gradient)
    {
        if (!wantsGradient)
        {
            gradient.Dispose();
        }
        else if (_first is null)
        {
            _first = gradient;
        }
        else
        {
            _second = _second is null ? gradient : throw new InvalidOperationException("No block's result is used more than twice.");
        }
    }

    /// <summary>Returns where to write another gradient: to memory that is now the first one, or added to the first one.</summary>
    /// <param name="arena">The memory of the images.</param>
    public JoinedGradient Accumulate(ImageArena arena)
    {
        bool adds = _first is not null;
        return new JoinedGradient(_first ??= Values.EmptyLike(arena), adds);
    }

    /// <summary>Returns the gradients, which the caller owns; null if the loss does not depend on the image.</summary>
    public (ChannelsLastView First, ChannelsLastView? Second)? TakeGradients()
    {
        (ChannelsLastView? first, ChannelsLastView? second) = (_first, _second);
        (_first, _second) = (null, null);
        return first is null ? null : (first, second);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _values?.Dispose();
        _first?.Dispose();
        _second?.Dispose();
    }
}
