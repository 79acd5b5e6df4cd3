using System.Diagnostics;
using System.Text.RegularExpressions;

namespace MedSeg.PowerShell.Tests;

/// <summary>The recipes of containers: what they copy and run exists, and both build the same.</summary>
public sealed partial class ContainerTests
{
    [Fact]
    public void Both_recipes_copy_the_same_sources_which_exist()
    {
        string[] docker = [.. CopyLine().Matches(PackageFixture.SourceText("containers/Dockerfile")).SelectMany(match => match.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..^1])];
        string[] apptainer = [.. FilesLine().Matches(Section("%files")).Select(match => match.Groups[1].Value)];

        Assert.NotEmpty(docker);
        Assert.Equal(docker.Order(StringComparer.Ordinal), apptainer.Order(StringComparer.Ordinal));
        Assert.All(docker, name => Assert.True(Path.Exists(PathOf(name)), name));

        // Whatever MSBuild reads in the root of the repository is there.
        string[] needed = [.. Directory.GetFiles(PathOf("."), "*.props").Concat(Directory.GetFiles(PathOf("."), "*.targets")).Select(path => Path.GetFileName(path))];
        Assert.Superset(new HashSet<string>([.. needed, ".editorconfig", "global.json", .. ModuleFile().Matches(PackageFixture.SourceText("MedSeg.PowerShell/MedSeg.PowerShell.csproj")).Select(match => match.Groups[1].Value)]), new HashSet<string>(docker));
    }

    [Fact]
    public void Both_recipes_run_the_same_commands()
    {
        string docker = PackageFixture.SourceText("containers/Dockerfile");
        string apptainer = PackageFixture.SourceText("containers/medseg.def");

        foreach (string recipe in (string[])[docker, apptainer])
        {
            Assert.Contains("sh containers/build.sh", recipe, StringComparison.Ordinal);
            Assert.Contains("apt-get install -y --no-install-recommends fonts-dejavu-core", recipe, StringComparison.Ordinal);
            Assert.Contains("PSModulePath=/opt/modules", recipe, StringComparison.Ordinal);
            Assert.Contains("/opt/pwsh/pwsh.dll", recipe, StringComparison.Ordinal);
            Assert.Equal(["mcr.microsoft.com/dotnet/runtime:10.0", "mcr.microsoft.com/dotnet/sdk:10.0"], Image().Matches(recipe).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal));
        }

        // The SDK of the image is the one that the repository asks for.
        Assert.Matches(@"""version"": ""10\.0\.", PackageFixture.SourceText("global.json"));
        string script = PackageFixture.SourceText("containers/build.sh");
        Assert.Contains("-t:StageModule", script, StringComparison.Ordinal);
        Assert.Contains("<Target Name=\"StageModule\"", PackageFixture.SourceText("build/Package.targets"), StringComparison.Ordinal);
        Assert.Contains("-getProperty:PowerShellFolder", script, StringComparison.Ordinal);
        Assert.Contains("<PowerShellFolder>", PackageFixture.SourceText("build/PowerShell.targets"), StringComparison.Ordinal);
    }

    [Fact]
    public void Scripts_of_the_recipes_are_valid_for_a_shell()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no sh.");
        string docker = string.Join('\n', RunLine().Matches(PackageFixture.SourceText("containers/Dockerfile")).Select(match => match.Groups[1].Value));

        foreach (string script in (string[])[PackageFixture.SourceText("containers/build.sh"), docker, Section("%post"), Section("%environment"), Section("%runscript"), Section("%test")])
        {
            Assert.NotEqual(string.Empty, script.Trim());
            var start = new ProcessStartInfo("/bin/sh", ["-n"]) { RedirectStandardInput = true, RedirectStandardError = true };
            using Process shell = Process.Start(start)!;
            shell.StandardInput.Write(script);
            shell.StandardInput.Close();
            string error = shell.StandardError.ReadToEnd();
            shell.WaitForExit();
            Assert.True(shell.ExitCode == 0, $"{error}\n{script}");
        }
    }

    private static string PathOf(string name) => Path.Combine(ModuleSession.Setting("RepositoryRoot"), name);

    // All sections of a name, since each stage has its own; without "%files from build", which copies from the other stage.
    private static string Section(string name) => string.Join('\n', Regex.Matches(PackageFixture.SourceText("containers/medseg.def"), $@"(?m)^{name}\n((?:[ \t].*\n|\n)*)").Select(match => match.Groups[1].Value.TrimEnd()));

    [GeneratedRegex(@"(?m)^COPY (?!--)(.+)$")]
    private static partial Regex CopyLine();

    [GeneratedRegex(@"(?m)^ +(\S+) /src/\S+$")]
    private static partial Regex FilesLine();

    [GeneratedRegex(@"(?m)^RUN ((?:.*\\\n)*.*)$")]
    private static partial Regex RunLine();

    [GeneratedRegex(@"mcr\.microsoft\.com/dotnet/[a-z]+:[0-9.]+")]
    private static partial Regex Image();

    [GeneratedRegex(@"\$\(RepositoryRoot\)([A-Za-z.0-9]+)")]
    private static partial Regex ModuleFile();
}
