using System.Globalization;
using System.Text.Json;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;

namespace MedSeg.Data.Files;

/// <summary>
/// Reads the description of a data set of nnU-Net (dataset.json, versions 1 and 2 of its format) and of the Medical Segmentation Decathlon: the
/// names of labels and of channels.
/// </summary>
internal static class NnUNetFolder
{
    private const string FileName = "dataset.json";
    private const string FirstChannel = "_0000";
    private const long MaximumBytes = 64 << 20;
    private static readonly JsonDocumentOptions s_lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Reads a data set's folder.</summary>
    /// <param name="folder">The absolute path.</param>
    /// <returns>The folders for training and the names of the ROIs; <see langword="null"/> if the folder is not a data set of nnU-Net.</returns>
    /// <exception cref="MedSegException"><c>DatasetJsonInvalid</c> or <c>FoldersSwapped</c>.</exception>
    public static DatasetFolder? Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        string images = Path.Combine(folder, "imagesTr");
        if (!File.Exists(path) || !Directory.Exists(images))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(FileContent.Read(path, MaximumBytes), s_lenient);
            ImageChannel[] channels = ReadChannels(json.RootElement, images);
            (string[] names, int? ignored, string? note) = ReadNames(json.RootElement, path);
            string labels = Path.Combine(folder, "labelsTr");
            RequireInPlace(images, labels);
            return new DatasetFolder(images, labels) { LabelNames = names, IgnoreLabel = ignored, Channels = channels, Note = note };
        }
        catch (JsonException e)
        {
            throw new FileFormatException(ErrorIds.DatasetJsonInvalid, path, $"The file is not valid JSON: {e.Message}") { Advice = "Correct it, or give the folders with -DicomPath and -LabelPath." };
        }
    }

    /// <summary>Checks whether the names of a folder's images end with the number of their channel: a folder next to dataset.json, such as imagesTs.</summary>
    /// <param name="folder">The absolute path of the folder.</param>
    public static bool HasChannelNames(string folder) =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)).StartsWith("images", StringComparison.Ordinal)
        && Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder)) is { } parent
        && File.Exists(Path.Combine(parent, FileName));

    /// <summary>Removes the number of the channel from a name.</summary>
    /// <param name="name">The name of an image in such a folder, without extension.</param>
    /// <param name="path">The absolute path of the image, for messages.</param>
    /// <returns>The name of the case.</returns>
    /// <exception cref="MedSegException"><c>ChannelsUnsupported</c>: it is another channel than the first.</exception>
    public static string CaseOf(string name, string path)
    {
        if (name.EndsWith(FirstChannel, StringComparison.Ordinal) && name.Length > FirstChannel.Length)
        {
            return name[..^FirstChannel.Length];
        }

        bool isNumbered = name.Length > FirstChannel.Length && name[^FirstChannel.Length] == '_' && name[^4..].All(char.IsAsciiDigit);
        string file = Path.GetFileName(path);
        string first = Path.Combine(Path.GetDirectoryName(path)!, isNumbered ? file.Replace(name[^FirstChannel.Length..], FirstChannel, StringComparison.Ordinal) : file);
        return isNumbered && File.Exists(first) ? throw Channels(path, $"The image is channel {name[^4..]} of {Path.GetFileName(first)}") : name;
    }

    // Only names of images end with the number of a channel.
    private static void RequireInPlace(string images, string labels)
    {
        static string? FindNumbered(string folder) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder).FirstOrDefault(file => Path.GetFileName(file).Contains(FirstChannel + ".", StringComparison.Ordinal)) : null;
        if (FindNumbered(labels) is { } numbered && FindNumbered(images) is null)
        {
            throw new MedSegException(
                ErrorKind.InvalidData, ErrorIds.FoldersSwapped, $"{labels}: The folder has images, such as {Path.GetFileName(numbered)}: {FirstChannel} is the number of a channel. No name in {images} ends with it.", labels)
            {
                Advice = "The two folders seem to be swapped: images belong into imagesTr, label masks into labelsTr.",
            };
        }
    }

    // None if there is one: it needs no name.
    private static ImageChannel[] ReadChannels(JsonElement root, string images)
    {
        foreach (string property in (string[])["channel_names", "modality"])
        {
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(property, out JsonElement named) || named.ValueKind != JsonValueKind.Object || named.EnumerateObject().Count() < 2)
            {
                continue;
            }

            // The decathlon has the channels along the fourth axis of each file.
            bool areFiles = Directory.EnumerateFiles(images).Any(file => Path.GetFileName(file).Contains(FirstChannel + ".", StringComparison.Ordinal));
            return
            [
                .. named.EnumerateObject().Select((channel, i) => (Name: channel.Value.ToString(), Number: int.TryParse(channel.Name, out int number) && number >= 0 ? number : i))
                    .Select(channel => new ImageChannel(channel.Name, areFiles ? "_" + channel.Number.ToString("0000", CultureInfo.InvariantCulture) : ChannelSource.OfVolume(channel.Number))),
            ];
        }

        return [];
    }

    private static FileFormatException Channels(string path, string finding) =>
        new(ErrorIds.ChannelsUnsupported, path, $"{finding}, but images with one channel are expected.")
        {
            Advice = "Name the channels, for example with -Channel 'T1=_0000', 'T2=_0001', or move the images of other channels out of the folder.",
        };

    private static (string[] Names, int? IgnoreLabel, string? Note) ReadNames(JsonElement root, string path)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("labels", out JsonElement labels) || labels.ValueKind != JsonValueKind.Object)
        {
            return ([], null, $"{path}: The file does not name the labels.");
        }

        var names = new SortedDictionary<int, string>();
        foreach (JsonProperty label in labels.EnumerateObject())
        {
            // Version 1 and the decathlon write "1": "psoas", version 2 "psoas": 1, and regions as lists.
            (string name, string value) = label.Value.ValueKind == JsonValueKind.String && int.TryParse(label.Name, out _)
                ? (label.Value.GetString()!, label.Name)
                : (label.Name, label.Value.ToString());
            if (!int.TryParse(value, out int number) || number < 0 || !names.TryAdd(number, name))
            {
                return ([], null, $"{path}: The labels are not used as names of ROIs, because '{label.Name}' is not a number of its own; nnU-Net's regions are not supported.");
            }
        }

        int? ignored = names.Where(label => label.Key > 0 && label.Value.Equals("ignore", StringComparison.OrdinalIgnoreCase)).Select(label => (int?)label.Key).FirstOrDefault();
        names.Remove(ignored ?? 0);
        names.Remove(0);
        return names.Keys.SequenceEqual(Enumerable.Range(1, names.Count))
            ? ([.. names.Values], ignored, null)
            : ([], ignored, $"{path}: The labels are not used as names of ROIs, because their numbers are not 1 to {names.Count}.");
    }
}
