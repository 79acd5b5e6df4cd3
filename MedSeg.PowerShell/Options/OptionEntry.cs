namespace MedSeg.PowerShell.Options;

/// <summary>An option as a file states it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">A number, text, truth value, list of such, or null.</param>
/// <param name="Line">The line of the file, from 1, where the format tells it.</param>
internal sealed record OptionEntry(string Name, object? Value, int? Line);
