using System.Diagnostics;
using System.Text.RegularExpressions;
using MedSeg.PowerShell.Tests.Pwsh;

namespace MedSeg.PowerShell.Tests.Windows;

/// <summary>
/// What the Windows package needs to run under Wine, in a folder of its own: the package itself, .NET for Windows and a new Wine prefix. All of it
/// but Wine comes from NuGet. Where something is missing, the tests are skipped with the reason.
/// </summary>
public sealed partial class WineFixture : IDisposable
{
    private const string Terminal = "/usr/bin/script";
    private static readonly string[] s_places = [.. (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator), "/usr/lib/wine"];
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;
    private readonly string? _wine = s_places.Select(place => Path.Combine(place, "wine64")).Concat(s_places.Select(place => Path.Combine(place, "wine"))).FirstOrDefault(File.Exists);
    private readonly string? _missing;

    public WineFixture() => _missing = Prepare();

    private string Prefix => Path.Combine(_folder, "prefix");

    private string Dotnet => Path.Combine(_folder, "dotnet");

    /// <summary>Gives the path that Windows programs have for one of Linux.</summary>
    public static string ToWindows(string path) => "Z:" + path.Replace('/', '\\');

    /// <summary>Skips the test where Wine or something that runs under it is missing.</summary>
    public void Require() => Assert.SkipWhen(_missing is not null, _missing ?? string.Empty);

    /// <summary>Packs the module for all systems and the native libraries for Windows.</summary>
    /// <returns>The folder of both packages, as Linux names it.</returns>
    public string PackGallery()
    {
        string? missing = Build("MedSeg.PowerShell", "-t:PackageGallery", "-p:MedSegRuntime=win-x64", "-p:TorchBackend=cpu", "-p:OnnxBackend=cpu", "-p:DicomBackend=BuiltIn", $"-p:PackageFolder={_folder}/gallery/");
        Assert.SkipWhen(missing is not null, missing ?? string.Empty);
        return Path.Combine(_folder, "gallery", "gallery.cpu");
    }

    /// <summary>Gives a process what it needs to start Windows programs.</summary>
    /// <param name="pwsh">The process.</param>
    internal void Prepare(PwshProcess pwsh)
    {
        SetWine(pwsh.Environment);

        // dotnet gives the tests the place of this machine's runtime in a variable that comes first.
        pwsh.Environment["DOTNET_ROOT"] = ToWindows(Dotnet);
        pwsh.Environment["DOTNET_ROOT_X64"] = ToWindows(Dotnet);
        pwsh.Environment["PSModulePath"] = ToWindows(Directory.GetDirectories(Path.Combine(_folder, "package")).Single());
        pwsh.Environment["NUGET_PACKAGES"] = ToWindows(pwsh.Folder);
        pwsh.Environment["POWERSHELL_UPDATECHECK"] = "Off";

        // Wine makes memory that is written and executed at two addresses fail, and OpenMP's look at the cores.
        pwsh.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        pwsh.Environment["KMP_AFFINITY"] = "disabled";

        // A share of a server, as far as Wine has one.
        string server = Directory.CreateDirectory(Path.Combine(Prefix, "dosdevices", "unc", "server")).FullName;
        string share = Path.Combine(server, Path.GetFileName(pwsh.Folder));
        if (!Path.Exists(share))
        {
            Directory.CreateSymbolicLink(share, pwsh.Folder);
        }
    }

    /// <summary>Gives the command line that starts the Windows PowerShell on a terminal: without one, it has no console under Wine and ends.</summary>
    internal string[] CommandLine(params string[] arguments)
    {
        string program = Path.Combine(Path.GetDirectoryName(PwshProcess.ProgramPath)!, "..", "win", "pwsh.exe");
        string[] words = [_wine!, Path.GetFullPath(program), "-NoLogo", "-NoProfile", "-NonInteractive", .. arguments];
        return [Terminal, "-qec", "exec " + string.Join(' ', words.Select(word => $"'{word}'")), "/dev/null"];
    }

    public void Dispose()
    {
        if (Directory.Exists(Prefix))
        {
            Wine(TimeSpan.FromSeconds(30), "wineboot", "--kill");
        }

        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // Wine's server lives on for some seconds, and writes its registry when it ends.
            Thread.Sleep(TimeSpan.FromSeconds(5));
            Directory.Delete(_folder, recursive: true);
        }
    }

    private string? Prepare()
    {
        if (!OperatingSystem.IsLinux() || _wine is null)
        {
            return "Wine is not installed (Debian package wine64).";
        }

        if (!File.Exists(Terminal))
        {
            return "script (Debian package bsdutils) is not installed, which makes a terminal for the Windows PowerShell.";
        }

        // .NET 10 refuses the Windows 7 that a new prefix may claim to be.
        string? fault = Wine(TimeSpan.FromMinutes(2), "wineboot", "--init") ?? Wine(TimeSpan.FromMinutes(1), "reg", "add", @"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f");
        if (fault is not null)
        {
            return $"Wine is installed, but does not start: {fault}";
        }

        return Build("tests/WindowsRuntime", "-restore", "-t:LayOut", $"-p:Destination={Dotnet}/")
            ?? Build("MedSeg.PowerShell", "-t:StageModule", "-p:MedSegRuntime=win-x64", "-p:TorchBackend=cpu", "-p:OnnxBackend=cpu", "-p:DicomBackend=BuiltIn", $"-p:PackageFolder={_folder}/package/");
    }

    // In folders of its own, so that the builds of the other tests and of this machine's module are not disturbed.
    private string? Build(params string[] arguments)
    {
        (int code, string output) = DotnetBuild.Run([.. arguments, $"-p:ArtifactsPath={_folder}/artifacts/"]);
        if (code != 0 && NotServed().Match(output) is { Success: true } missing)
        {
            return $"A package for Windows could not be downloaded: {missing.Value}";
        }

        Assert.True(code == 0, output);
        return null;
    }

    // Gives what went wrong.
    private string? Wine(TimeSpan patience, params string[] arguments)
    {
        var start = new ProcessStartInfo(_wine!, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var environment = new Dictionary<string, string>();
        SetWine(environment);
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(patience))
        {
            process.Kill(entireProcessTree: true);
            return $"{arguments[0]} did not end.";
        }

        // What Wine starts in the background may keep the output open.
        string text = Task.WaitAll([error, output], TimeSpan.FromSeconds(2)) ? (error.Result + output.Result).Trim() : string.Empty;
        return process.ExitCode == 0 ? null : $"{arguments[0]} ended with {process.ExitCode}. {text}";
    }

    private void SetWine(Dictionary<string, string> environment)
    {
        environment["WINEPREFIX"] = Prefix;
        environment["WINEARCH"] = "win64";
        environment["WINEDEBUG"] = "-all";

        // No menus of this machine's desktop, no browser, and no window at all.
        environment["WINEDLLOVERRIDES"] = "winemenubuilder.exe=d;mshtml=";
        environment["DISPLAY"] = string.Empty;
        environment["HOME"] = _folder;
    }

    [GeneratedRegex("error NU1(?:101|102|301).*")]
    private static partial Regex NotServed();
}
