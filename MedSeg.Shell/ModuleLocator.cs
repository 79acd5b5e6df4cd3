namespace MedSeg.Shell;

/// <summary>Finds the built module.</summary>
internal static class ModuleLocator
{
    /// <summary>Looks at MEDSEG_MODULE_PATH, then for out/MedSeg in the folders above this program.</summary>
    /// <returns>The manifest's path, or <see langword="null"/>.</returns>
    public static string? Find()
    {
        string? given = Environment.GetEnvironmentVariable("MEDSEG_MODULE_PATH");
        if (!string.IsNullOrEmpty(given))
        {
            return Existing(given);
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Existing(Path.Combine(folder.FullName, "out", "MedSeg")) is string manifest)
            {
                return manifest;
            }
        }

        return null;
    }

    private static string? Existing(string folder)
    {
        string manifest = Path.Combine(folder, "MedSeg.psd1");
        return File.Exists(manifest) ? Path.GetFullPath(manifest) : null;
    }
}
