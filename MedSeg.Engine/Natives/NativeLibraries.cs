using MedSeg.Errors;
using MedSeg.Threading;

namespace MedSeg.Natives;

/// <summary>
/// The native libraries of the engine: torch, ONNX Runtime and Skia. The module for one kind of machine has them in the engine's folder. The
/// module for all systems has none; they are installed afterwards, from a package for this machine.
/// </summary>
public static class NativeLibraries
{
    private static readonly string s_engineFolder = Path.GetDirectoryName(typeof(NativeLibraries).Assembly.Location)!;
    private static readonly Lazy<NativeFolders?> s_folders = new(() => NativeTarget.Read(s_engineFolder) is { } target ? new NativeFolders(s_engineFolder, UserFolder(), target) : null);

    /// <summary>Gets the folder of the libraries; <see langword="null"/> if they are not installed.</summary>
    /// <exception cref="MedSegException"><c>NativeMissing</c>: the module is damaged.</exception>
    public static string? Folder => s_folders.Value is { } folders ? folders.Find() : s_engineFolder;

    /// <summary>Gets the name of the package that has the libraries for this machine; <see langword="null"/> if the module has them.</summary>
    public static string? PackageId => s_folders.Value?.Target.PackageId;

    /// <summary>Gets the version of that package; <see langword="null"/> if the module has the libraries.</summary>
    public static string? PackageVersion => s_folders.Value?.Target.Version;

    /// <summary>Gets what to do if a library is damaged; null if it came with the module.</summary>
    internal static string? Repair => s_folders.Value is null ? null : "Install the native libraries again: Install-MedSegNative -Force.";

    /// <summary>Looks for the libraries, and compares each file with the list of its package. No library is loaded.</summary>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Where they are; <see langword="null"/> if they are not installed, or not complete.</returns>
    public static NativeInstallation? Check(CancellationToken cancellationToken = default) =>
        s_folders.Value is { } folders
            ? new NativeInstaller(folders).Check(cancellationToken)
            : new NativeInstallation { Path = s_engineFolder, Version = typeof(NativeLibraries).Assembly.GetName().Version!.ToString(3), Runtime = NativeTarget.ThisRuntime, Status = NativeStatus.PartOfModule };

    /// <summary>Installs the libraries from a package, and replaces what was installed before. No library is loaded.</summary>
    /// <param name="path">The absolute path of the package (.nupkg).</param>
    /// <param name="events">Receives the progress, in MB; or <see langword="null"/>.</param>
    /// <param name="cancellationToken">Stops the work; nothing is left behind.</param>
    /// <returns>Where the libraries are.</returns>
    /// <exception cref="InvalidOperationException">The module has the libraries.</exception>
    /// <exception cref="MedSegException">
    /// The package is damaged (<c>NativePackageInvalid</c>), for another module or machine (<c>NativePackageMismatch</c>) or hostile
    /// (<c>NativePackageUnsafe</c>), or the folder cannot be written (<c>WriteFailed</c>, <c>NativeInUse</c>).
    /// </exception>
    public static NativeInstallation Install(string path, EngineEvents? events = null, CancellationToken cancellationToken = default) =>
        new NativeInstaller(s_folders.Value ?? throw new InvalidOperationException("The native libraries are part of the module.")).Install(path, events, cancellationToken);

    /// <summary>Explains an error of a library that could not be loaded, if the reason is that the libraries are not installed.</summary>
    /// <param name="error">The error.</param>
    /// <returns>What to show; <see langword="null"/> if the reason is another one.</returns>
    public static MedSegException? Explain(Exception error)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is DllNotFoundException)
            {
                return s_folders.Value is not { } folders ? null
                    : folders.Find() is null ? Missing(ErrorIds.NativeMissing, string.Empty, folders.Target)
                    : new MedSegException(ErrorKind.Device, ErrorIds.NativeMissing, $"A native library cannot be loaded: {FirstSentence(cause.Message)}", folders.Find(), error) { Advice = $"Start PowerShell again. If that does not help: {Repair}" };
            }
        }

        return null;
    }

    /// <summary>Makes sure that a library is there, where it is not part of the module. A process does not look again for one that it could not load.</summary>
    /// <param name="library">The name of the library without prefix and extension.</param>
    /// <param name="errorId">The id of the error.</param>
    /// <param name="lead">A sentence that the finding begins with, and a blank; or nothing.</param>
    /// <exception cref="MedSegException">It is not there.</exception>
    internal static void Require(string library, string errorId = ErrorIds.NativeMissing, string lead = "")
    {
        if (s_folders.Value is { } folders && folders.Find() is null && !((string[])[$"{library}.dll", $"lib{library}.so", $"lib{library}.dylib"]).Any(file => File.Exists(Path.Combine(s_engineFolder, file))))
        {
            throw Missing(errorId, lead, folders.Target);
        }
    }

    private static MedSegException Missing(string errorId, string lead, NativeTarget target) =>
        new(ErrorKind.Device, errorId, $"{lead}The native libraries of MedSeg {target.Version} for {target.Runtime} are not installed.")
        {
            Advice = $"Run Install-MedSegNative. Without a network, get {target.PackageId}.{target.Version}.nupkg and run Install-MedSegNative -Path with it.",
        };

    // The rest is advice for programmers, and all the paths that were tried.
    private static string FirstSentence(string text) => text.Split(['\n', '\r'])[0].Split(". ")[0].TrimEnd('.') + ".";

    private static string? UserFolder()
    {
        string folder = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return folder.Length == 0 ? null : Path.Combine(folder, "MedSeg");
    }
}
