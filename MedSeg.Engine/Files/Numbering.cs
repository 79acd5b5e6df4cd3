using MedSeg.Errors;
using MedSeg.Threading;

namespace MedSeg.Files;

/// <summary>How a numbered file is written where another program has the file itself open.</summary>
/// <param name="Events">Receives a warning; or null.</param>
/// <param name="Reuse">Whether the numbered file of an earlier time is replaced, as for checkpoints, or a free number is taken.</param>
internal sealed record Numbering(EngineEvents? Events, bool Reuse)
{
    /// <summary>Gets what the warning says to do, or what happens next.</summary>
    public string Outlook { get; init; } = "Close that program, and rename the file if you like.";

    /// <summary>Gives a complete file the first numbered name that is possible.</summary>
    /// <param name="partial">The name under which it was written.</param>
    /// <param name="path">The absolute path of the file that is held.</param>
    /// <returns>The absolute path of the numbered file.</returns>
    /// <exception cref="IOException">None is possible.</exception>
    public string Publish(string partial, string path)
    {
        foreach (string name in NumberedFile.NamesFor(path))
        {
            try
            {
                PartialFile.Publish(partial, name, Reuse);
                return name;
            }
            catch (Exception e) when (FileFaults.IsHeld(e, FileChange.Rename) || e is MedSegException { ErrorId: ErrorIds.FileExists })
            {
                // The next number.
            }
        }

        throw new IOException("All numbered names are in use, too.");
    }
}
