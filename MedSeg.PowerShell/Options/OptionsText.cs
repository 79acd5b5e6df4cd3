using System.Globalization;
using System.Management.Automation.Language;
using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MedSeg.Training;

namespace MedSeg.PowerShell.Options;

/// <summary>Writes the options of a training as a file from which the next one reads the same.</summary>
internal static class OptionsText
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a table of PowerShell.</summary>
    /// <param name="options">The options.</param>
    /// <param name="notes">Lines of comment, which stand first.</param>
    public static string ToPowerShellData(TrainingOptions options, IEnumerable<string> notes)
    {
        (string Name, object Value)[] stated = [.. Stated(options)];
        int width = stated.Max(option => option.Name.Length);
        var text = new StringBuilder();
        foreach (string note in notes)
        {
            // A name within could hold the end of a line, after which it were no comment any more.
            text.Append("# ").Append(string.Concat(note.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c))).Append('\n');
        }

        text.Append("@{\n");
        foreach ((string name, object value) in stated)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {name.PadRight(width)} = {Literal(value)}\n");
        }

        return text.Append("}\n").ToString();
    }

    /// <summary>Writes a JSON object.</summary>
    /// <param name="options">The options.</param>
    public static string ToJson(TrainingOptions options)
    {
        var json = new JsonObject(Stated(options).Select(option => KeyValuePair.Create(option.Name, option.Value is Enum name ? name.ToString() : JsonSerializer.SerializeToNode(option.Value))));
        return json.ToJsonString(s_json) + "\n";
    }

    // All of them, since defaults may change from version to version; but for those that hold slices out, which exclude one another
    // and of which a cross-validation knows some only.
    private static IEnumerable<(string Name, object Value)> Stated(TrainingOptions options)
    {
        bool isFold = options.Folds > 0 || options.FoldPath is not null;
        foreach (PropertyInfo property in typeof(TrainingOptions).GetProperties().Where(property => property.CanWrite))
        {
            bool isUsed = property.Name switch
            {
                nameof(TrainingOptions.ValidationFraction) => options.ValidationFraction > 0,
                nameof(TrainingOptions.Folds) => options.Folds > 0,
                nameof(TrainingOptions.Fold) => isFold,
                _ => true,
            };
            if (isUsed && property.GetValue(options) is { } value)
            {
                yield return (property.Name, value);
            }
        }
    }

    private static string Literal(object value) => value switch
    {
        bool on => on ? "$true" : "$false",
        int or double => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        _ => $"'{CodeGeneration.EscapeSingleQuotedStringContent(value.ToString())}'",
    };
}
