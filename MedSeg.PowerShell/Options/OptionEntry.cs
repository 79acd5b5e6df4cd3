namespace MedSeg.PowerShell.Options;

/// <summary>An entry of an options file.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">A number, text, Boolean, list of these, or null.</param>
/// <param name="Line">The line in the file, from 1; null where the reader does not know it.</param>
internal sealed record OptionEntry(string Name, object? Value, int? Line);
