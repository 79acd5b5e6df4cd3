using System.IO.Compression;
using System.Management.Automation;

namespace MedSeg.PowerShell.Tests;

/// <summary>Import-, Export- and Get-MedSegModel of the built module.</summary>
public sealed class ModelTests : IDisposable
{
    private readonly ModuleSession _session = new();
    private readonly string _golden = Path.Combine(ModuleSession.Setting("RepositoryRoot"), "tests", "MedSeg.Engine.Tests", "Golden");

    public ModelTests() => File.Copy(Path.Combine(_golden, "seed_checkpoint", "open_MR_autoseg_model_2.pt"), _session.PathOf("seed.pt"));

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Published_checkpoint_goes_in_out_and_is_trained_further()
    {
        PSObject info = Assert.Single(_session.Run("Import-MedSegModel -Path seed.pt -OutputPath seed.safetensors -LabelName Left, Right"));
        Assert.Equal("Model", info.Properties["Kind"].Value.ToString());
        Assert.Equal(2, info.Properties["Epoch"].Value);

        Assert.Equal(["m.pt", "m.onnx"], _session.Run("'PyTorch', 'Onnx' | ForEach-Object { Get-MedSegModel seed.safetensors | Export-MedSegModel -Format $_ -OutputPath ($_ -eq 'Onnx' ? 'm.onnx' : 'm.pt') } | ForEach-Object Name").Select(name => name.ToString()));
        Assert.Equal(["Onnx", "PyTorch", "Model", "PyTorch"], _session.Run("Get-MedSegModel m.onnx, m.pt, *.safetensors, seed.pt | ForEach-Object { [string] $_.Kind }").Select(kind => kind.ToString()));

        _session.Run("New-MedSegDemoDataset -Path data -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 1");
        using System.Management.Automation.PowerShell shell = _session.Create("Import-MedSegDataset data/train -InputSize 32 | Start-MedSegTraining -InitialModel seed.safetensors -Epochs 1 -OutputPath models -Device Cpu -Verbose");
        Assert.Single(shell.Invoke());
        Assert.Contains(shell.Streams.Verbose, record => record.Message.Contains("Starting with the weights of", StringComparison.Ordinal));
        PSObject trained = Assert.Single(_session.Run("Get-MedSegModel models/medseg.safetensors"));
        Assert.Equal("cpu", trained.Properties["Device"].Value);
        Assert.NotNull(trained.Properties["Options"].Value);
        Assert.Equal("Checkpoint", _session.Run("(Get-MedSegModel models/medseg.checkpoint.safetensors).Kind")[0].ToString());
    }

    [Fact]
    public void Nothing_is_overwritten_without_Force_nor_written_with_WhatIf()
    {
        Assert.Empty(_session.Run("Import-MedSegModel seed.pt a.safetensors -WhatIf"));
        Assert.False(File.Exists(_session.PathOf("a.safetensors")));
        _session.Run("Import-MedSegModel seed.pt a.safetensors");
        byte[] before = File.ReadAllBytes(_session.PathOf("a.safetensors"));

        Assert.Equal("FileExists", ModuleSession.IdOf(_session.Fail("Import-MedSegModel seed.pt a.safetensors -LabelName X, Y")));
        Assert.Equal("FileExists", ModuleSession.IdOf(_session.Fail("Export-MedSegModel a.safetensors seed.pt -Format PyTorch")));
        Assert.Equal(before, File.ReadAllBytes(_session.PathOf("a.safetensors")));
        Assert.Empty(_session.Run("Export-MedSegModel a.safetensors b.pt -Format PyTorch -WhatIf"));
        Assert.False(File.Exists(_session.PathOf("b.pt")));
        Assert.Equal("X", _session.Run("(Import-MedSegModel seed.pt a.safetensors -LabelName X, Y -Force).LabelNames[0]")[0].ToString());
    }

    [Fact]
    public void Hostile_pickle_is_refused_with_opcode_and_offset_and_runs_nothing()
    {
        string witness = _session.PathOf("witness");
        string command = $"touch '{witness}'";
        using (ZipArchive zip = ZipFile.Open(_session.PathOf("evil.pt"), ZipArchiveMode.Create))
        {
            using Stream pickle = zip.CreateEntry("archive/data.pkl", CompressionLevel.NoCompression).Open();
            pickle.Write([0x80, 2, .. "cposix\nsystem\nX"u8, .. BitConverter.GetBytes(command.Length), .. System.Text.Encoding.ASCII.GetBytes(command), 0x85, .. "R."u8]);
        }

        foreach (string script in (string[])["Import-MedSegModel evil.pt out.safetensors", "Get-MedSegModel evil.pt"])
        {
            ErrorRecord error = _session.Fail(script);
            Assert.Equal("PickleRefused", ModuleSession.IdOf(error));
            Assert.Equal(ErrorCategory.InvalidData, error.CategoryInfo.Category);
            Assert.Contains("opcode GLOBAL (0x63): it names posix.system", error.Exception.Message, StringComparison.Ordinal);
            Assert.Contains("(at byte 2)", error.Exception.Message, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(witness));
        Assert.Equal(["evil.pt", "seed.pt"], Directory.EnumerateFileSystemEntries(_session.Folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Bad_files_do_not_end_a_listing()
    {
        File.WriteAllText(_session.PathOf("bad.pt"), "PK\x03\x04 and no more");

        using System.Management.Automation.PowerShell shell = _session.Create("Get-MedSegModel bad.pt, nowhere.pt, seed.pt");
        Assert.Single(shell.Invoke());
        Assert.Equal(["TorchInvalid", "FileNotFound"], shell.Streams.Error.Select(ModuleSession.IdOf));
    }

    [Fact]
    public void Wildcards_must_mean_one_file()
    {
        File.Copy(_session.PathOf("seed.pt"), _session.PathOf("seed2.pt"));

        Assert.Equal("PathNotUnique", ModuleSession.IdOf(_session.Fail("Import-MedSegModel seed*.pt a.safetensors")));
        Assert.Single(_session.Run("Import-MedSegModel seed2*.pt a.safetensors"));
    }
}
