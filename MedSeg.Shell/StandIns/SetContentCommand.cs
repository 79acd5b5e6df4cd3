using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>Writes a text file in UTF-8, over what it held.</summary>
[Cmdlet(VerbsCommon.Set, "Content", SupportsShouldProcess = true, DefaultParameterSetName = PathSet)]
public sealed class SetContentCommand : PSCmdlet, IDisposable
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private StreamWriter? _writer;

    /// <summary>Gets or sets the file.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    public string Path { get; set; } = string.Empty;

    /// <summary>Gets or sets the file, taken as it stands.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "LP")]
    public string LiteralPath { get; set; } = string.Empty;

    /// <summary>Gets or sets the lines.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[]? Value { get; set; }

    /// <summary>Gets or sets a value indicating whether no ends of lines are written.</summary>
    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    /// <summary>Closes the file, however the command is left.</summary>
    public void Dispose() => _writer?.Dispose();

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        string given = ParameterSetName == LiteralPathSet ? LiteralPath : Path;
        string file = SessionState.Path.GetUnresolvedProviderPathFromPSPath(given, out ProviderInfo provider, out _);
        if (provider.Name != "FileSystem" || (ParameterSetName == PathSet && WildcardPattern.ContainsWildcardCharacters(given)))
        {
            var unsupported = new PSNotSupportedException($"{given}: Set-Content writes one file here; wildcards and other providers are not supported.");
            ThrowTerminatingError(new ErrorRecord(unsupported, "OneFileOnly", ErrorCategory.InvalidArgument, given));
        }

        if (ShouldProcess(file, "Set Content"))
        {
            try
            {
                _writer = new StreamWriter(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                ThrowTerminatingError(new ErrorRecord(e, "FileError", ErrorCategory.WriteError, file));
            }
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (object? value in Value ?? [])
        {
            _writer?.Write(LanguagePrimitives.ConvertTo<string>(value) + (NoNewline ? string.Empty : Environment.NewLine));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Dispose();
}
