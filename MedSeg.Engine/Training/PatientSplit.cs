namespace MedSeg.Training;

/// <summary>Splits samples by patient, never by slice.</summary>
/// <param name="Training">The samples to learn from.</param>
/// <param name="Validation">The samples of held-out patients.</param>
internal sealed record PatientSplit(IReadOnlyList<Sample> Training, IReadOnlyList<Sample> Validation)
{
    /// <summary>Gets the number of patients to learn from.</summary>
    public int TrainingPatients => CountPatients(Training);

    /// <summary>Gets the number of held-out patients.</summary>
    public int ValidationPatients => CountPatients(Validation);

    /// <summary>Gets the number of patients who are in both parts, which only separate data sets can bring about.</summary>
    public int PatientsInBoth => Training.Select(s => s.Patient).Intersect(Validation.Select(s => s.Patient)).Count();

    /// <summary>Takes one data set to learn from and another to validate on.</summary>
    /// <param name="dataset">The data set to learn from.</param>
    /// <param name="validation">The data set to validate on.</param>
    /// <exception cref="MedSegException">One of them has nothing that can be used, or they do not fit each other.</exception>
    public static PatientSplit Create(Dataset dataset, Dataset validation)
    {
        if (validation.InputSize != dataset.InputSize || validation.Normalization != dataset.Normalization || validation.ResizeMode != dataset.ResizeMode)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, "ValidationMismatch", $"The validation data set was imported with input size {validation.InputSize}, {validation.Normalization} and {validation.ResizeMode}, the training data set with {dataset.InputSize}, {dataset.Normalization} and {dataset.ResizeMode}. Import both with the same options.");
        }

        return validation.LabelNames.SequenceEqual(dataset.LabelNames)
            ? new PatientSplit(Usable(dataset), Usable(validation))
            : throw new MedSegException(ErrorKind.InvalidArgument, "ValidationMismatch", $"The validation data set has the ROIs {string.Join(", ", validation.LabelNames)}, the training data set {string.Join(", ", dataset.LabelNames)}. Import both with the same -LabelName.");
    }

    /// <summary>Splits the usable samples of a data set.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="fraction">The share of patients to hold out.</param>
    /// <param name="seed">Seeds the choice.</param>
    /// <exception cref="MedSegException">There is nothing to learn from, or only one patient to split.</exception>
    public static PatientSplit Create(Dataset dataset, double fraction, int seed)
    {
        Sample[] usable = Usable(dataset);
        if (fraction <= 0)
        {
            return new PatientSplit(usable, []);
        }

        // Patients are known by salted hashes that differ from session to session: order them by their first sample.
        IGrouping<string, Sample>[] patients = [.. usable.GroupBy(s => s.Patient)];
        if (patients.Length < 2)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, "OnePatientOnly", "A validation fraction needs at least two patients, but all samples are of one (by PatientID). Leave -ValidationFraction out, or check whether anonymisation gave all patients the same ID.");
        }

        int held = Math.Clamp((int)Math.Round(patients.Length * fraction), 1, patients.Length - 1);
        HashSet<string> chosen = [.. Shuffle.Order(patients.Length, seed, epoch: 0).Take(held).Select(i => patients[i].Key)];
        return new PatientSplit([.. usable.Where(s => !chosen.Contains(s.Patient))], [.. usable.Where(s => chosen.Contains(s.Patient))]);
    }

    private static Sample[] Usable(Dataset dataset)
    {
        Sample[] usable = [.. dataset.Samples.Where(s => s.IsUsable)];
        return usable.Length > 0
            ? usable
            : throw new MedSegException(ErrorKind.InvalidData, "NoUsableSamples", $"{dataset.DicomPath}: no sample of the data set can be used. Test-MedSegLabels tells what is wrong with each.", dataset.DicomPath);
    }

    private static int CountPatients(IReadOnlyList<Sample> samples) => samples.Select(s => s.Patient).Distinct().Count();
}
