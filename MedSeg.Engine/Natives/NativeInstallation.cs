namespace MedSeg.Natives;

/// <summary>Where the native libraries of a module are.</summary>
public sealed record NativeInstallation
{
    /// <summary>Gets the absolute path of their folder.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the version of the module that they belong to.</summary>
    public required string Version { get; init; }

    /// <summary>Gets the kind of machine that they are for, such as linux-x64.</summary>
    public required string Runtime { get; init; }

    /// <summary>Gets whether they were installed now.</summary>
    public required NativeStatus Status { get; init; }
}
