namespace MedSeg.Help.Markdown;

/// <summary>The lines of a page, and where they come from.</summary>
/// <param name="Path">The path, for messages.</param>
/// <param name="Lines">The lines, without line ends.</param>
internal sealed record MarkdownPage(string Path, IReadOnlyList<string> Lines)
{
    /// <summary>Gets the name of the file, without extension.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>Reads a page.</summary>
    /// <param name="path">The path of the file.</param>
    /// <returns>The page.</returns>
    public static MarkdownPage Read(string path) => new(path, File.ReadAllLines(path));

    /// <summary>Makes the error for a line of this page.</summary>
    /// <param name="line">The line, from 1.</param>
    /// <param name="problem">What is wrong.</param>
    /// <returns>The exception to throw.</returns>
    public PageException Error(int line, string problem) => new(Path, line, problem);

    /// <summary>Checks that a condition holds.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="problem">What is wrong when it does not hold.</param>
    /// <exception cref="PageException">The condition does not hold.</exception>
    public void Require(bool condition, int line, string problem)
    {
        if (!condition)
        {
            throw Error(line, problem);
        }
    }
}
