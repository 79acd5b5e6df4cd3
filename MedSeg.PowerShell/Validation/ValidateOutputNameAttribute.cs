using System.Management.Automation;
using MedSeg.Files;

namespace MedSeg.PowerShell.Validation;

/// <summary>
/// Refuses the path of a file or folder to write whose last part is not a possible name on every system. The folders above it may exist
/// already, with any name.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ValidateOutputNameAttribute : ValidateArgumentsAttribute
{
    /// <inheritdoc/>
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is string path && LastPart(path, engineIntrinsics) is { } name && FileNames.FindProblem(name) is { } problem)
        {
            throw new ValidationMetadataException($"'{path}' was given, but {problem}. Use another name.");
        }
    }

    // PowerShell takes both slashes as separators on all systems.
    private static string? LastPart(string path, EngineIntrinsics? engine)
    {
        string whole = path[(path.IndexOf("::", StringComparison.Ordinal) is >= 0 and int provider ? provider + 2 : 0)..].TrimEnd('/', '\\');
        string name = whole[(whole.LastIndexOfAny(['/', '\\']) + 1)..];
        if (name.Length == whole.Length && name.IndexOf(':', StringComparison.Ordinal) is > 0 and int colon && IsDrive(name[..colon], engine))
        {
            name = name[(colon + 1)..];
        }

        return name is "" or "." or ".." ? null : name;
    }

    private static bool IsDrive(string name, EngineIntrinsics? engine) =>
        engine?.SessionState.Drive.GetAll().Any(drive => string.Equals(drive.Name, name, StringComparison.OrdinalIgnoreCase)) == true;
}
