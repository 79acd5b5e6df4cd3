using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace MedSeg.Shell;

/// <summary>Asks on the terminal; without one, it says what could not be asked.</summary>
internal sealed class Questions(PSHostUserInterface ui)
{
    /// <summary>Asks for the values of mandatory parameters.</summary>
    public Dictionary<string, PSObject> AskValues(string caption, string message, Collection<FieldDescription> fields)
    {
        if (!Terminal.IsInteractive)
        {
            throw new HostException($"There is no terminal to ask on for {string.Join(", ", fields.Select(field => field.Name))}.");
        }

        WriteHead(caption, message);
        Dictionary<string, PSObject> answers = [];
        foreach (FieldDescription field in fields)
        {
            bool isArray = field.ParameterAssemblyFullName is not null && field.ParameterTypeName.EndsWith("[]", StringComparison.Ordinal);
            answers[field.Name] = isArray ? PSObject.AsPSObject(AskSeveral(field.Name)) : PSObject.AsPSObject(Ask($"{field.Name}: "));
        }

        return answers;
    }

    /// <summary>Asks for one of several choices.</summary>
    /// <returns>The number of the choice.</returns>
    public int AskChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        if (!Terminal.IsInteractive)
        {
            throw new HostException($"There is no terminal to ask on: {message} To go on without being asked, give -Confirm:$false.");
        }

        (string Key, string Label)[] known = [.. choices.Select(Split)];
        string menu = string.Join("  ", known.Select(choice => $"[{choice.Key}] {choice.Label}"));
        string standard = defaultChoice >= 0 ? $" (default is \"{known[defaultChoice].Key}\")" : string.Empty;
        WriteHead(caption, message);
        while (true)
        {
            string answer = Ask($"{menu}  [?] Help{standard}: ").Trim();
            int chosen = answer.Length == 0
                ? defaultChoice
                : Array.FindIndex(known, c => IsSame(c.Key, answer) || IsSame(c.Label, answer));
            if (chosen >= 0)
            {
                return chosen;
            }

            if (answer == "?")
            {
                for (int i = 0; i < known.Length; i++)
                {
                    ui.WriteLine($"{known[i].Key} - {choices[i].HelpMessage}");
                }
            }
        }
    }

    private static bool IsSame(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    /// <summary>Splits "Yes to &amp;All" into A and its label; without a mark the label is the key.</summary>
    private static (string Key, string Label) Split(ChoiceDescription choice)
    {
        int mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        string label = choice.Label.Replace("&", string.Empty, StringComparison.Ordinal);
        return mark >= 0 && mark < label.Length ? (label[mark..(mark + 1)].ToUpperInvariant(), label) : (label, label);
    }

    private void WriteHead(string caption, string message)
    {
        ui.WriteLine();
        foreach (string line in new[] { caption, message })
        {
            if (!string.IsNullOrEmpty(line))
            {
                ui.WriteLine(line);
            }
        }
    }

    private string Ask(string question)
    {
        ui.Write(question);
        return ui.ReadLine();
    }

    private string[] AskSeveral(string name)
    {
        List<string> values = [];
        while (Ask($"{name}[{values.Count}]: ") is { Length: > 0 } value)
        {
            values.Add(value);
        }

        return [.. values];
    }
}
