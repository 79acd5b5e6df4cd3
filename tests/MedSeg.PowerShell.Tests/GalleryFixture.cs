namespace MedSeg.PowerShell.Tests;

/// <summary>The module for all systems and the native libraries of this machine, packed from what is built already.</summary>
public sealed class GalleryFixture : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public GalleryFixture()
    {
        (int code, string output) = PackageFixture.Build("PackageGallery", $"-p:PackageFolder={_folder}/");
        Assert.True(code == 0, output);
        Feed = Assert.Single(Directory.GetDirectories(_folder, "gallery.*"));
        ModulePath = Path.Combine(Feed, "module", "MedSeg");
        Nupkg = Path.Combine(Feed, $"MedSeg.{PackageFixture.Version}.nupkg");
        NativeNupkg = Assert.Single(Directory.GetFiles(Feed, "MedSeg.Native.*.nupkg"));
    }

    /// <summary>Gets the folder of both packages.</summary>
    public string Feed { get; }

    /// <summary>Gets the folder of the module that was packed.</summary>
    public string ModulePath { get; }

    /// <summary>Gets the package of the module.</summary>
    public string Nupkg { get; }

    /// <summary>Gets the package of the native libraries.</summary>
    public string NativeNupkg { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
