namespace MedSeg.Imaging;

/// <summary>A channel of the images: one of several pictures of the same place, such as water and fat.</summary>
/// <param name="Name">The name, unique among the channels of a data set.</param>
/// <param name="Source">
/// Which image files are of this channel: the end of their names without extension, for example <c>_0000</c>; or a DICOM attribute and its value,
/// for example <c>SeriesDescription=*water*</c>, with the wildcards * and ?.
/// </param>
public sealed record ImageChannel(string Name, string Source)
{
    /// <summary>Gets name and source, for messages.</summary>
    internal string Described => $"'{Name}' ({Source})";

    /// <summary>Returns the channel as <c>-Channel</c> takes it, for example <c>water=_W</c>.</summary>
    public override string ToString() => $"{Name}={Source}";
}
