using MedSeg.Data.Samples;
using MedSeg.Errors;

namespace MedSeg.Data;

/// <summary>Selects samples of a data set; the result is a data set too.</summary>
public static class SampleSelection
{
    /// <summary>Keeps the samples that fit.</summary>
    /// <param name="dataset">The data set; it is not changed.</param>
    /// <param name="keep">Says whether a sample is kept.</param>
    /// <returns>The data set of these samples.</returns>
    /// <exception cref="MedSegException"><c>SelectionEmpty</c>: no sample is left.</exception>
    public static Dataset Select(Dataset dataset, Func<Sample, bool> keep)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(keep);
        Sample[] kept = [.. dataset.Samples.Where(keep)];
        return kept.Length > 0
            ? dataset with { Samples = kept }
            : throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.SelectionEmpty, $"{dataset.DicomPath}: None of the {dataset.Samples.Count} samples fits the selection.", dataset.DicomPath)
            {
                Advice = "Look at the names, patients, groups and ROIs of the samples: $data.Samples | Format-Table Name, Patient, Group.",
            };
    }

    /// <summary>Returns how a patient is shown in <see cref="Sample.Patient"/> in this session.</summary>
    /// <param name="patient">The Patient ID, or the name in a table or of a folder.</param>
    /// <returns>The hash.</returns>
    public static string HashOf(string patient)
    {
        ArgumentException.ThrowIfNullOrEmpty(patient);
        return PatientSalt.Session.ForSession(PatientSalt.Session.Hide(patient));
    }
}
