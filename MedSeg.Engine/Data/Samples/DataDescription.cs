using System.Globalization;
using MedSeg.Errors;
using MedSeg.Wording;

namespace MedSeg.Data.Samples;

/// <summary>
/// What must be the same wherever data sets and models meet: the ROIs by number, and the preprocessing. Every comparison
/// of two data sets, or of a data set and a model, is made here, so that none forgets the names of the ROIs or their order.
/// </summary>
internal sealed record DataDescription
{
    /// <summary>Gets the names of the ROIs 1 to K. The order matters: it says which number means which ROI.</summary>
    public required IReadOnlyList<string> LabelNames { get; init; }

    /// <summary>Gets how images are prepared.</summary>
    public required Preprocessing Preprocessing { get; init; }

    /// <summary>Says whether both have the same names, but in another order: left and right are exchanged.</summary>
    public bool IsReordered(DataDescription other) =>
        !HasSameNames(other) && LabelNames.Order(StringComparer.Ordinal).SequenceEqual(other.LabelNames.Order(StringComparer.Ordinal));

    /// <summary>Says whether both have the same names in the same order.</summary>
    public bool HasSameNames(DataDescription other) => LabelNames.SequenceEqual(other.LabelNames, StringComparer.Ordinal);

    /// <summary>Says whether both have channels of the same names in the same order. Where their images come from may differ.</summary>
    public bool HasSameChannels(DataDescription other) => Preprocessing.Channels.Select(channel => channel.Name).SequenceEqual(other.Preprocessing.Channels.Select(channel => channel.Name), StringComparer.Ordinal);

    /// <summary>Lists the differences.</summary>
    /// <param name="other">What to compare with.</param>
    /// <param name="name">What this is, for the message, for example <c>the data set</c>.</param>
    /// <param name="otherName">What the other is, for example <c>the model</c>.</param>
    /// <returns>A clause for each difference, for example <c>-InputSize is 64 in the data set and 32 in the model</c>.</returns>
    public IEnumerable<string> Differences(DataDescription other, string name, string otherName)
    {
        if (!HasSameNames(other))
        {
            string order = IsReordered(other) ? ", the same names in another order" : string.Empty;
            yield return $"the ROIs are {List(LabelNames)} in {name} and {List(other.LabelNames)} in {otherName}{order}";
        }

        if (!HasSameChannels(other))
        {
            yield return $"the channels are {ListChannels()} in {name} and {other.ListChannels()} in {otherName}";
        }

        (string Option, object Value, object Other)[] options =
        [
            ("-InputSize", Preprocessing.InputSize, other.Preprocessing.InputSize),
            ("-Normalization", Preprocessing.Normalization, other.Preprocessing.Normalization),
            ("-ResizeMode", Preprocessing.ResizeMode, other.Preprocessing.ResizeMode),
            ("-PixelSize", Shown(Preprocessing.PixelSize), Shown(other.Preprocessing.PixelSize)),
        ];
        foreach ((string option, object value, object otherValue) in options.Where(o => !o.Value.Equals(o.Other)))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{option} is {value} in {name} and {otherValue} in {otherName}");
        }
    }

    /// <summary>Refuses a data set that differs.</summary>
    /// <param name="expected">What it must be like.</param>
    /// <param name="name">What this is, for the message, for example <c>the validation data set</c>.</param>
    /// <param name="expectedName">What the other is, for example <c>the training data set</c>.</param>
    /// <param name="errorId">The error's identifier.</param>
    /// <param name="path">The data set's folder.</param>
    /// <exception cref="MedSegException">They differ; the message lists how.</exception>
    public void RequireSame(DataDescription expected, string name, string expectedName, string errorId, string path)
    {
        string[] differences = [.. Differences(expected, name, expectedName)];
        if (differences.Length > 0)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, errorId, $"{path}: {Sentence.Capitalize(name)} does not match {expectedName}: {string.Join("; ", differences)}.", path)
            {
                Advice = AdviceFor(expected),
            };
        }
    }

    /// <summary>Says how to import a data set so that it matches.</summary>
    /// <param name="expected">What it must be like.</param>
    /// <returns>Whole sentences that name the options which differ.</returns>
    public string AdviceFor(DataDescription expected)
    {
        var options = new List<string>();
        if (!HasSameNames(expected))
        {
            options.Add($"-LabelName {string.Join(", ", expected.LabelNames.Select(Quote))}");
        }

        bool isSingle = !HasSameChannels(expected) && expected.Preprocessing.Channels.Count == 0;
        if (!HasSameChannels(expected) && !isSingle)
        {
            options.Add($"-Channel {string.Join(", ", expected.Preprocessing.Channels.Select(channel => Quote($"{channel.Name}={channel.Source}")))}");
        }

        AddOption(options, "-InputSize", Preprocessing.InputSize, expected.Preprocessing.InputSize);
        AddOption(options, "-Normalization", Preprocessing.Normalization, expected.Preprocessing.Normalization);
        AddOption(options, "-ResizeMode", Preprocessing.ResizeMode, expected.Preprocessing.ResizeMode);
        bool isWhole = Preprocessing.PixelSize > 0 && expected.Preprocessing.PixelSize == 0;
        if (!isWhole)
        {
            AddOption(options, "-PixelSize", Preprocessing.PixelSize, expected.Preprocessing.PixelSize);
        }

        string[] ways = [.. options.Count > 0 ? [$"with {string.Join(' ', options)}"] : (string[])[], .. isWhole ? ["without -PixelSize"] : (string[])[], .. isSingle ? ["without -Channel"] : (string[])[]];
        string import = $"Import the data set {string.Join(" and ", ways)}.";
        return IsReordered(expected)
            ? $"{import} If its masks do number the ROIs in the other order, also translate their values with -LabelMap, or the ROIs are exchanged."
            : import;
    }

    private static void AddOption<T>(List<string> options, string option, T value, T expected)
        where T : struct
    {
        if (!value.Equals(expected))
        {
            options.Add(string.Create(CultureInfo.InvariantCulture, $"{option} {expected}"));
        }
    }

    private static object Shown(double pixelSize) => pixelSize > 0 ? pixelSize : "not set";

    private string ListChannels() => Preprocessing.Channels.Count == 0 ? "one without a name" : List([.. Preprocessing.Channels.Select(channel => channel.Name)]);

    private static string List(IReadOnlyList<string> names) => $"({string.Join(", ", names)})";

    // As PowerShell quotes text that may hold an apostrophe.
    private static string Quote(string name) => $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";
}
