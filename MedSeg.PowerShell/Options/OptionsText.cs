using System.Globalization;
using System.Management.Automation.Language;
using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MedSeg.Errors;
using MedSeg.Training;

namespace MedSeg.PowerShell.Options;

/// <summary>Writes training options as a file that -OptionsPath reads back.</summary>
internal static class OptionsText
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Tells from the extension of a file which format to write.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>Whether it is JSON rather than a PowerShell table.</returns>
    /// <exception cref="MedSegException">The extension is neither .psd1 nor .json (<c>OptionFileFormat</c>).</exception>
    public static bool IsJson(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".JSON" => true,
        ".PSD1" => false,
        string extension => throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.OptionFileFormat, $"{path}: Options are written to .psd1 or .json files, but the extension is '{extension}'.", path)
        {
            Advice = "Use the extension .psd1 or .json.",
        },
    };

    /// <summary>Writes a PowerShell table.</summary>
    /// <param name="options">The options.</param>
    /// <param name="notes">Comment lines for the top of the file.</param>
    /// <param name="except">The name of an option to leave out; or null.</param>
    public static string ToPowerShellData(TrainingOptions options, IEnumerable<string> notes, string? except = null)
    {
        (string Name, object Value)[] stated = [.. Stated(options).Where(option => option.Name != except)];
        int width = stated.Max(option => option.Name.Length);
        var text = new StringBuilder();
        foreach (string note in notes)
        {
            // A name in the note could contain a line break, which would end the comment.
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
        var json = new JsonObject();
        foreach ((string name, object value) in Stated(options))
        {
            json[name] = JsonSerializer.SerializeToNode(value is Enum ? value.ToString() : value);
        }

        return json.ToJsonString(s_json) + "\n";
    }

    // All of them, since defaults may change from version to version; except unused ones of the split, because they exclude one another
    // and a cross-validation has some of them only.
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
