using System.Management.Automation;
using MedSeg.Data.Files;
using MedSeg.Imaging;

namespace MedSeg.PowerShell;

/// <summary>The base of the commands that read image files one by one.</summary>
public abstract class ImageFileCmdlet : MedSegCmdlet
{
    /// <summary>Gets or sets the files; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Gets or sets the files, without wildcards.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP", "FullName", "ImagePath", "Files")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Gets or sets the frame to draw.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Frame { get; set; } = 1;

    /// <summary>Gets or sets the axis along which a volume that is not DICOM is cut into frames.</summary>
    [Parameter]
    public SliceAxis SliceAxis { get; set; }

    /// <summary>Gets or sets the channels, and which images are of which channel.</summary>
    [Parameter]
    public object[] Channel { get; set; } = [];

    /// <summary>Gets or sets whether an existing PNG is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Returns what to do with each file.</summary>
    /// <param name="target">The absolute path of the PNG; <see langword="null"/> to draw nothing.</param>
    private protected ImageInspection Inspection(string? target) =>
        new() { SliceAxis = SliceAxis, Channels = ChannelParameter.Read(Channel), Frame = Frame, OutputPath = target };

    /// <summary>Returns the files that were given.</summary>
    /// <returns>Their absolute paths.</returns>
    private protected IEnumerable<string> FindImages()
    {
        bool isLiteral = ParameterSetName == "LiteralPath";
        foreach (string path in ResolveAll(isLiteral ? LiteralPath : Path, isLiteral))
        {
            StopToken.ThrowIfCancellationRequested();
            yield return path;
        }
    }
}
