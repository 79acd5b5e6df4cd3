namespace MedSeg.PowerShell.Tests;

/// <summary>A demo data set of two patients with two slices each, made once and copied for each test that spoils it.</summary>
public sealed class DemoFixture : IDisposable
{
    private readonly ModuleSession _session = new();

    public DemoFixture() => _session.Run("New-MedSegDemoDataset -Path demo -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 2");

    /// <summary>Copies the training part.</summary>
    /// <param name="target">The folder to make.</param>
    public void CopyTo(string target) => ModuleSession.CopyFolder(_session.PathOf("demo", "train"), target);

    public void Dispose() => _session.Dispose();
}
