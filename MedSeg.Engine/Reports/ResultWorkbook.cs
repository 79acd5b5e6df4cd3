using System.Collections;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MedSeg.Data;
using MedSeg.Files;
using MedSeg.Interchange;
using MedSeg.Training;

namespace MedSeg.Reports;

/// <summary>
/// Writes results to an Excel workbook. The last sheet, Run, says how they were made: command, time, versions, options, data and models. Of
/// paths it has the names of files and folders only.
/// </summary>
public sealed class ResultWorkbook
{
    private readonly List<KeyValuePair<string, object?>> _run = [];

    /// <summary>Initializes a new instance of the <see cref="ResultWorkbook"/> class.</summary>
    /// <param name="command">What made the results, for example the name of the command.</param>
    public ResultWorkbook(string command)
    {
        Version version = typeof(ResultWorkbook).Assembly.GetName().Version!;
        Add("Command", command);
        Add("Created", DateTime.Now);
        Add("MedSeg", version.ToString(3));
        Add(".NET", RuntimeInformation.FrameworkDescription);
        Add("Operating system", RuntimeInformation.OSDescription);
    }

    /// <summary>Adds the options.</summary>
    /// <param name="options">An object whose public properties are the options.</param>
    public void AddOptions(object options)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (PropertyInfo property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(property => property.MetadataToken))
        {
            object? value = property.GetValue(options);
            bool isPath = property.Name.Contains("Path", StringComparison.Ordinal);
            Add($"Option {property.Name}", isPath ? WithoutFolders(value) : ResultSheet.Plain(value));
        }
    }

    /// <summary>Adds the size of a data set.</summary>
    /// <param name="dataset">The data set.</param>
    public void AddData(Dataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        Add("Data set", WithoutFolders(Path.TrimEndingDirectorySeparator(dataset.LabelPath)));
        Add("Slices", dataset.Samples.Count(sample => sample.IsUsable));
        Add("Patients", dataset.Samples.Where(sample => sample.IsUsable).Select(sample => sample.Patient).Distinct().Count());
        Add("ROIs", string.Join(", ", dataset.LabelNames));
    }

    /// <summary>Adds models: name, SHA-256, architecture, training and the program that wrote it.</summary>
    /// <param name="paths">The absolute paths.</param>
    /// <exception cref="Errors.MedSegException">A model cannot be read.</exception>
    public void AddModels(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        foreach (string path in paths)
        {
            ModelInfo model = ModelFile.Describe(path);
            Add("Model", WithoutFolders(path));
            Add("Model SHA-256", Convert.ToHexString(SHA256.HashData(FileContent.Read(path))));
            Add("Model architecture", $"{model.Architecture}, base width {model.BaseWidth}, input {model.InputSize} pixels");
            Add("Model epochs", model.Epoch);
            Add("Model training slices", model.TrainingSlices);
            Add("Model written", model.Written);
            Add("Model software", model.Software);
        }
    }

    /// <summary>Writes the workbook.</summary>
    /// <param name="stream">The stream to write to; it stays open.</param>
    /// <param name="sheets">The sheets of results, before the sheet Run.</param>
    public void Write(Stream stream, params IReadOnlyList<ResultSheet> sheets)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(sheets);
        object?[][] rows = [.. _run.Select(entry => new[] { entry.Key, entry.Value })];
        WorkbookWriter.Write(stream, [.. sheets.Select(sheet => sheet.Sheet), new WorkbookSheet("Run", ["Item", "Value"], rows)]);
    }

    private static object? WithoutFolders(object? value) => value switch
    {
        string path => CheckpointPaths.NameOf(path),
        IEnumerable paths => string.Join(", ", paths.Cast<string>().Select(CheckpointPaths.NameOf)),
        _ => value,
    };

    private void Add(string item, object? value) => _run.Add(new(item, value));
}
