using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;

namespace MedSeg.Training.Splits;

/// <summary>Splits samples by patient, never by slice.</summary>
/// <param name="Training">The samples to learn from.</param>
/// <param name="Validation">The samples of held-out patients.</param>
internal sealed record PatientSplit(IReadOnlyList<Sample> Training, IReadOnlyList<Sample> Validation)
{
    // Random splits that are tried for one in which no part lacks an ROI.
    private const int Attempts = 200;

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
        validation.Description.RequireSame(dataset.Description, "the validation data set", "the training data set", "ValidationMismatch", validation.LabelPath);
        return new PatientSplit(Usable(dataset), Usable(validation));
    }

    /// <summary>
    /// Splits the usable samples of a data set as a run's options say. Of the random splits that are tried, the first is taken in
    /// which each ROI that at least two groups have is in both parts, or the one that comes nearest to that.
    /// </summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="options">The share to hold out, or folds and the fold; what keeps samples together; the seed.</param>
    /// <exception cref="MedSegException">There is nothing to learn from, too few groups to split, or the options contradict each other.</exception>
    public static PatientSplit Create(Dataset dataset, SplitOptions options)
    {
        Sample[] usable = Usable(dataset);
        if (options.Folds == 0 && options.FoldPath is null && options.ValidationFraction <= 0)
        {
            return new PatientSplit(usable, []);
        }

        if (options.ValidationFraction > 0 && (options.Folds > 0 || options.FoldPath is not null))
        {
            throw new MedSegException(ErrorKind.InvalidArgument, "ValidationTwice", "Both folds and a validation fraction were given; give one of them.");
        }

        if (options.FoldPath is not null)
        {
            return FromFile(usable, options);
        }

        // Patients are known by salted hashes that differ from session to session: order them by their first sample.
        IGrouping<string, Sample>[] groups = [.. usable.GroupBy(SampleGroups.Of(options.GroupBy))];
        if (groups.Length < Math.Max(2, options.Folds))
        {
            throw new MedSegException(ErrorKind.InvalidArgument, groups.Length == 1 ? "OnePatientOnly" : "TooFewPatients", groups.Length == 1
                ? "A validation needs at least two patients, but all samples are of one (by PatientID). Leave it out, check whether anonymisation gave all patients the same ID, or tell patients apart by file name with -GroupBy."
                : $"{options.Folds} folds need at least as many patients, but there are {groups.Length}. Give fewer folds, or check -GroupBy.");
        }

        if (options.Folds > 0 && options.Fold > options.Folds)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, "FoldInvalid", $"-Fold {options.Fold} was given, but there are {options.Folds} folds. Give 1 to {options.Folds}.");
        }

        return Best(usable, groups, options);
    }

    /// <summary>Lists the folds that there are.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="options">The number of folds, or the file that lists them.</param>
    /// <exception cref="MedSegException">The file cannot be used, or nothing in the data set can.</exception>
    public static IReadOnlyList<int> FoldsOf(Dataset dataset, SplitOptions options) =>
        options.FoldPath is null ? [.. Enumerable.Range(1, options.Folds)] : [.. FoldFile.Read(options.FoldPath, Usable(dataset)).Distinct().Order()];

    private static PatientSplit Best(Sample[] usable, IGrouping<string, Sample>[] groups, SplitOptions options)
    {
        int folds = Math.Max(1, options.Folds);
        int held = Math.Clamp((int)Math.Round(groups.Length * options.ValidationFraction), 1, groups.Length - 1);
        int[] best = [];
        int bestLacking = int.MaxValue;
        for (int attempt = 0; attempt < Attempts && bestLacking > 0; attempt++)
        {
            int[] order = Shuffle.Order(groups.Length, options.Seed, epoch: -attempt);
            int[] fold = new int[groups.Length];
            for (int i = 0; i < order.Length; i++)
            {
                fold[order[i]] = options.Folds > 0 ? 1 + (i % folds) : i < held ? 1 : 2;
            }

            int lacking = Enumerable.Range(1, folds).Sum(f => Lacking(groups, fold, f));
            if (lacking < bestLacking)
            {
                (best, bestLacking) = (fold, lacking);
            }
        }

        int wanted = options.Folds > 0 ? options.Fold : 1;
        HashSet<Sample> chosen = new(groups.Where((_, i) => best[i] == wanted).SelectMany(g => g), ReferenceEqualityComparer.Instance);
        return new PatientSplit([.. usable.Where(s => !chosen.Contains(s))], [.. usable.Where(chosen.Contains)]);
    }

    // The ROIs that a fold, or the rest, lacks, though two groups have them.
    private static int Lacking(IGrouping<string, Sample>[] groups, int[] fold, int held)
    {
        int lacking = 0;
        int rois = groups[0].First().RoiPixels.Count;
        for (int roi = 1; roi < rois; roi++)
        {
            int number = roi;
            bool[] has = [.. groups.Select(g => g.Any(s => s.RoiPixels[number] > 0))];
            int inside = Enumerable.Range(0, groups.Length).Count(i => has[i] && fold[i] == held);
            int all = has.Count(h => h);
            lacking += all > 1 && (inside == 0 || inside == all) ? 1 : 0;
        }

        return lacking;
    }

    private static PatientSplit FromFile(Sample[] usable, SplitOptions options)
    {
        int[] folds = FoldFile.Read(options.FoldPath!, usable);
        Func<Sample, string> group = SampleGroups.Of(options.GroupBy);
        foreach (IGrouping<string, (Sample Sample, int Fold)> patient in usable.Zip(folds).GroupBy(pair => group(pair.First)))
        {
            if (patient.Select(p => p.Fold).Distinct().Count() > 1)
            {
                throw new FileFormatException("FoldSplitsPatient", options.FoldPath!, $"the samples '{patient.First().Sample.Name}' (fold {patient.First().Fold}) and '{patient.First(p => p.Fold != patient.First().Fold).Sample.Name}' are of one patient, but in different folds: the validation Dice would be too good. Give each patient to one fold, or tell patients apart with -GroupBy.");
            }
        }

        Sample[] held = [.. usable.Where((_, i) => folds[i] == options.Fold)];
        return held.Length > 0 && held.Length < usable.Length
            ? new PatientSplit([.. usable.Where((_, i) => folds[i] != options.Fold)], held)
            : throw new MedSegException(ErrorKind.InvalidArgument, "FoldInvalid", $"{options.FoldPath}: {(held.Length == 0 ? "no sample is" : "all samples are")} in fold {options.Fold}. There are the folds {string.Join(", ", folds.Distinct().Order())}.", options.FoldPath);
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
