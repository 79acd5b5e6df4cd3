using System.Collections.ObjectModel;
using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>Removes files and folders.</summary>
[Cmdlet(VerbsCommon.Remove, "Item", SupportsShouldProcess = true, DefaultParameterSetName = PathSet)]
public sealed class RemoveItemCommand : PathCommand
{
    /// <summary>Gets or sets a value indicating whether folders go with all they hold.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Gets or sets a value indicating whether hidden and write-protected items go too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void Process(string path)
    {
        string pattern = IsLiteral ? WildcardPattern.Escape(path) : path;
        Collection<PathInfo> found = SessionState.Path.GetResolvedPSPathFromPSPath(pattern);
        foreach (PathInfo item in found)
        {
            string literal = WildcardPattern.Escape(item.Path);
            string kind = InvokeProvider.Item.IsContainer(literal) ? "Directory" : "File";
            if (ShouldProcess(item.ProviderPath, $"Remove {kind}"))
            {
                InvokeProvider.Item.Remove([item.Path], Recurse, Force, literalPath: true);
            }
        }
    }
}
