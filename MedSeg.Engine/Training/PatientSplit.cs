namespace MedSeg.Training;

/// <summary>Splits samples by patient, never by slice.</summary>
/// <param name="Training">The samples to learn from.</param>
/// <param name="Validation">The samples of held-out patients.</param>
internal sealed record PatientSplit(IReadOnlyList<Sample> Training, IReadOnlyList<Sample> Validation)
{
    /// <summary>Splits the usable samples of a data set.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="fraction">The share of patients to hold out.</param>
    /// <param name="seed">Seeds the choice.</param>
    /// <exception cref="MedSegException">There is nothing to learn from, or only one patient to split.</exception>
    public static PatientSplit Create(Dataset dataset, double fraction, int seed)
    {
        Sample[] usable = [.. dataset.Samples.Where(s => s.IsUsable)];
        if (usable.Length == 0)
        {
            throw new MedSegException(ErrorKind.InvalidData, "NoUsableSamples", "The data set has no sample that can be used. Test-MedSegLabels tells what is wrong with each.");
        }

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
}
