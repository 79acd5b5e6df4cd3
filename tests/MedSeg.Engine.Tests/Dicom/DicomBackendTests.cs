using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using MedSeg.Dicom;

namespace MedSeg.Tests.Dicom;

/// <summary>fo-dicom is in the build where the build asks for it, and nowhere else.</summary>
public sealed class DicomBackendTests
{
    private static readonly string[] s_packages = ["fo-dicom", "fo-dicom.Codecs"];

    private static string Root => Metadata(typeof(DicomBackendTests).Assembly, "RepositoryRoot");

    [Fact]
    public void Engine_refers_to_fo_dicom_only_where_it_was_built_with_it()
    {
        Assembly engine = typeof(DicomImageReader).Assembly;

        bool refers = engine.GetReferencedAssemblies().Any(a => a.Name!.StartsWith("fo-dicom", StringComparison.OrdinalIgnoreCase));

        Assert.Equal(Metadata(engine, "DicomBackend") == "FoDicom", refers);
    }

    [Fact]
    public void Build_leaves_fo_dicom_out_unless_asked()
    {
        JsonElement project = Evaluate();

        Assert.Empty(Items(project, "PackageReference").Intersect(s_packages));
        Assert.Empty(Items(project, "PackageVersion").Intersect(s_packages));
        Assert.DoesNotContain("Dicom/FoDicomFileReader.cs", Items(project, "Compile"));
        Assert.DoesNotContain("FODICOM", Property(project, "DefineConstants").Split(';'));
        Assert.EndsWith("packages.linux-x64.cpu.lock.json", Property(project, "NuGetLockFilePath"), StringComparison.Ordinal);
    }

    [Fact]
    public void Build_takes_fo_dicom_in_when_asked_with_a_lock_file_of_its_own()
    {
        JsonElement project = Evaluate("-p:DicomBackend=FoDicom");

        Assert.Equal(s_packages, Items(project, "PackageReference").Intersect(s_packages));
        Assert.Equal(s_packages, Items(project, "PackageVersion").Intersect(s_packages));
        Assert.Contains("Dicom/FoDicomFileReader.cs", Items(project, "Compile"));
        Assert.Contains("FODICOM", Property(project, "DefineConstants").Split(';'));
        Assert.EndsWith("packages.linux-x64.cpu.FoDicom.lock.json", Property(project, "NuGetLockFilePath"), StringComparison.Ordinal);
    }

    [Fact]
    public void Build_script_passes_its_choice_on()
    {
        string script = File.ReadAllText(Path.Combine(Root, "build.ps1"));

        Assert.Matches(@"\[ValidateSet\('BuiltIn', 'FoDicom'\)\]\s+\[string\] \$DicomBackend = 'BuiltIn'", script);
        Assert.Matches(@"\$properties = .*""-p:DicomBackend=\$DicomBackend""", script);
    }

    private static JsonElement Evaluate(params string[] backend)
    {
        string[] arguments =
        [
            "msbuild", Path.Combine(Root, "MedSeg.Engine", "MedSeg.Engine.csproj"), "-p:MedSegRuntime=linux-x64", "-p:TorchBackend=cpu", .. backend,
            "-getProperty:DefineConstants,NuGetLockFilePath", "-getItem:PackageReference,PackageVersion,Compile",
        ];
        using Process process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        return JsonDocument.Parse(output).RootElement;
    }

    private static List<string> Items(JsonElement project, string name) =>
        [.. project.GetProperty("Items").GetProperty(name).EnumerateArray().Select(i => i.GetProperty("Identity").GetString()!.Replace('\\', '/'))];

    private static string Property(JsonElement project, string name) => project.GetProperty("Properties").GetProperty(name).GetString()!;

    private static string Metadata(Assembly assembly, string key) =>
        assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
