using System.Globalization;
using System.Reflection;
using System.Text;
using MedSeg.Data.Samples;
using MedSeg.Models;
using MedSeg.Training;

namespace MedSeg.Reports;

/// <summary>Writes the PowerShell commands that repeat a training run.</summary>
internal static class RepeatCommand
{
    private const string Continuation = " `\n    ";

    /// <summary>Writes the commands. The folders are not in the files of a run, so their places are marked.</summary>
    /// <param name="run">The run.</param>
    public static string Of(RunRecord run)
    {
        ModelDescription model = run.Model.Description;
        Preprocessing prepared = model.Preprocessing;
        var text = new StringBuilder("$dataset = Import-MedSegDataset -DicomPath <images> -LabelPath <masks>");
        Add("InputSize", prepared.InputSize);
        Add("LabelName", string.Join(", ", model.LabelNames.Select(Quote)), isRaw: true);
        if (prepared.Channels.Count > 0)
        {
            Add("Channel", string.Join(", ", prepared.Channels.Select(channel => Quote(channel.ToString()))), isRaw: true);
        }

        AddChanged(prepared, new Preprocessing(), except: [nameof(Preprocessing.InputSize), nameof(Preprocessing.Channels)]);
        text.Append("\n$dataset | Start-MedSegTraining -OutputPath <folder>");
        Add("ModelName", run.Name);
        AddChanged(run.Training.Options, new TrainingOptions(), except: []);
        if (run.Training.ValidationSlices > 0 && run.Training.Options is { ValidationFraction: 0, Folds: 0, FoldPath: null })
        {
            text.Append(Continuation).Append("-ValidationDataset <data set>");
        }

        return text.ToString();

        void AddChanged<T>(T options, T defaults, string[] except)
        {
            foreach (PropertyInfo option in typeof(T).GetProperties().Where(p => p.CanWrite && !except.Contains(p.Name) && !Equals(p.GetValue(options), p.GetValue(defaults))))
            {
                Add(option.Name, option.GetValue(options));
            }
        }

        void Add(string name, object? value, bool isRaw = false) => text.Append(Continuation).Append('-').Append(name).Append(value switch
        {
            bool on => on ? string.Empty : ":$false",
            string words => " " + (isRaw ? words : Quote(words)),
            _ => " " + Convert.ToString(value, CultureInfo.InvariantCulture),
        });
    }

    // Typographic quotes end a text in PowerShell, too.
    private static string Quote(string text) => "'" + string.Concat(text.Select(c => c is '\'' or '‘' or '’' or '‚' or '‛' ? $"{c}{c}" : $"{c}")) + "'";
}
