using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;

namespace MedSeg.Training.Splits;

/// <summary>Splits samples by patient, never by slice.</summary>
/// <param name="Training">The samples to train on.</param>
/// <param name="Validation">The samples of held-out patients.</param>
internal sealed record PatientSplit(IReadOnlyList<Sample> Training, IReadOnlyList<Sample> Validation)
{
    // The number of random splits that are tried to find one in which both parts have every ROI.
    private const int Attempts = 200;

    /// <summary>Gets the number of patients to train on.</summary>
    public int TrainingPatients => CountPatients(Training);

    /// <summary>Gets the number of held-out patients.</summary>
    public int ValidationPatients => CountPatients(Validation);

    /// <summary>Gets the number of patients who are in both parts, which is possible with a validation data set only.</summary>
    public int PatientsInBoth => Training.Select(s => s.Patient).Intersect(Validation.Select(s => s.Patient)).Count();

    /// <summary>Makes a split of two data sets: one to train on, the other to validate on.</summary>
    /// <param name="dataset">The data set to train on.</param>
    /// <param name="validation">The data set to validate on.</param>
    /// <exception cref="MedSegException">One of them has no usable sample, or they do not match.</exception>
    public static PatientSplit Create(Dataset dataset, Dataset validation)
    {
        validation.Description.RequireSame(dataset.Description, "the validation data set", "the training data set", ErrorIds.ValidationMismatch, validation.LabelPath);
        return new PatientSplit(Usable(dataset), Usable(validation));
    }

    /// <summary>
    /// Splits the usable samples of a data set. Of the random splits that are tried, the first one wins in which both parts have each
    /// ROI that occurs in at least two groups, or the one that comes nearest to that.
    /// </summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="options">The share to hold out, or folds and the fold; what keeps samples together; the seed.</param>
    /// <exception cref="MedSegException">There is no usable sample, there are too few groups, or the options contradict each other.</exception>
    public static PatientSplit Create(Dataset dataset, SplitOptions options)
    {
        options.Validate();
        Sample[] usable = Usable(dataset);
        if (!options.HasFolds && options.ValidationFraction <= 0)
        {
            return new PatientSplit(usable, []);
        }

        if (options.FoldPath is not null)
        {
            return FromFile(usable, options);
        }

        // The salted hashes of patients differ from session to session, so groups are in the order of their first samples.
        IGrouping<string, Sample>[] groups = [.. usable.GroupBy(SampleGroups.Of(options.GroupBy))];
        RequireGroups(groups.Length, options);
        return Best(usable, groups, options);
    }

    /// <summary>Lists the numbers of the folds.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="options">The number of folds, or the file that lists them.</param>
    /// <exception cref="MedSegException">The file cannot be used, or the data set has no usable sample.</exception>
    public static IReadOnlyList<int> FoldsOf(Dataset dataset, SplitOptions options) =>
        options.FoldPath is null ? [.. Enumerable.Range(1, options.Folds)] : [.. FoldFile.Read(options.FoldPath, Usable(dataset)).Distinct().Order()];

    private static PatientSplit Best(Sample[] usable, IGrouping<string, Sample>[] groups, SplitOptions options)
    {
        int folds = Math.Max(1, options.Folds);
        int held = Math.Clamp((int)Math.Round(groups.Length * options.ValidationFraction), 1, groups.Length - 1);
        int[] best = [];
        int fewestMissing = int.MaxValue;
        for (int attempt = 0; attempt < Attempts && fewestMissing > 0; attempt++)
        {
            int[] order = Shuffle.Order(groups.Length, options.Seed, epoch: -attempt);
            int[] fold = new int[groups.Length];
            for (int i = 0; i < order.Length; i++)
            {
                fold[order[i]] = options.Folds > 0 ? 1 + (i % folds) : i < held ? 1 : 2;
            }

            int missing = Enumerable.Range(1, folds).Sum(f => CountMissing(groups, fold, f));
            if (missing < fewestMissing)
            {
                (best, fewestMissing) = (fold, missing);
            }
        }

        int wanted = options.Folds > 0 ? options.Fold : 1;
        HashSet<Sample> chosen = new(groups.Where((_, i) => best[i] == wanted).SelectMany(g => g), ReferenceEqualityComparer.Instance);
        return new PatientSplit([.. usable.Where(s => !chosen.Contains(s))], [.. usable.Where(chosen.Contains)]);
    }

