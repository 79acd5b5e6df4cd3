namespace MedSeg.Data.Files;

/// <summary>Tells patients apart by the names of their files, since only DICOM states the patient.</summary>
internal static class PatientName
{
    private const string Subject = "sub-";

    /// <summary>Returns the patient of an image.</summary>
    /// <param name="name">The relative path with slashes, without extension.</param>
    /// <returns>The subject of BIDS, such as <c>sub-01</c>, if a folder or the file names it; otherwise the name.</returns>
    public static string Of(string name)
    {
        string? part = name.Split('/').FirstOrDefault(part => part.Length > Subject.Length && part.StartsWith(Subject, StringComparison.Ordinal));
        return part is null ? name : part.Split('_')[0];
    }
}
