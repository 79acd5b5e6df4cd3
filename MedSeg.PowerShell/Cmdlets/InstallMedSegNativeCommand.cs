using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using MedSeg.Errors;
using MedSeg.Natives;
using MedSeg.PowerShell.Completion;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Installs the native libraries of the module for all systems.</summary>
/// <remarks>It loads no native library, so that it can replace damaged ones.</remarks>
[Cmdlet(VerbsLifecycle.Install, "MedSegNative", DefaultParameterSetName = "Repository", SupportsShouldProcess = true)]
[OutputType(typeof(NativeInstallation))]
public sealed class InstallMedSegNativeCommand : MedSegCmdlet
{
    // Core commands of PowerShell, and the module that PowerShell installs modules with.
    private const string Save = """
        param($name, $version, $folder, $repository, $trust)
        $arguments = @{ Name = $name; Version = $version; Path = $folder; AsNupkg = $true; SkipDependencyCheck = $true; TrustRepository = $trust }
        if ($repository) {
            $arguments.Repository = $repository
        }
        Microsoft.PowerShell.PSResourceGet\Save-PSResource @arguments -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems | ForEach-Object -Process { "$_" }
        """;

    /// <summary>Gets or sets the package; wildcards must match one file.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NativePackageCompleter))]
    public string Path { get; set; } = string.Empty;

    /// <summary>Gets or sets the package, without wildcards.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP", "FullName")]
    public string LiteralPath { get; set; } = string.Empty;

    /// <summary>Gets or sets the repositories to look in.</summary>
    [Parameter(ParameterSetName = "Repository")]
    [ValidateNotNullOrEmpty]
    public string[] Repository { get; set; } = [];

    /// <summary>Gets or sets whether a repository that is not trusted is used without a question.</summary>
    [Parameter(ParameterSetName = "Repository")]
    public SwitchParameter TrustRepository { get; set; }

    /// <summary>Gets or sets whether libraries that are there are replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string? path = ParameterSetName switch
        {
            "Path" => ResolveOne(Path, isLiteral: false),
            "LiteralPath" => ResolveOne(LiteralPath, isLiteral: true),
            _ => null,
        };
        string? package = Try(() => NativeLibraries.PackageId);
        if (package is null || !Force)
        {
            NativeInstallation? there = TryWithProgress("Checking the native libraries", _ => NativeLibraries.Check(StopToken));
            if (there is not null)
            {
                WriteVerbose($"{there.Path}: The native libraries are there and complete.");
                WriteObject(there);
                return;
            }
        }

        string source = path ?? (Repository.Length > 0 ? string.Join(", ", Repository) : "the registered repositories");
        if (ShouldProcess($"{package} {NativeLibraries.PackageVersion}", $"Install from {source}"))
        {
            WriteObject(path is null ? InstallFromRepository(package!) : Install(path));
        }
    }

    private NativeInstallation InstallFromRepository(string package)
    {
        using NativeDownload download = Try(() => new NativeDownload());
        string problems = SaveTo(download.Folder, package);
        if (download.Find() is not { } path)
        {
            Fail(Unavailable(package, problems));
            throw new UnreachableException();
        }

        return Install(path);
    }

    // A repository that cannot be reached is no error where another one has the package.
    private string SaveTo(string folder, string package)
    {
        try
        {
            return string.Join(' ', InvokeCommand.InvokeScript(Save, useNewScope: true, PipelineResultTypes.None, null, package, NativeLibraries.PackageVersion!, folder, Repository, TrustRepository.ToBool()));
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            return e.Message;
        }
    }

    private MedSegException Unavailable(string package, string problems)
    {
        string where = Repository.Length > 0 ? $"the repository {string.Join(", ", Repository)}" : "any registered repository";
        return new MedSegException(ErrorKind.NotFound, ErrorIds.NativePackageNotFound, $"{package} {NativeLibraries.PackageVersion} could not be downloaded from {where}. {problems}".TrimEnd())
        {
            Advice = "Get-PSResourceRepository lists the repositories, and Register-PSResourceRepository adds one. Or give the file of the package as -Path.",
        };
    }

    private NativeInstallation Install(string path) =>
        TryWithProgress("Installing the native libraries, in MB", progress => NativeLibraries.Install(path, progress.Events, StopToken));
}
