namespace MedSeg.PowerShell.Tests;

/// <summary>A model of four ROIs, trained once, and the scans that were held out; both are copied for each test that spoils them.</summary>
public sealed class TrainedFixture : IDisposable
{
    private readonly ModuleSession _session = new();

    public TrainedFixture()
    {
        _session.Run("New-MedSegDemoDataset -Path demo -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 2");
        _session.Run("Import-MedSegDataset demo/train -InputSize 32 -LabelName A, B, C, D | Start-MedSegTraining -Epochs 1 -BaseWidth 2 -OutputPath models -Device Cpu");
    }

    /// <summary>Copies the model as m.safetensors, and the held-out folder as data.</summary>
    /// <param name="target">The folder to copy to.</param>
    public void CopyTo(string target)
    {
        File.Copy(_session.PathOf("models", "medseg.safetensors"), Path.Combine(target, "m.safetensors"));
        string source = _session.PathOf("demo", "heldout");
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, "data", Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public void Dispose() => _session.Dispose();
}
