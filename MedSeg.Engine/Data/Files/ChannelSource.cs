using System.Globalization;
using System.Text.RegularExpressions;
using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>
/// Which images are of a channel: those whose names end with a text, those in a folder of a name (a text that ends with a slash), DICOM
/// files in which an attribute has a value, a component of the colours of all images, or a volume along the fourth axis of all volumes.
/// </summary>
internal sealed partial class ChannelSource
{
    private static readonly Dictionary<string, DicomTag> s_attributes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ImageType"] = new(0x0008, 0x0008),
        ["FrameType"] = new(0x0008, 0x9007),
        ["ComplexImageComponent"] = new(0x0008, 0x9208),
        ["StudyDescription"] = new(0x0008, 0x1030),
        ["SeriesDescription"] = new(0x0008, 0x103E),
        ["ScanningSequence"] = new(0x0018, 0x0020),
        ["SequenceVariant"] = new(0x0018, 0x0021),
        ["ScanOptions"] = new(0x0018, 0x0022),
        ["SequenceName"] = new(0x0018, 0x0024),
        ["RepetitionTime"] = new(0x0018, 0x0080),
        ["EchoTime"] = new(0x0018, 0x0081),
        ["InversionTime"] = new(0x0018, 0x0082),
        ["EchoNumbers"] = new(0x0018, 0x0086),
        ["ProtocolName"] = new(0x0018, 0x1030),
        ["DiffusionDirectionality"] = new(0x0018, 0x9075),
        ["EffectiveEchoTime"] = new(0x0018, 0x9082),
        ["DiffusionBValue"] = new(0x0018, 0x9087),
        ["SeriesNumber"] = new(0x0020, 0x0011),
        ["AcquisitionNumber"] = new(0x0020, 0x0012),
        ["TemporalPositionIndex"] = new(0x0020, 0x9128),
    };

    // What the functional groups of a frame have in place of an attribute of a whole image (DICOM PS3.3, C.8.13.5).
    private static readonly Dictionary<DicomTag, DicomTag> s_ofFrames = new()
    {
        [new(0x0008, 0x0008)] = new(0x0008, 0x9007),
        [new(0x0018, 0x0081)] = new(0x0018, 0x9082),
        [new(0x0018, 0x0082)] = new(0x0018, 0x9079),
    };

    private const string VolumePrefix = "Volume=";

    private static readonly string[] s_colors = ["Color=Red", "Color=Green", "Color=Blue"];

    private readonly string _text;
    private readonly string _value;
    private readonly DicomTag? _tag;
    private readonly Regex? _pattern;

    private ChannelSource(string text, DicomTag? tag = null, string value = "")
    {
        (_text, _tag, _value) = (text, tag, value);
        string pattern = Regex.Escape(value).Replace(@"\*", ".*", StringComparison.Ordinal).Replace(@"\?", ".", StringComparison.Ordinal);
        _pattern = tag is null ? null : new Regex($"^{pattern}$", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }

    /// <summary>Gets a value indicating whether the header of a file decides.</summary>
    public bool IsAttribute => _tag is not null;

    /// <summary>Gets a value indicating whether the folder of a file decides.</summary>
    public bool IsFolder => _tag is null && _text.EndsWith('/');

    /// <summary>Gets a value indicating whether the channel is a component of colours.</summary>
    public bool IsColor => ComponentOf(_text) is not null;

    /// <summary>Gets a value indicating whether the channel is a volume along the fourth axis of a file.</summary>
    public bool IsVolume => VolumeOf(_text) is not null;

    /// <summary>Gets a value indicating whether what is in a file decides, and not its name.</summary>
    public bool IsWithinImage => IsAttribute || IsColor || IsVolume;

    /// <summary>Lists the components of colours that are the channels.</summary>
    /// <param name="channels">The channels.</param>
    /// <returns>0 for red, 1 for green and 2 for blue, in the order of the channels; empty if the channels are something else.</returns>
    public static int[] ComponentsOf(IReadOnlyList<ImageChannel> channels) => [.. channels.Select(channel => ComponentOf(channel.Source)).OfType<int>()];

    /// <summary>Lists the volumes along the fourth axis that are the channels.</summary>
    /// <param name="channels">The channels.</param>
    /// <returns>The indices from 0, in the order of the channels; empty if the channels are something else.</returns>
    public static int[] VolumesOf(IReadOnlyList<ImageChannel> channels) => [.. channels.Select(channel => VolumeOf(channel.Source)).OfType<int>()];

    /// <summary>Lists the components of colours that are the channels of a file which is not a volume.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="channels">The channels.</param>
    /// <returns>As <see cref="ComponentsOf"/>.</returns>
    /// <exception cref="FileFormatException"><c>ChannelMissing</c>: the channels are volumes.</exception>
    public static int[] ComponentsIn(string path, IReadOnlyList<ImageChannel> channels) => VolumesOf(channels).Length == 0
        ? ComponentsOf(channels)
        : throw new FileFormatException(ErrorIds.ChannelMissing, path, "The channels are volumes along the fourth axis, which only NIfTI, NRRD and MetaImage files have.")
        {
            Advice = "Change -Channel, or use files that have all channels.",
        };

    /// <summary>Lists the numbers of each voxel that are the channels of a volume: volumes along the fourth axis, or components of colours.</summary>
    /// <param name="header">The header of the volume.</param>
    /// <param name="channels">The channels.</param>
    /// <returns>As <see cref="VolumesOf"/> or <see cref="ComponentsOf"/>.</returns>
    /// <exception cref="FileFormatException"><c>ImageColor</c>: the channels are components of colours, which the volume does not have.</exception>
    public static int[] VolumesIn(VolumeHeader header, IReadOnlyList<ImageChannel> channels)
    {
        int[] components = ComponentsOf(channels);
        return components.Length == 0 ? VolumesOf(channels)
            : header.AreColors != false ? components
            : throw new FileFormatException(ErrorIds.ImageColor, header.Path, "The volume has no red, green and blue.")
            {
                Advice = "Channels such as Color=Red are for images with colours. Volumes along the fourth axis are chosen by number: -Channel 'T1=Volume=1'.",
            };
    }

    /// <summary>Says whether the channels are in one file: components of colours, or volumes along the fourth axis.</summary>
    /// <param name="channels">The channels.</param>
    public static bool AreInOneFile(IReadOnlyList<ImageChannel> channels) => channels.Count > 0 && (ComponentsOf(channels).Length == channels.Count || VolumesOf(channels).Length == channels.Count);

    /// <summary>Returns the source of a volume along the fourth axis.</summary>
    /// <param name="index">The index, from 0.</param>
    public static string OfVolume(int index) => string.Create(CultureInfo.InvariantCulture, $"{VolumePrefix}{index + 1}");

    /// <summary>Reads the source of a channel.</summary>
    /// <param name="channel">The channel.</param>
    /// <exception cref="MedSegException"><c>ChannelInvalid</c>: there is no such attribute.</exception>
    public static ChannelSource Of(ImageChannel channel)
    {
        Match match = Attribute().Match(channel.Source);
        if (!match.Success || ComponentOf(channel.Source) is not null || VolumeOf(channel.Source) is not null)
        {
            return new ChannelSource(channel.Source.Replace('\\', '/'));
        }

        (string name, string value) = (match.Groups["name"].Value, match.Groups["value"].Value);
        if (Tag().Match(name) is { Success: true } tag)
        {
            return new ChannelSource(channel.Source, new DicomTag(Hex(tag.Groups[1].Value), Hex(tag.Groups[2].Value)), value);
        }

        return s_attributes.TryGetValue(name, out DicomTag known)
            ? new ChannelSource(channel.Source, known, value)
            : throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.ChannelInvalid, $"The channel '{channel.Name}' is chosen by the DICOM attribute '{name}', which MedSeg does not know by name.")
            {
                Advice = $"Use its tag, for example (0018,0081)={value}, or one of {string.Join(", ", s_attributes.Keys.Order(StringComparer.Ordinal))}.",
            };
    }

    /// <summary>Removes what tells the channel from a name.</summary>
    /// <param name="name">The relative path of an image, with slashes and without extension.</param>
    /// <returns>The name that the channels share; <see langword="null"/> if the image is not of this channel.</returns>
    public string? NameWithout(string name)
    {
        if (!IsFolder)
        {
            return PairName.WithoutSuffix(name, _text);
        }

        string composed = "/" + PairName.Compose(name);
        int start = composed.IndexOf("/" + PairName.Compose(_text), StringComparison.OrdinalIgnoreCase);
        return start < 0 ? null : (composed[..(start + 1)] + composed[(start + 1 + _text.Length)..])[1..];
    }

    /// <summary>Says whether an attribute of a file has the value of this channel.</summary>
    /// <param name="dataset">The header of the file.</param>
    public bool Matches(DicomDataset dataset) => Matches(dataset, _tag!.Value);

    /// <summary>Says whether an attribute of a frame has the value of this channel.</summary>
    /// <param name="groups">The functional groups of the file.</param>
    /// <param name="frame">The frame, from 0.</param>
    public bool Matches(FunctionalGroups groups, int frame) =>
        groups.Find(frame, s_ofFrames.TryGetValue(_tag!.Value, out DicomTag ofFrame) ? [ofFrame, _tag.Value] : [_tag.Value]) is var (holder, tag) && Matches(holder, tag);

    private bool Matches(DicomDataset dataset, DicomTag tag) => DicomValueText.Find(dataset, tag) is { } found
        && (_pattern!.IsMatch(found.Trim())
            || (double.TryParse(_value, CultureInfo.InvariantCulture, out double expected) && double.TryParse(found, CultureInfo.InvariantCulture, out double number) && number == expected));

    /// <inheritdoc/>
    public override string ToString() => _text;

    private static int? ComponentOf(string source) =>
        Array.FindIndex(s_colors, color => color.Equals(source, StringComparison.OrdinalIgnoreCase)) is >= 0 and int index ? index : null;

    private static int? VolumeOf(string source) =>
        source.StartsWith(VolumePrefix, StringComparison.OrdinalIgnoreCase) && int.TryParse(source.AsSpan(VolumePrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number - 1 : null;

    private static ushort Hex(string digits) => ushort.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<name>[A-Za-z][A-Za-z0-9]*|\(?[0-9A-Fa-f]{4},[0-9A-Fa-f]{4}\)?)=(?<value>.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Attribute();

    [GeneratedRegex(@"^\(?([0-9A-Fa-f]{4}),([0-9A-Fa-f]{4})\)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}
