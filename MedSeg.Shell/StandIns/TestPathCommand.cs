using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>What a path may lead to.</summary>
public enum PathKind
{
    /// <summary>Anything.</summary>
    Any,

    /// <summary>A folder.</summary>
    Container,

    /// <summary>A file.</summary>
    Leaf,
}

/// <summary>Tells whether a path exists.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Path", DefaultParameterSetName = PathSet)]
[OutputType(typeof(bool))]
public sealed class TestPathCommand : PathCommand
{
    /// <summary>Gets or sets what the path must lead to.</summary>
    [Parameter]
    [Alias("Type")]
    public PathKind PathType { get; set; }

    /// <inheritdoc/>
    protected override void Process(string path) => WriteObject(Exists(path));

    private bool Exists(string path)
    {
        try
        {
            string pattern = IsLiteral ? WildcardPattern.Escape(path) : path;
            if (path.Length == 0 || !InvokeProvider.Item.Exists(path, force: true, literalPath: IsLiteral))
            {
                return false;
            }

            return PathType == PathKind.Any || InvokeProvider.Item.IsContainer(pattern) == (PathType == PathKind.Container);
        }
        catch (Exception e) when (e is ItemNotFoundException or System.Management.Automation.DriveNotFoundException)
        {
            return false;
        }
    }
}
