namespace MedSeg.Help.Markdown;

/// <summary>A page that cannot become help.</summary>
internal sealed class PageException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="PageException"/> class.</summary>
    /// <param name="path">The page's path.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="problem">What is wrong.</param>
    public PageException(string path, int line, string problem)
        : base(problem)
    {
        Path = path;
        Line = line;
    }

    /// <summary>Gets the page's path.</summary>
    public string Path { get; }

    /// <summary>Gets the line, from 1.</summary>
    public int Line { get; }
}
