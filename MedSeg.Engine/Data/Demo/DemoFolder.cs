using System.Text.RegularExpressions;
using MedSeg.Files;

namespace MedSeg.Data.Demo;

/// <summary>The folders of a part of a demo data set.</summary>
/// <param name="path">The absolute path of the training or held-out part.</param>
internal sealed partial class DemoFolder(string path)
{
    public string Path { get; } = path;

    public string DicomPath { get; } = System.IO.Path.Combine(path, "dicoms");

    public string LabelPath { get; } = System.IO.Path.Combine(path, "labels");

    /// <summary>Deletes the files of an earlier demo data set, and no others.</summary>
    public void Clear()
    {
        foreach (string folder in (string[])[DicomPath, LabelPath])
        {
            if (!Directory.Exists(folder))
            {
                continue;
            }

            foreach (string file in Directory.GetFiles(folder))
            {
                if (DemoFileName().IsMatch(System.IO.Path.GetFileName(file)))
                {
                    FileChanges.Delete(file);
                }
            }
        }
    }

    [GeneratedRegex(@"^P[0-9]{2,4}_S[0-9]{2}\.(dcm|png|npy)$", RegexOptions.CultureInvariant)]
    private static partial Regex DemoFileName();
}
