namespace MedSeg.Shell;

/// <summary>Calls back at Ctrl+C until disposed.</summary>
internal sealed class CancelKey : IDisposable
{
    private readonly Func<bool> _pressed;

    /// <summary>Initializes a new instance of the <see cref="CancelKey"/> class.</summary>
    /// <param name="pressed">Called at each press; tells whether the process lives on.</param>
    public CancelKey(Func<bool> pressed)
    {
        _pressed = pressed;
        Console.CancelKeyPress += OnPress;
    }

    public void Dispose() => Console.CancelKeyPress -= OnPress;

    private void OnPress(object? sender, ConsoleCancelEventArgs e) => e.Cancel = _pressed();
}
