using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Natives;

/// <summary>The folders that the native libraries of a module may be in. Only a complete one has its name: it is unpacked under another.</summary>
internal sealed class NativeFolders
{
    private const string Native = "native";

    /// <summary>Initializes a new instance of the <see cref="NativeFolders"/> class.</summary>
    /// <param name="engineFolder">The folder of MedSeg.Engine.dll, in the module's.</param>
    /// <param name="userFolder">The folder of this user's data; null if there is none.</param>
    /// <param name="target">What the module needs.</param>
    public NativeFolders(string engineFolder, string? userFolder, NativeTarget target)
    {
        Target = target;
        Candidates = [.. ((string?[])[Path.GetDirectoryName(engineFolder), userFolder]).OfType<string>().Select(parent => Path.Combine(parent, Native, target.FolderName))];
    }

    /// <summary>Gets what the module needs.</summary>
    public NativeTarget Target { get; }

    /// <summary>Gets the folders, in the order in which they are looked for: in the module, for all its users, then this user's own.</summary>
    public IReadOnlyList<string> Candidates { get; }

    /// <summary>Finds the folder.</summary>
    /// <returns>Its absolute path; null if the libraries are not installed.</returns>
    public string? Find() => Candidates.FirstOrDefault(folder => File.Exists(Path.Combine(folder, NativeFileList.FileName)));

    /// <summary>Chooses where to install: where they are now, or in the module if its folder can be written, or else for this user.</summary>
    /// <returns>The absolute path of the folder to make.</returns>
    /// <exception cref="MedSegException"><c>WriteFailed</c>: none can be written.</exception>
    public string Choose()
    {
        string[] candidates = Find() is { } found ? [found] : [.. Candidates];
        foreach (string candidate in candidates[..^1])
        {
            if (IsWritable(candidate))
            {
                return candidate;
            }
        }

        AtomicFile.RequireWritable(candidates[^1]);
        return candidates[^1];
    }

    private static bool IsWritable(string folder)
    {
        try
        {
            AtomicFile.RequireWritable(folder);
            return true;
        }
        catch (MedSegException)
        {
            return false;
        }
    }
}
