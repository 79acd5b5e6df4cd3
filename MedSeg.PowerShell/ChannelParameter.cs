using System.Collections;
using System.Globalization;
using System.Management.Automation;
using MedSeg.Errors;
using MedSeg.Imaging;

namespace MedSeg.PowerShell;

/// <summary>Reads <c>-Channel</c>: texts such as <c>water=_W</c>, an ordered dictionary, or the channels of a data set or model.</summary>
internal static class ChannelParameter
{
    /// <summary>Reads the channels.</summary>
    /// <param name="values">The values of the parameter.</param>
    /// <returns>The channels, in the order of the texts; those of a plain hashtable, which has none, by name.</returns>
    /// <exception cref="MedSegException"><c>ChannelInvalid</c>: a text has no name or no source.</exception>
    public static IReadOnlyList<ImageChannel> Read(IEnumerable<object> values) => [.. values.SelectMany(Read)];

    private static IEnumerable<ImageChannel> Read(object value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        ImageChannel channel => [channel],
        Hashtable table => Entries(table).OrderBy(channel => channel.Name, StringComparer.OrdinalIgnoreCase),
        IDictionary table => Entries(table),
        object other => [Parse(Convert.ToString(other, CultureInfo.InvariantCulture)!)],
    };

    private static IEnumerable<ImageChannel> Entries(IDictionary table) =>
        table.Cast<DictionaryEntry>().Select(entry => new ImageChannel(Text(entry.Key).Trim(), Text(entry.Value)));

    private static string Text(object? value) => Convert.ToString(value is PSObject wrapped ? wrapped.BaseObject : value, CultureInfo.InvariantCulture) ?? "";

    private static ImageChannel Parse(string text)
    {
        int sign = text.IndexOf('=', StringComparison.Ordinal);
        return sign > 0 && sign < text.Length - 1
            ? new ImageChannel(text[..sign].Trim(), text[(sign + 1)..])
            : throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.ChannelInvalid, $"-Channel is '{text}'; it must be a name and the images of the channel, such as 'water=_W'.")
            {
                Advice = "Use for example -Channel 'water=_W', 'fat=_F' for files whose names end with _W and _F.",
            };
    }
}
