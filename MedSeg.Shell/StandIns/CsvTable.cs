using System.Management.Automation;
using System.Text;

namespace MedSeg.Shell.StandIns;

/// <summary>Writes objects as CSV: the first object's properties are the columns of all.</summary>
internal sealed class CsvTable(char delimiter)
{
    private string[]? _columns;

    /// <summary>Gives the lines of one object; before the first, the header.</summary>
    public IEnumerable<string> Lines(PSObject item)
    {
        if (_columns is null)
        {
            _columns = [.. item.Properties.Select(property => property.Name)];
            yield return string.Join(delimiter, _columns.Select(Quote));
        }

        yield return string.Join(delimiter, _columns.Select(column => Field(item.Properties[column]?.Value)));
    }

    /// <summary>Reads records, whose quoted fields may hold delimiters, quotes and ends of lines.</summary>
    public IEnumerable<string[]> Read(TextReader reader)
    {
        while (reader.ReadLine() is string line)
        {
            while (HasOpenQuote(line) && reader.ReadLine() is string next)
            {
                line += "\n" + next;
            }

            if (line.Length > 0 && !line.StartsWith("#TYPE ", StringComparison.Ordinal))
            {
                yield return Split(line);
            }
        }
    }

    /// <summary>Makes objects of records; without names of columns the first record holds them.</summary>
    public IEnumerable<PSObject> ReadObjects(TextReader reader, string[]? columns)
    {
        foreach (string[] record in Read(reader))
        {
            if (columns is null)
            {
                columns = record;
                continue;
            }

            var item = new PSObject();
            for (int i = 0; i < columns.Length; i++)
            {
                item.Properties.Add(new PSNoteProperty(columns[i], i < record.Length ? record[i] : null));
            }

            yield return item;
        }
    }

    private static string Field(object? value) => value is null ? string.Empty : Quote(LanguagePrimitives.ConvertTo<string>(value));

    private static string Quote(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static bool HasOpenQuote(string line) => line.Count(c => c == '"') % 2 != 0;

    private string[] Split(string line)
    {
        List<string> fields = [];
        var field = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == delimiter && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }

        fields.Add(field.ToString());
        return [.. fields];
    }
}
