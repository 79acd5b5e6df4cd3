using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using MedSeg.Errors;
using MedSeg.Natives;
using TorchSharp;

namespace MedSeg.Devices;

/// <summary>Loads torch, and names the file at fault if that fails: TorchSharp's own error does not.</summary>
internal static partial class TorchLibrary
{
    private const string InstallModule = "Install MedSeg again: copy or unpack the whole folder of the module.";

    // EMFILE of Linux and macOS.
    private const int TooManyFiles = 24;

    private static readonly string s_folder = Path.GetDirectoryName(typeof(TorchLibrary).Assembly.Location)!;

    // A process does not look again for a library that could not be loaded.
    private static readonly Lazy<MedSegException?> s_fault = new(() => FindFault() ?? FindFaultOfTorchSharp());

    private static string Install => NativeLibraries.Repair ?? InstallModule;

    private static string NativeFolder => NativeLibraries.Folder ?? s_folder;

    /// <summary>Makes sure that torch is loaded. Call this before any code that uses a type of TorchSharp.</summary>
    /// <exception cref="MedSegException"><c>TorchNotLoaded</c>: a file of torch, or a library that it needs, is missing or damaged.</exception>
    public static void Require()
    {
        NativeLibraries.Require("torch_cpu", ErrorIds.TorchNotLoaded, "Torch cannot be loaded. ");
        if (s_fault.Value is { } fault)
        {
            throw new MedSegException(fault.Kind, fault.ErrorId, fault.Finding, fault.Path, fault) { Advice = fault.Advice };
        }
    }

    /// <summary>Explains an error of the system's loader.</summary>
    /// <param name="path">The file that could not be loaded.</param>
    /// <param name="cause">The error of the loader.</param>
    internal static MedSegException Explain(string path, Exception cause)
    {
        // .NET puts advice for programmers before the loader's own message.
        string said = cause.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? cause.GetType().Name;
        string needed = MissingLibrary().Match(said) is { Success: true } match ? match.Groups["name"].Value : string.Empty;
        bool isShortOfFiles = said.Contains("Too many open files", StringComparison.Ordinal) || cause is IOException { HResult: TooManyFiles };
        bool isDamaged = cause is BadImageFormatException || said.Contains("file too short", StringComparison.Ordinal) || said.Contains("invalid ELF", StringComparison.Ordinal);
        (string reason, string advice) = needed.Length > 0 ? ($"{needed}, which it requires, is missing", AdviceFor(needed))
            : isShortOfFiles ? ("The process or the system has too many files open", "Close files and programs, start PowerShell again, or raise the limit (`ulimit -n`).")
            : isDamaged ? ($"This file is damaged or was built for another system ({said.TrimEnd('.')})", Install)
            : said.Contains("0x8007007E", StringComparison.OrdinalIgnoreCase) ? ("A library that it requires is missing", $"{AdviceFor("vcruntime140.dll")} If that does not help: {Install}")
            : (said.TrimEnd('.'), Install);
        return NotLoaded(path, reason, advice, cause);
    }

    private static MedSegException? FindFault()
    {
        TorchSettings.Apply();

        // In the order in which TorchSharp loads them; the second requires the first.
        string[] paths = [.. ((string[])["torch_cpu", "LibTorchSharp"]).Select(name => Path.Combine(NativeFolder, FileNameOf(name)))];
        if (paths.All(path => !File.Exists(path)) && !File.Exists(Path.Combine(NativeFolder, FileNameOf("c10"))))
        {
            // Not the module's folder: a program that uses the engine may have them elsewhere, where TorchSharp finds them.
            return null;
        }

        if (paths.FirstOrDefault(path => !File.Exists(path)) is { } missing)
        {
            return Missing(missing, Install);
        }

        foreach (string path in paths)
        {
            try
            {
                TorchSettings.ApplyTo(NativeLibrary.Load(path));
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                return Explain(path, e);
            }
        }

        return null;
    }

    private static MedSegException? FindFaultOfTorchSharp()
    {
        string path = Path.Combine(s_folder, "TorchSharp.dll");
        try
        {
            Touch();
            TorchSettings.AllowTF32(false);
            return null;
        }
        catch (FileNotFoundException)
        {
            return Missing(path, InstallModule);
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or EntryPointNotFoundException or BadImageFormatException or FileLoadException)
        {
            return Explain(path, e.InnerException ?? e);
        }
    }

    // A method of its own, so that a missing TorchSharp is noticed when this is called.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Touch() => RuntimeHelpers.RunClassConstructor(typeof(torch).TypeHandle);

    private static MedSegException Missing(string path, string advice) => NotLoaded(path, "This file of MedSeg is missing", advice);

    private static MedSegException NotLoaded(string path, string reason, string advice, Exception? cause = null) =>
        new(ErrorKind.Device, ErrorIds.TorchNotLoaded, $"{path}: Torch cannot be loaded. {reason}.", path, cause) { Advice = advice };

    private static string AdviceFor(string library) =>
        File.Exists(Path.Combine(NativeFolder, library)) || library.StartsWith("libgomp-", StringComparison.Ordinal) || library.Contains("torch", StringComparison.Ordinal) || library.Contains("c10", StringComparison.Ordinal) ? Install
        : library.StartsWith("vcruntime", StringComparison.OrdinalIgnoreCase) || library.StartsWith("msvcp", StringComparison.OrdinalIgnoreCase) ? "Install the Microsoft Visual C++ Redistributable for Visual Studio 2015 to 2022 (x64)."
        : library.StartsWith("libcu", StringComparison.Ordinal) || library.StartsWith("libnv", StringComparison.Ordinal) ? "It belongs to CUDA: install the NVIDIA driver, and MedSeg again."
        : $"Install the package that contains it, such as libstdc++6 or libgomp1; `apt-file search {library}` or `dnf provides '*/{library}'` finds it.";

    private static string FileNameOf(string name) =>
        OperatingSystem.IsWindows() ? name + ".dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";

    // glibc and macOS name the missing library; Windows does not.
    [GeneratedRegex(@"^(?<name>\S+): cannot open shared object file|Library not loaded: (@rpath/)?(?<name>\S+)")]
    private static partial Regex MissingLibrary();
}
