using MedSeg.Imaging;

namespace MedSeg.Interchange.PyTorch;

/// <summary>What MedSeg writes beside the weights of a .pt file, as plain text and numbers that any program may read.</summary>
/// <param name="LabelNames">The names of the ROIs.</param>
/// <param name="InputSize">The side S of the input.</param>
/// <param name="Normalization">How intensities are normalised.</param>
/// <param name="ResizeMode">How slices are resized.</param>
internal sealed record TorchNotes(IReadOnlyList<string> LabelNames, int InputSize, Normalization Normalization, ResizeMode ResizeMode)
{
    /// <summary>The key in the file's dictionary.</summary>
    public const string Key = "medseg";

    /// <summary>The key of the names of the ROIs.</summary>
    public const string LabelNamesKey = "label_names";

    /// <summary>The key of the side of the input.</summary>
    public const string InputSizeKey = "input_size";

    /// <summary>The key of how intensities are normalised.</summary>
    public const string NormalizationKey = "normalization";

    /// <summary>The key of how slices are resized.</summary>
    public const string ResizeModeKey = "resize_mode";

    /// <summary>Reads the notes; null where they are not as MedSeg writes them.</summary>
    public static TorchNotes? From(PickleDictionary notes)
    {
        if (notes.Find<PickleList>(LabelNamesKey) is not { } names
            || !names.Items.All(name => name is string)
            || notes.Items.GetValueOrDefault(InputSizeKey) is not (long size and > 0 and <= int.MaxValue)
            || !TryFind(notes, NormalizationKey, out Normalization normalization)
            || !TryFind(notes, ResizeModeKey, out ResizeMode mode))
        {
            return null;
        }

        return new TorchNotes([.. names.Items.Cast<string>()], (int)size, normalization, mode);
    }

    private static bool TryFind<T>(PickleDictionary notes, string key, out T value)
        where T : struct, Enum
    {
        value = default;
        return notes.Find<string>(key) is { } text && Enum.TryParse(text, out value) && Enum.IsDefined(value);
    }
}
