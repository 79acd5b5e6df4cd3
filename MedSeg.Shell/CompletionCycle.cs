namespace MedSeg.Shell;

/// <summary>The completions of a part of a line, one after the other.</summary>
/// <param name="start">Where the part begins.</param>
/// <param name="length">How long it is now.</param>
/// <param name="completions">At least one text for it.</param>
internal sealed class CompletionCycle(int start, int length, IReadOnlyList<string> completions)
{
    private int _index = -1;

    /// <summary>Gets where the part begins.</summary>
    public int Start { get; } = start;

    /// <summary>Gets or sets how long the part is now.</summary>
    public int Length { get; set; } = length;

    /// <summary>Goes forwards or backwards, around the ends.</summary>
    public string Next(int step)
    {
        _index = _index < 0 && step < 0 ? completions.Count - 1 : (_index + step + completions.Count) % completions.Count;
        return completions[_index];
    }
}
