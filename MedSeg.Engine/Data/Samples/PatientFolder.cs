namespace MedSeg.Data.Samples;

/// <summary>The images and masks of one patient, in folders of their own.</summary>
/// <param name="Patient">The name of the patient's folder, with slashes; names of samples start with it.</param>
/// <param name="ImagePath">The absolute path of the folder of the images.</param>
/// <param name="LabelPath">The absolute path of the folder of the masks.</param>
public sealed record PatientFolder(string Patient, string ImagePath, string LabelPath);