    // The number of ROIs that are missing from a fold or from the rest, although at least two groups have them.
    private static int CountMissing(IGrouping<string, Sample>[] groups, int[] fold, int held)
    {
        int missing = 0;
        int rois = groups[0].First().RoiPixels.Count;
        for (int roi = 1; roi < rois; roi++)
        {
            int number = roi;
            bool[] has = [.. groups.Select(g => g.Any(s => s.RoiPixels[number] > 0))];
            int inside = Enumerable.Range(0, groups.Length).Count(i => has[i] && fold[i] == held);
            int all = has.Count(h => h);
            missing += all > 1 && (inside == 0 || inside == all) ? 1 : 0;
        }

        return missing;
    }

    private static PatientSplit FromFile(Sample[] usable, SplitOptions options)
    {
        int[] folds = FoldFile.Read(options.FoldPath!, usable);
        Func<Sample, string> group = SampleGroups.Of(options.GroupBy);
        foreach (IGrouping<string, (Sample Sample, int Fold)> patient in usable.Zip(folds).GroupBy(pair => group(pair.First)))
        {
            if (patient.Select(p => p.Fold).Distinct().Count() > 1)
            {
                (Sample first, int fold) = patient.First();
                Sample other = patient.First(p => p.Fold != fold).Sample;
                throw new FileFormatException(
                    ErrorIds.FoldSplitsPatient,
                    options.FoldPath!,
                    $"The samples '{first.Name}' (fold {fold}) and '{other.Name}' are of one patient, but in different folds: "
                    + "the validation Dice would be too good.")
                {
                    Advice = "Put each patient into one fold, or tell patients apart with -GroupBy.",
                };
            }
        }

        Sample[] held = [.. usable.Where((_, i) => folds[i] == options.Fold)];
        return held.Length > 0 && held.Length < usable.Length
            ? new PatientSplit([.. usable.Where((_, i) => folds[i] != options.Fold)], held)
            : throw new MedSegException(
                ErrorKind.InvalidArgument,
                ErrorIds.FoldInvalid,
                $"{options.FoldPath}: {(held.Length == 0 ? "No sample is" : "All samples are")} in fold {options.Fold}. "
                + $"The file has the folds {string.Join(", ", folds.Distinct().Order())}.",
                options.FoldPath)
            {
                Advice = held.Length == 0 ? "Give one of these as -Fold." : "Put samples into at least two folds.",
            };
    }

    private static Sample[] Usable(Dataset dataset)
    {
        Sample[] usable = [.. dataset.Samples.Where(s => s.IsUsable)];
        return usable.Length > 0
            ? usable
            : throw new MedSegException(
                ErrorKind.InvalidData, ErrorIds.NoUsableSamples, $"{dataset.DicomPath}: No sample of the data set can be used.", dataset.DicomPath)
            {
                Advice = "Run Test-MedSegLabels to see what is wrong with each.",
            };
    }

    private static void RequireGroups(int groups, SplitOptions options)
    {
        if (groups >= Math.Max(2, options.Folds))
        {
            return;
        }

        throw groups == 1
            ? new MedSegException(
                ErrorKind.InvalidArgument, ErrorIds.OnePatientOnly, "A validation needs at least two patients, but all samples are of one (by PatientID).")
            {
                Advice = "Train without validation, check whether anonymisation gave all patients the same ID, "
                    + "or tell patients apart by file name with -GroupBy.",
            }
            : new MedSegException(ErrorKind.InvalidArgument, ErrorIds.TooFewPatients, $"{options.Folds} folds need at least as many patients, but there are {groups}.")
            {
                Advice = "Give fewer -Folds, or check -GroupBy.",
            };
    }

    private static int CountPatients(IReadOnlyList<Sample> samples) => samples.Select(s => s.Patient).Distinct().Count();
}
