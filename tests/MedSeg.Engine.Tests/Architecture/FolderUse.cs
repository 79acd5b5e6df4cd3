namespace MedSeg.Tests.Architecture;

/// <summary>A type of one folder that uses a type of another.</summary>
/// <param name="From">The folder of the user.</param>
/// <param name="To">The folder of what is used.</param>
/// <param name="Types">Which type uses which.</param>
internal sealed record FolderUse(string From, string To, string Types);
