namespace MedSeg.Reports.Html;

/// <summary>Reads the style and the scripts of pages, which are resources of this assembly.</summary>
internal static class PageResource
{
    private const string Prefix = "MedSeg.Reports.Html.";

    /// <summary>Tells whether there is a resource.</summary>
    /// <param name="name">The name.</param>
    public static bool Exists(string name) => typeof(PageResource).Assembly.GetManifestResourceInfo(Prefix + name) is not null;

    /// <summary>Reads a resource.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The text with line feeds alone: the digest in the policy of a page is that of what the browser sees, which has no carriage returns.</returns>
    public static string Read(string name)
    {
        using Stream stream = typeof(PageResource).Assembly.GetManifestResourceStream(Prefix + name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Replace("\r\n", "\n", StringComparison.Ordinal);
    }
}
