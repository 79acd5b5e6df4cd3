namespace MedSeg.Data.Samples;

/// <summary>The images and masks of one patient, in folders of their own.</summary>
/// <param name="Patient">The patient: the name of the folder, with slashes.</param>
/// <param name="ImagePath">The absolute path of the folder of the images.</param>
/// <param name="LabelPath">The absolute path of the folder of the masks.</param>
public sealed record PatientFolder(string Patient, string ImagePath, string LabelPath)
{
    /// <summary>Gets what the names of samples start with: the patient, and for example the session if there are several.</summary>
    public string Name { get; init; } = Patient;

    /// <summary>Gets a value indicating whether the folder decides who the patient is, even if DICOM files state a patient.</summary>
    public bool IsStated { get; init; }
}
