using MedSeg.Errors;
using MedSeg.Labels;

namespace MedSeg.Data.Files;

/// <summary>Tells patients apart by the names of their files, since only DICOM states the patient.</summary>
internal static class PatientName
{
    private const string Subject = "sub-";

    /// <summary>Returns the patient of an image.</summary>
    /// <param name="name">The relative path with slashes, without extension.</param>
    /// <param name="isPicture">Whether the image is one slice, of which a patient may have several.</param>
    /// <returns>The subject of BIDS, such as <c>sub-01</c>, if a folder or the file names it; the folder of a picture; otherwise the name.</returns>
    public static string Of(string name, bool isPicture)
    {
        string? part = name.Split('/').FirstOrDefault(part => part.Length > Subject.Length && part.StartsWith(Subject, StringComparison.Ordinal));
        return part is not null ? part.Split('_')[0] : isPicture && name.LastIndexOf('/') is > 0 and int end ? name[..end] : name;
    }

    /// <summary>Says that each picture counts as a patient, unless a folder tells patients apart.</summary>
    /// <param name="name">The relative path with slashes, without extension.</param>
    /// <param name="path">The absolute path of the picture.</param>
    /// <returns>A notice; <see langword="null"/> if there is a folder or a subject.</returns>
    public static LabelProblem? NoticeFor(string name, string path) => Of(name, isPicture: true) != name ? null : new LabelProblem(
        ErrorIds.PatientAssumed, LabelSeverity.Notice, $"{path}: The file does not state the patient, so it counts as a patient of its own.", 0)
    {
        Advice = "If patients have several files, put those of each into a subfolder and use -Recurse, or tell patients apart with -GroupBy in training.",
    };
}
