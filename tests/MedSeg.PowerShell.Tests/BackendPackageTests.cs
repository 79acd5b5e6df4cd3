using System.Diagnostics;
using System.Text.Json;

namespace MedSeg.PowerShell.Tests;

/// <summary>Which packages a build for each kind of machine asks for, as MSBuild evaluates the project; nothing is downloaded.</summary>
public sealed class BackendPackageTests
{
    [Theory]
    [InlineData("cpu", "linux-x64", "libtorch-cpu-linux-x64", "Microsoft.ML.OnnxRuntime")]
    [InlineData("cpu", "win-x64", "libtorch-cpu-win-x64", "Microsoft.ML.OnnxRuntime")]
    [InlineData("cpu", "osx-arm64", "libtorch-cpu-osx-arm64", "Microsoft.ML.OnnxRuntime")]
    [InlineData("cuda-windows", "win-x64", "TorchSharp-cuda-windows", "Microsoft.ML.OnnxRuntime")]
    [InlineData("cuda-linux", "linux-x64", "TorchSharp-cuda-linux", "Microsoft.ML.OnnxRuntime")]
    public void Build_asks_for_the_backend_alone(string backend, string runtime, string torch, string onnx)
    {
        JsonElement project = Evaluate($"-p:TorchBackend={backend}", $"-p:MedSegRuntime={runtime}");

        string[] packages = [.. project.GetProperty("Items").GetProperty("PackageReference").EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!)];
        Assert.Equal([torch], packages.Where(name => name.StartsWith("libtorch", StringComparison.Ordinal) || name.StartsWith("TorchSharp-", StringComparison.Ordinal)));
        Assert.Contains("TorchSharp", packages);
        Assert.Equal([onnx], packages.Where(name => name.StartsWith("Microsoft.ML", StringComparison.Ordinal)));
        Assert.Equal(runtime.StartsWith("linux", StringComparison.Ordinal), packages.Contains("SkiaSharp.NativeAssets.Linux.NoDependencies"));

        // Each has a pinned version, TorchSharp's packages the same one, and a lock file of its own.
        Dictionary<string, string> versions = project.GetProperty("Items").GetProperty("PackageVersion").EnumerateArray().ToDictionary(item => item.GetProperty("Identity").GetString()!, item => item.GetProperty("Version").GetString()!, StringComparer.OrdinalIgnoreCase);
        Assert.All(packages, name => Assert.True(versions.ContainsKey(name), $"{name} has no version."));
        Assert.True(torch.StartsWith("libtorch", StringComparison.Ordinal) || versions[torch] == versions["TorchSharp"]);
        JsonElement properties = project.GetProperty("Properties");
        Assert.Equal(runtime, properties.GetProperty("RuntimeIdentifier").GetString());
        Assert.EndsWith($"packages.{runtime}.{backend}.lock.json", properties.GetProperty("NuGetLockFilePath").GetString(), StringComparison.Ordinal);
    }

    private static JsonElement Evaluate(params string[] properties)
    {
        string project = Path.Combine(ModuleSession.Setting("RepositoryRoot"), "MedSeg.Engine", "MedSeg.Engine.csproj");
        var start = new ProcessStartInfo("dotnet", ["msbuild", project, "-getItem:PackageReference", "-getItem:PackageVersion", "-getProperty:RuntimeIdentifier", "-getProperty:NuGetLockFilePath", .. properties])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        return JsonDocument.Parse(output).RootElement;
    }
}
