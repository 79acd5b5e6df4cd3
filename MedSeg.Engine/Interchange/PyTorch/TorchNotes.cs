using MedSeg.Data.Samples;
using MedSeg.Imaging;
using MedSeg.Models;

namespace MedSeg.Interchange.PyTorch;

/// <summary>The description that MedSeg adds to the weights of a .pt file, as plain text and numbers that any program can read.</summary>
internal static class TorchNotes
{
    /// <summary>The key in the file's dictionary.</summary>
    public const string Key = "medseg";

    private const string LabelNamesKey = "label_names";
    private const string InputSizeKey = "input_size";
    private const string NormalizationKey = "normalization";
    private const string ResizeModeKey = "resize_mode";
    private const string PixelSizeKey = "pixel_size";
    private const string LabelResamplingKey = "label_resampling";

    private const string ChannelsKey = "channels";
    private const string ChannelSourcesKey = "channel_sources";

    private const string ArchitectureKey = "architecture";
    private const string BaseWidthKey = "base_width";

    /// <summary>Writes the entries of the dictionary.</summary>
    public static void Write(PickleWriter pickle, ModelDescription model)
    {
        DataDescription description = model.Data;
        pickle.Text(LabelNamesKey);
        pickle.List(description.LabelNames);
        pickle.Text(InputSizeKey);
        pickle.Integer(description.Preprocessing.InputSize);
        pickle.Text(NormalizationKey);
        pickle.Text(description.Preprocessing.Normalization.ToString());
        pickle.Text(ResizeModeKey);
        pickle.Text(description.Preprocessing.ResizeMode.ToString());
        pickle.Text(PixelSizeKey);
        pickle.Number(description.Preprocessing.PixelSize);
        pickle.Text(LabelResamplingKey);
        pickle.Text(description.Preprocessing.LabelResampling.ToString());

        if (description.Preprocessing.Channels.Count > 0)
        {
            pickle.Text(ChannelsKey);
            pickle.List([.. description.Preprocessing.Channels.Select(channel => channel.Name)]);
            pickle.Text(ChannelSourcesKey);
            pickle.List([.. description.Preprocessing.Channels.Select(channel => channel.Source)]);
        }

        // For programs that make the network; MedSeg knows both from the weights.
        pickle.Text(ArchitectureKey);
        pickle.Text(model.Architecture.Architecture.ToString());
        pickle.Text(BaseWidthKey);
        pickle.Integer(model.Architecture.BaseWidth);
    }

    /// <summary>Reads the dictionary.</summary>
    /// <returns>The description; null if the entries are not as MedSeg writes them.</returns>
    public static DataDescription? Read(PickleDictionary notes)
    {
        if (notes.Find<PickleList>(LabelNamesKey) is not { } names
            || !names.Items.All(name => name is string)
            || notes.Items.GetValueOrDefault(InputSizeKey) is not (long size and > 0 and <= InputLimits.MaximumInputSize)
            || !TryFind(notes, NormalizationKey, out Normalization normalization)
            || !TryFind(notes, ResizeModeKey, out ResizeMode mode)
            || !TryReadNew(notes, out double pixelSize, out LabelResampling labels))
        {
            return null;
        }

        return new DataDescription
        {
            LabelNames = [.. names.Items.Cast<string>()],
            Preprocessing = new Preprocessing { InputSize = (int)size, Normalization = normalization, ResizeMode = mode, PixelSize = pixelSize, LabelResampling = labels, Channels = ReadChannels(notes) },
        };
    }

    private static ImageChannel[] ReadChannels(PickleDictionary notes)
    {
        string[] names = [.. notes.Find<PickleList>(ChannelsKey)?.Items.OfType<string>() ?? []];
        string[] sources = [.. notes.Find<PickleList>(ChannelSourcesKey)?.Items.OfType<string>() ?? []];
        return names.Length == sources.Length && names.Length <= InputLimits.MaximumChannels ? [.. names.Zip(sources, (name, source) => new ImageChannel(name, source))] : [];
    }

    // Files of earlier versions have neither.
    private static bool TryReadNew(PickleDictionary notes, out double pixelSize, out LabelResampling labels)
    {
        object? size = notes.Items.GetValueOrDefault(PixelSizeKey, 0.0);
        pixelSize = size is double number ? number : double.NaN;
        labels = LabelResampling.Nearest;
        bool hasLabels = notes.Items.ContainsKey(LabelResamplingKey);
        return Preprocessing.IsPixelSize(pixelSize)
            && (!hasLabels || TryFind(notes, LabelResamplingKey, out labels));
    }

    private static bool TryFind<T>(PickleDictionary notes, string key, out T value)
        where T : struct, Enum
    {
        value = default;
        return notes.Find<string>(key) is { } text && Enum.TryParse(text, out value) && Enum.IsDefined(value);
    }
}
