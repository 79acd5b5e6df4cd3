namespace MedSeg.PowerShell.Options;

/// <summary>Marks a parameter that an options file cannot set: where a run writes, what it may overwrite, and which runs there are.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CommandLineOnlyAttribute : Attribute;
