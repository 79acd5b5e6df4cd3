using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using MedSeg.Dicom;
using MedSeg.Errors;

namespace MedSeg.Tests.Dicom;

/// <summary>
/// fo-dicom is in the build where the build asks for it, and nowhere else; and what is dangerous to fo-dicom does not reach it.
/// </summary>
public sealed class DicomBackendTests
{
    private static readonly string[] s_packages = ["fo-dicom", "fo-dicom.Codecs"];

    private static string Root => TestPaths.RepositoryRoot;

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

    [Fact]
    public void Sequences_of_stated_length_are_passed_over_however_deep_they_are()
    {
        const int Depth = 50_000;
        const int LevelLength = 20;
        DicomBytes file = DicomBytes.Part10();
        for (int level = 1; level <= Depth; level++)
        {
            uint itemLength = (uint)((Depth - level) * LevelLength);
            file.Header(0x0008, 0x1140, "SQ", itemLength + 8).Item(itemLength);
        }

        Assert.Equal([7f], DicomImageReader.ReadFrames("/data/slice.dcm", file.Image(1, 1).Pixels(7).ToArray()).Single().Pixels);
    }

    [Theory]
    [InlineData("JpegLs/Data/dcmtk_grey12_7x5_near3.jls", "1.2.840.10008.1.2.4.81")]
    [InlineData("Jpeg2000/Data/size_7x5.j2k", "1.2.840.10008.1.2.4.90")]
    public void Codestreams_of_another_size_than_the_data_set_states_are_refused(string stream, string syntax)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Dicom", stream));
        DicomBytes file = DicomBytes.Part10(syntax).Image(8, 8, 16, 12).Fragments(bytes.Length % 2 == 0 ? bytes : [.. bytes, 0]);

        var error = Assert.Throws<FileFormatException>(() => DicomImageReader.ReadFrames("/data/slice.dcm", file.ToArray()).First());

        Assert.Equal(ErrorIds.DicomInvalid, error.ErrorId);
        Assert.Contains("8 rows, 8 columns", error.Message, StringComparison.Ordinal);
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
