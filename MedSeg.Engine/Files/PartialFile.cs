using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using MedSeg.Errors;

namespace MedSeg.Files;

/// <summary>
/// Names of files that are being written: the whole name of the finished file, a token of the machine, the process ID and a random number.
/// So what a process that ended has left behind can be told from what another one is writing now, on this machine or on another that
/// uses the same share.
/// </summary>
internal static partial class PartialFile
{
    // A file whose writer cannot be looked up, because it runs on another machine, is left alone until it was not written to for this long.
    private static readonly TimeSpan s_leftOver = TimeSpan.FromMinutes(10);

    // A hash, since a share need not show everybody the names of machines.
    private static readonly string s_machine = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes("MedSeg " + Environment.MachineName)), 0, 4).ToLowerInvariant();

    /// <summary>Makes the name under which a file is written until it is complete.</summary>
    /// <param name="path">The path of the finished file.</param>
    /// <returns>A path in the same folder, which is used once.</returns>
    public static string NameFor(string path) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}.{s_machine}-{Environment.ProcessId}-{Guid.NewGuid():N}{AtomicFile.PartialSuffix}");

    /// <summary>Gives a complete file its final name.</summary>
    /// <param name="partial">The name under which it was written.</param>
    /// <param name="path">The absolute path of the finished file.</param>
    /// <param name="replace">Whether an existing file is replaced.</param>
    /// <exception cref="MedSegException"><c>FileExists</c>: there is a file that is not to be replaced.</exception>
    /// <exception cref="IOException">The file cannot be renamed.</exception>
    public static void Publish(string partial, string path, bool replace)
    {
        if (replace)
        {
            FileChanges.Rename(partial, path, replace: true);
            return;
        }

        // On Unix, File.Move looks whether there is a file and then renames, which replaces one that has appeared in between. A link does not.
        if (FileChanges.TryLink(partial, path))
        {
            FileChanges.Delete(partial);
            FileChanges.FlushFolder(Path.GetDirectoryName(path)!);
            return;
        }

        try
        {
            FileChanges.Rename(partial, path, replace: false);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new MedSegException(ErrorKind.AlreadyExists, ErrorIds.FileExists, $"{path}: Another process has written this file meanwhile.", path, e)
            {
                Advice = "Use -Force to replace it, or another -OutputPath.",
            };
        }
    }

    /// <summary>Deletes what processes that have ended left of the files; the caller makes sure that this process is not writing them.</summary>
    /// <param name="paths">The absolute paths of the finished files.</param>
    public static void DeleteLeftOvers(params IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            string name = Path.GetFileName(path);
            foreach (string partial in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, $"*{AtomicFile.PartialSuffix}"))
            {
                string partialName = Path.GetFileName(partial);
                if (partialName.StartsWith(name, StringComparison.Ordinal) && Token().Match(partialName, name.Length) is { Success: true } token && IsLeftOver(token, partial))
                {
                    DeleteUnlessOpen(partial);
                }
            }
        }
    }

    /// <summary>Checks whether a file is an unfinished one of a finished file's name.</summary>
    /// <param name="partial">The path of the file.</param>
    /// <param name="name">The name of the finished file.</param>
    public static bool IsOf(string partial, string name)
    {
        string partialName = Path.GetFileName(partial);
        return partialName.StartsWith(name, StringComparison.Ordinal) && Token().IsMatch(partialName, name.Length);
    }

    /// <summary>Deletes a file unless a process has it open.</summary>
    /// <param name="path">The absolute path.</param>
    public static void DeleteUnlessOpen(string path)
    {
        try
        {
            FileChanges.DeleteUnlessOpen(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is in use, or this user must not delete it.
        }
    }

    /// <summary>Checks whether a file was last written to so long ago that no process can still be writing it.</summary>
    /// <param name="path">The absolute path.</param>
    public static bool IsOld(string path) => DateTime.UtcNow - File.GetLastWriteTimeUtc(path) > s_leftOver;

    private static bool IsLeftOver(Match token, string path) =>
        IsOld(path) || (token.Groups["machine"].Value == s_machine && !IsOthers(token.Groups["process"].ValueSpan));

    private static bool IsOthers(ReadOnlySpan<char> processId)
    {
        if (!int.TryParse(processId, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
        {
            return false;
        }

        if (id == Environment.ProcessId)
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(id);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // Earlier builds wrote no machine.
    [GeneratedRegex(@"\G\.(?:(?<machine>[0-9a-f]{8})-)?(?<process>[0-9]{1,10})-[0-9a-f]{32}\.partial$", RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
